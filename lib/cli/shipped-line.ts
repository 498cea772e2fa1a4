import { hostname } from 'node:os'
import { readEntry } from './record/entry'

/** hewn's line for what was read, and its level. */
export interface ShippedLine {
  /** Ends in a newline. */
  readonly line: string
  readonly level: number
}

/**
 * A line of input as a line of hewn's: one that is already stays as it is, a record of another logger gets hewn's names,
 * anything else becomes the text of a record. `now` is for what has no time. undefined for a blank line. Never throws.
 */
export function shippedLine(text: string, service: string, now: number): ShippedLine | undefined {
  const entry = readEntry(text)
  if (entry?.isHewn === true && text.startsWith('{') && text.endsWith('}'))
    return { line: `${text}\n`, level: entry.level ?? INFO }
  if (entry !== undefined) {
    const { time = new Date(now).toISOString(), level = 'info', ...rest } = entry.fields
    return { line: `${JSON.stringify({ time, level, ...rest })}\n`, level: entry.level ?? INFO }
  }
  if (text.trim() === '') return undefined
  const own = { time: new Date(now).toISOString(), level: 'info', msg: text, host: hostname(), service }
  return { line: `${JSON.stringify(own)}\n`, level: INFO }
}

/** The first part of a line that is too long to be a record. */
export function cutLine(text: string, service: string, now: number): ShippedLine {
  const msg = `${text.slice(0, LONGEST)}[cut: longer than ${LONGEST} characters]`
  const own = { time: new Date(now).toISOString(), level: 'info', msg, host: hostname(), service }
  return { line: `${JSON.stringify(own)}\n`, level: INFO }
}

/** What a line may have at most, as by hewn's own `maxLineBytes`. */
export const LONGEST = 1_048_576
const INFO = 30
