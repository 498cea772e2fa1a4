import { cpus, totalmem } from 'node:os'
import type { Case } from './cases'
import type { Disabled } from './disabled'
import type { Results, Samples } from './harness'
import type { ImportTime } from './import-time'
import type { Numbers } from './in-service'
import { median, spread } from './statistics'

/** One contestant in one case. */
export interface Cell {
  /** Median of the rounds, ns a line. In memory it is CPU time, which a busy machine does not stretch. */
  readonly ns: number
  /** Half of all rounds lie within ± this share of it. */
  readonly spread: number
  /** CPU ns a line of all threads, median. */
  readonly cpuNs: number
}

/** What one run under one Node came to; docs/bench/node-<major>.json. */
export interface Report {
  readonly node: string
  readonly machine: string
  /** How often each was measured, in words. */
  readonly effort: string
  /** By case, then by label. */
  readonly cases: Record<string, Record<string, Cell>>
  readonly disabled?: Record<string, Disabled>
  readonly imports?: Record<string, ImportTime>
  /** Heap bytes a call, by case, then by label. */
  readonly allocation?: Record<string, Record<string, number>>
  readonly steady?: Record<string, Numbers>
  readonly latency?: Record<string, Numbers>
}

export function cellsOf(one: Case, results: Results): Record<string, Cell> {
  const measured = [...results].filter(([, { ns }]) => ns.length > 0)
  return Object.fromEntries(measured.map(([label, samples]) => [label, cellOf(one, samples)]))
}

function cellOf(one: Case, { ns, cpuNs }: Samples): Cell {
  const main = one.target === 'memory' ? cpuNs : ns
  return { ns: round(median(main), 1), spread: round(spread(main), 3), cpuNs: round(median(cpuNs), 1) }
}

export function machine(): string {
  const [first] = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  return `${cpus().length} × ${first?.model.trim() ?? 'unknown CPU'}, ${memory} GiB, ${process.platform} ${process.arch}`
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
