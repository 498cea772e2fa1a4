/**
 * A transport as it is written down: what `file({ path })` returns and what the configuration file holds. Plain data,
 * so that it can be compared, validated and sent elsewhere; opening it is another matter.
 */
export interface TransportDescription {
  readonly type: string
  /** Its name in `to:name=level` and in stats(). Default: its type. */
  readonly name?: string | undefined
  /** Lines below this level do not go there. Default: all that the loggers let through. */
  readonly level?: string | undefined
}

const LOCAL = new Set(['stdout', 'file', 'pretty', 'spool'])

/** Is it sent by the delivery thread? */
export function isNetwork({ type }: TransportDescription): boolean {
  return !LOCAL.has(type)
}
