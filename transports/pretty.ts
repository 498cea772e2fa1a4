import type { TransportDescription } from '../lib/transport'

export interface PrettyOptions {
  /** Its name in `to:name=level` and in stats(). Default: 'pretty'. */
  readonly name?: string | undefined
  /** Lines below this level do not go there. Default: all that the loggers let through. */
  readonly level?: string | undefined
}

export interface PrettyTransport extends PrettyOptions, TransportDescription {
  readonly type: 'pretty'
}

/** Lines for people on standard output, in colour on a terminal (NO_COLOR and FORCE_COLOR are honoured). */
export function pretty(options: PrettyOptions = {}): PrettyTransport {
  return { type: 'pretty', ...options }
}
