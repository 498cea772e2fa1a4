import type { Gate } from '../gate'

/** A line of this run, as the receiver has it. */
export interface Received {
  /** Which of the service's processes wrote it: `1`, `2`, … */
  readonly life: string
  /** The number of its call, from 1 on in each process. */
  readonly call: number
}

/** Where the service's lines go. */
export interface Destination {
  /** For people. */
  readonly title: string
  /** As it stands in the configuration. `${…}` comes from `env`: what is secret gets into no file. */
  readonly transport: Readonly<Record<string, unknown>>
  readonly env: Readonly<Record<string, string>>
  readonly gate: Gate
  /** Whether each line must have arrived once for all to be well, or what its protocol cannot tell. */
  readonly worth: { readonly once: boolean; readonly stored: boolean; readonly remark?: string }
  /** What has to be done before the first line comes; by the configuration at this path. */
  prepare?(config: string): Promise<void>
  /** Every line of this run that the receiver has; with duplicates, if it has them. Undefined if it cannot be asked. */
  received(run: string, issued: readonly number[]): Promise<readonly Received[] | undefined>
  /** More rows for the table, and what to do next. */
  epilogue(run: string): Promise<void>
  stop(): Promise<void>
}
