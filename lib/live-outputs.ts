import type { FlushResult } from './output/sink'
import { addUp, Outputs } from './outputs'

/** Every open output of the process: those of its configuration and of each logger that stands alone. */
const live = new Set<Outputs>()

export function keepTrack(outputs: Outputs): Outputs {
  live.add(outputs)
  return outputs
}

/** Closes what is open in `before` and not in `after`, once what it holds is written. */
export async function retire(before: Outputs, after: Outputs | undefined, timeout: number): Promise<FlushResult> {
  const replaced = new Outputs(before.routes.filter(route => after?.routes.includes(route) !== true))
  live.delete(before)
  if (replaced.routes.length === 0) return { flushed: 0, left: 0 }
  live.add(replaced)
  const result = await replaced.close(timeout)
  live.delete(replaced)
  return result
}

export interface TimeoutOption {
  /** How long to wait at most, in ms. Default: 5000. */
  readonly timeout?: number | undefined
}

/**
 * Resolves when every line accepted before the call is written: handed to the operating system by files and stdout,
 * taken by a destination, acknowledged by the receiver of a network transport (of which `left` is an estimate). Holds the event loop while it waits, never rejects; `left` says how many lines were not
 * written in time.
 */
export async function flush(options: TimeoutOption = {}): Promise<FlushResult> {
  return addUp(await Promise.all(Array.from(live, outputs => outputs.flush(timeoutOf(options)))))
}

/** As flush, then lets go of files, pipes and listeners. What is logged afterwards is dropped and counted. */
export async function close(options: TimeoutOption = {}): Promise<FlushResult> {
  return addUp(await Promise.all(Array.from([...live], outputs => retire(outputs, undefined, timeoutOf(options)))))
}

function timeoutOf({ timeout }: TimeoutOption): number {
  return typeof timeout === 'number' && timeout >= 0 ? Math.min(timeout, MAX_TIMEOUT) : 5000
}

const MAX_TIMEOUT = 0x7fff_ffff
