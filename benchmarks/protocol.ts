import type { Operation } from './cases'
import type { ContestantName } from './contestants/all'
import type { Variant } from './contestants/contestant'
import type { Inputs, Payload } from './inputs'
import type { Expectation } from './verify'

/** What a worker process is started for. */
export interface Job {
  readonly contestant: ContestantName
  readonly variant: Variant
  readonly target: 'memory' | 'file' | 'stdout'
  readonly operation: Operation
  readonly payload: Payload
  readonly burst: number
  /** The file, where that is the target. */
  readonly path?: string
}

/** What the process for disabled calls is started for: a call site that sees so many kinds of logger. */
export interface SiteJob {
  readonly contestant: 'hewn' | 'pino' | 'empty'
  readonly shapes: 1 | 5
}

/** A steady rate of lines, for so long. */
export interface Pace {
  readonly perSecond: number
  readonly seconds: number
}

export type Question =
  | { readonly ask: 'verify' | 'round' | 'least' | 'allocation' }
  /** The rounds that follow are to take about so long. */
  | { readonly ask: 'warm'; readonly roundMs: number }
  | ({ readonly ask: 'steady' | 'latency' } & Pace)

/** What a worker sends back; which numbers there are depends on the question. */
export interface Answer {
  readonly error?: string
  readonly lines?: number
  /** Wall time from the first call until all bytes were at the far end. */
  readonly ns?: number
  /** CPU time of all the process's threads meanwhile. */
  readonly cpuNs?: number
  /** ns a line when nothing got in the way, in all rounds so far. */
  readonly leastNs?: number
  /** process.hrtime() in ns as text, at the first call: for a far end that is elsewhere. */
  readonly startedAt?: string
  readonly numbers?: Readonly<Record<string, number>>
}

export function expectationOf(job: Pick<Job, 'operation' | 'variant'>, inputs: Inputs): Expectation {
  const { bound, context, redact } = job.variant
  return { inputs, operation: job.operation, common: { ...context, ...bound }, redact }
}
