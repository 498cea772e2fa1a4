import type { FlushResult } from './output/sink'
import { addUp, type Outputs } from './outputs'

/** Every open output of the process: those of its configuration and of each logger that stands alone. */
const live = new Set<Outputs>()

export function keepTrack(outputs: Outputs): Outputs {
  live.add(outputs)
  return outputs
}

/** Closes outputs that a new configuration replaced, once what they hold is written. */
export async function retire(outputs: Outputs, timeout: number): Promise<FlushResult> {
  const result = await outputs.close(timeout)
  live.delete(outputs)
  return result
}

export interface TimeoutOption {
  /** How long to wait at most, in ms. Default: 5000. */
  readonly timeout?: number | undefined
}

/**
 * Resolves when every line accepted before the call is written: handed to the operating system by files and stdout,
 * taken by a destination. Holds the event loop while it waits, never rejects; `left` says how many lines were not
 * written in time.
 */
export async function flush(options: TimeoutOption = {}): Promise<FlushResult> {
  return addUp(await Promise.all(Array.from(live, (outputs) => outputs.flush(timeoutOf(options)))))
}

/** As flush, then lets go of files, pipes and listeners. What is logged afterwards is dropped and counted. */
export async function close(options: TimeoutOption = {}): Promise<FlushResult> {
  return addUp(await Promise.all(Array.from(live, (outputs) => retire(outputs, timeoutOf(options)))))
}

function timeoutOf({ timeout }: TimeoutOption): number {
  return typeof timeout === 'number' && timeout >= 0 ? Math.min(timeout, MAX_TIMEOUT) : 5000
}

const MAX_TIMEOUT = 0x7fff_ffff
