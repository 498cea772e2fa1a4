import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { type Run, readRuns } from './frame'
import { readRoutes, renderRoutes } from './segment'
import { stamp, stamped } from './stamp'
import { writeFully } from './write-fully'

/** What was in a segment that a bound took away before all of it was delivered. */
export interface Gone {
  readonly segment: number
  /** Its transports by bit. */
  readonly routes: readonly string[]
  /** The numbers of its first and last lines. */
  readonly first: number
  readonly last: number
  /** When its first and last frames were logged, ms. */
  readonly from: number
  readonly to: number
  readonly reason: GoneReason
  /** Its lines by level and mask. */
  readonly runs: readonly Run[]
}

export type GoneReason = 'bytes' | 'age' | 'disk'

export const LOST: Readonly<Record<GoneReason, string>> = {
  bytes: 'the spool was full',
  age: 'the lines were too old',
  disk: 'the disk was almost full',
}

const NAME = 'gone'
const NEWLINE = Buffer.from('\n')
const ENTRY = /^@gone (\d+) (\d+) (\d+) (\d+) (\d+) (bytes|age|disk) (\S+) =(\S*)$/

/** Says what a segment held. Called before it is unlinked: whoever misses it finds out here what it is missing. */
export function logGone(folder: string, gone: Gone): void {
  const runs = gone.runs.map(({ level, mask, lines }) => `${level}:${mask.toString(16)}:${lines}`).join(',')
  const range = `${gone.segment} ${gone.first} ${gone.last} ${gone.from} ${gone.to}`
  const entry = stamp(`@gone ${range} ${gone.reason} ${runs} =${renderRoutes(gone.routes)}`)
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0)
  const fd = openSync(join(folder, NAME), flags, 0o600)
  try {
    // Half of an entry, which a crash or a full disk has left, must not take this one with it.
    if (!endsInNewline(fd)) writeFully(fd, NEWLINE, null)
    writeFully(fd, Buffer.from(entry), null)
  } finally {
    closeSync(fd)
  }
}

/** What was logged, by segment. An entry that is damaged is as if it were not there. */
export function readGone(folder: string): Map<number, Gone> {
  const all = new Map<number, Gone>()
  let text: string
  try {
    text = readFileSync(join(folder, NAME), 'latin1')
  } catch {
    return all
  }
  for (const line of text.split('\n')) {
    const match = ENTRY.exec(stamped(line) ?? '')
    const runs = match === null ? undefined : readRuns(match[7]!)
    if (match === null || runs === undefined) continue
    const [segment, first, last, from, to] = match.slice(1, 6).map(Number) as [number, number, number, number, number]
    const [reason, routes] = [match[6] as GoneReason, readRoutes(match[8]!)]
    all.set(segment, { segment, routes, first, last, from, to, reason, runs })
  }
  return all
}

function endsInNewline(fd: number): boolean {
  const { size } = fstatSync(fd)
  const last = Buffer.alloc(1)
  return size === 0 || (readSync(fd, last, 0, 1, size - 1) === 1 && last.equals(NEWLINE))
}
