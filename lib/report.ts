import { writeSync } from 'node:fs'

/**
 * What hewn says of itself, on stderr: one line, at most once a minute for each `topic`; what was held
 * back in between is counted and said with the next one. Never throws; a full or closed stderr loses it.
 * Cost: a system call for each line said, a Map look-up otherwise.
 */
export function report(topic: string, message: string): void {
  const now = performance.now()
  const last = said.get(topic)
  if (last !== undefined && now - last.at < QUIET_MS) {
    last.held++
    return
  }
  if (said.size >= MAX_TOPICS) said.clear()
  said.set(topic, { at: now, held: 0 })
  say(last === undefined || last.held === 0 ? message : `${message} (and ${last.held} more of this kind)`)
}

/** As `report`, but never held back: for what happens once, such as the count of lines left at exit. */
export function say(message: string): void {
  try {
    writeSync(2, `hewn: ${message}\n`)
  } catch {
    // stderr is closed or full: there is nobody left to tell.
  }
}

const QUIET_MS = 60_000
const MAX_TOPICS = 256
const said = new Map<string, { at: number; held: number }>()
