import type { TransportDescription } from '../lib/transport'

export interface StdoutOptions {
  /** Its name in `to:name=level` and in stats(). Default: 'stdout'. */
  readonly name?: string | undefined
  /** Lines below this level do not go there. Default: all that the loggers let through. */
  readonly level?: string | undefined
  /** `turn` writes once for each turn of the event loop, `line` in each call. Default: the logger's; a terminal always has `line`. */
  readonly durability?: 'turn' | 'line' | undefined
  /** When the reader of a pipe is 8 MiB behind: a call waits for it, or the oldest lines are dropped and counted. Default: `wait`. */
  readonly whenFull?: 'wait' | 'drop' | undefined
}

export interface StdoutTransport extends StdoutOptions, TransportDescription {
  readonly type: 'stdout'
}

/**
 * JSON lines on standard output: a pipe, a file, a terminal or a socket. What the reader of a pipe has not taken
 * waits in memory, and at exit for at most `exitTimeout`.
 */
export function stdout(options: StdoutOptions = {}): StdoutTransport {
  return { type: 'stdout', ...options }
}
