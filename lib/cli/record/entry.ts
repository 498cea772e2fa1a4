import { readLevel } from './level'
import { parseLogfmt } from './logfmt'
import { type Fields, normalise } from './normalise'
import { readTime } from './time'

export type { Fields } from './normalise'

/** A line that is a record of some logger. */
export interface Entry {
  /** With hewn's names; the record's own object where it is hewn's. */
  readonly fields: Fields
  /** ms since 1970; NaN if the record has no time. */
  readonly time: number
  /** The level's number; undefined if it has none, or one that nobody knows. */
  readonly level: number | undefined
  /** Whether the line is one that hewn would write. */
  readonly isHewn: boolean
}

/** Reads a line of hewn, pino, bunyan, winston, ECS or logfmt; undefined for any other. Never throws. */
export function readEntry(line: string): Entry | undefined {
  const text = line.charCodeAt(0) === BOM ? line.slice(1) : line
  const isJson = OBJECT.test(text)
  const isExact = isJson && !LONG_INTEGER.test(text)
  const value = isJson ? parseObject(isExact ? text : withExactIntegers(text)) : parseLogfmt(text)
  if (value === undefined) return undefined
  const fields = normalise(value)
  if (fields === undefined) return undefined
  const { level } = fields
  return {
    fields,
    time: readTime(fields['time']),
    level: typeof level === 'string' || typeof level === 'number' ? readLevel(level).number : undefined,
    isHewn: isExact && fields === value,
  }
}

const BOM = 0xfeff
const OBJECT = /^\s*\{/

function parseObject(text: string): Fields | undefined {
  try {
    return JSON.parse(text) as Fields
  } catch {
    return undefined
  }
}

/** A number that may be one: with many digits, or with an exponent. */
const LONG_INTEGER = /[:,[]\s*-?\d(?:\d{15}|[\d.]*[eE])/

/** Integers beyond 2^53 as strings, as hewn writes them: read as numbers, they would be others. */
function withExactIntegers(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.]*(?:[eE][+-]?\d+)?/g, piece => {
    const number = piece.startsWith('"') ? 0 : Number(piece)
    return Number.isInteger(number) && !Number.isSafeInteger(number) ? `"${piece}"` : piece
  })
}
