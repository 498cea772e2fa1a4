import { STANDARD_LEVELS } from '../../levels/levels'
import type { Loss } from '../../output/losses'
import type { Run } from './frame'

/** Lines that a transport will never get, and the numbers they had. */
export interface Missing extends Loss {
  readonly first: number
  readonly last: number
  readonly lines: number
}

/** The level of lines of which only their number is known. */
export const UNKNOWN = 0

/** Adds up what is missing, between two lines that are there. */
export class MissingLines {
  private readonly counts = new Map<number, number>()
  private first = 0
  private last = 0
  private lines = 0
  private from = Number.POSITIVE_INFINITY
  private to = 0
  private reason = ''

  constructor(private readonly target: string) {}

  get any(): boolean {
    return this.lines > 0
  }

  add(
    first: number,
    last: number,
    counts: ReadonlyMap<number, number>,
    { reason, from, to }: { readonly reason: string; readonly from: number; readonly to: number },
  ): void {
    let lines = 0
    for (const [level, count] of counts) {
      if (count <= 0) continue
      lines += count
      this.counts.set(level, (this.counts.get(level) ?? 0) + count)
    }
    if (lines === 0) return
    if (this.lines === 0) this.first = first
    this.lines += lines
    this.last = last
    this.from = Math.min(this.from, from)
    this.to = Math.max(this.to, to)
    this.reason = reason
  }

  take(): Missing {
    const { target, counts, first, last, lines, from, to, reason } = this
    return { target, counts, first, last, lines, from, to, reason }
  }
}

/** Lines by level of those runs that `mine` picks. */
export function countRuns(runs: readonly Run[], mine: (run: Run) => boolean): Map<number, number> {
  const counts = new Map<number, number>()
  for (const run of runs) {
    const { level, lines } = run
    if (mine(run)) counts.set(level, (counts.get(level) ?? 0) + lines)
  }
  return counts
}

/** hewn's line about lost lines, where no logger is there to make it. Ends in '\n'. */
export function lossLine({ target, reason, counts, from, to }: Loss): string {
  const dropped = Object.fromEntries(Array.from(counts, ([level, lines]) => [label(level), lines]))
  const line = { time: new Date().toISOString(), level: 'warn', logger: 'hewn', msg: 'log lines dropped' }
  const range = { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
  return `${JSON.stringify({ ...line, target, reason, dropped, ...range })}\n`
}

function label(level: number): string {
  return level === UNKNOWN ? 'unknown' : STANDARD_LEVELS.label(level)
}
