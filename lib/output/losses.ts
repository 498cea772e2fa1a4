import { report } from '../report'
import type { Runs } from './turn'

/** Lines that were given up, as the line about them tells it. */
export interface Loss {
  /** The sink's name. */
  readonly target: string
  /** Why, in words: `disk full (ENOSPC)`. */
  readonly reason: string
  /** Lines by level number. */
  readonly counts: ReadonlyMap<number, number>
  /** When the first and the last of them were logged, Date.now() ms. */
  readonly from: number
  readonly to: number
}

/** Counts the lines a sink gives up: all of them, and those that no line has told of yet. */
export class Losses {
  /** All, by level number. */
  readonly total = new Map<number, number>()
  /** All, as one number. */
  lines = 0
  private counts = new Map<number, number>()
  /** Lines that no line has told of yet. */
  untold = 0
  private reason = ''
  private from = Number.POSITIVE_INFINITY
  private to = 0

  constructor(private readonly target: string) {}

  /** `runs` were logged between `from` and `to` (ms), and are given up because of `reason`. */
  add(runs: Runs, reason: string, from: number, to: number): void {
    for (let i = 0; i < runs.length; i += 2) {
      const level = runs[i]!
      const lines = runs[i + 1]!
      this.lines += lines
      this.total.set(level, (this.total.get(level) ?? 0) + lines)
      this.count(level, lines)
    }
    this.widen(reason, from, to)
  }

  /** As `add`, for what is logged after close(): nothing will ever tell of it, so it is said here, once a minute. */
  late(runs: Runs, reason: string, from: number, to: number): void {
    this.add(runs, reason, from, to)
    report(`${this.target} closed`, `${this.target}: ${reason}; what is logged now is dropped`)
  }

  /** The line that told of `loss` did not come to be written. */
  untell({ counts, reason, from, to }: Loss): void {
    for (const [level, lines] of counts) this.count(level, lines)
    this.widen(reason, from, to)
  }

  /** What no line has told of yet, and begins anew; undefined if there is nothing to tell. */
  tell(): Loss | undefined {
    if (this.untold === 0) return undefined
    const { target, reason, counts, from, to } = this
    this.counts = new Map()
    this.untold = 0
    this.from = Number.POSITIVE_INFINITY
    this.to = 0
    return { target, reason, counts, from, to }
  }

  private count(level: number, lines: number): void {
    this.untold += lines
    this.counts.set(level, (this.counts.get(level) ?? 0) + lines)
  }

  private widen(reason: string, from: number, to: number): void {
    this.reason = reason
    this.from = Math.min(this.from, from)
    this.to = Math.max(this.to, to)
  }
}

/** `3 lines (1 of level 30, 2 of level 50)`, for stderr. */
export function countedLines(counts: ReadonlyMap<number, number>): string {
  let lines = 0
  const parts: string[] = []
  for (const [level, count] of [...counts].sort((a, b) => a[0] - b[0])) {
    lines += count
    if (count > 0) parts.push(`${count} of level ${level}`)
  }
  return `${lines} ${lines === 1 ? 'line' : 'lines'} (${parts.join(', ')})`
}
