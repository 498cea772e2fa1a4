import type { TransportDescription } from '../lib/transport'

export interface SpoolOptions {
  /** Its folder, which `hewn ship --spool` is given as well. Default: HEWN_SPOOL, else `hewn/<service>` under XDG_STATE_HOME or ~/.local/state. */
  readonly dir?: string | undefined
  /** Its name in `to:name=level` and in stats(). Default: 'spool'. */
  readonly name?: string | undefined
  /** Lines below this level do not go there. Default: all that the loggers let through. */
  readonly level?: string | undefined
  /** `turn` writes once for each turn of the event loop, `line` in each call. Default: the logger's. */
  readonly durability?: 'turn' | 'line' | undefined
  /** Bytes that wait at most, `'1GiB'`; past that the oldest lines go, counted. Default: 256 MiB, for each process and thread. */
  readonly maxBytes?: string | number | undefined
  /** How long a line is worth sending: `'7d'`, or ms. Default: 7 days. */
  readonly maxAge?: string | number | undefined
  /** Bytes that stay free on the disk. Default: a twentieth of it, at most 256 MiB. */
  readonly minFree?: string | number | undefined
  /** Outlive a loss of power: each turn waits for the disk, 0.2 to 3 ms, however long it takes. Default: false. */
  readonly fsync?: boolean | undefined
}

export interface SpoolTransport extends SpoolOptions, TransportDescription {
  readonly type: 'spool'
}

/**
 * Lines on disk, for a `hewn ship --spool DIR` beside the application: nothing here reads or sends them. What is there
 * when the process ends, however it ends, waits for it. While the disk takes nothing, up to 8 MiB of lines wait in
 * memory; past that the oldest go, counted.
 */
export function spool(options: SpoolOptions = {}): SpoolTransport {
  return { type: 'spool', ...options }
}
