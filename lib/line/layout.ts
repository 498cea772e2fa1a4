/**
 * What one format of line looks like: a table of constants, read when a logger is made. A layout knows nothing
 * of calls; the encoder knows nothing of formats.
 */
export interface Layout {
  readonly timeKey: string
  readonly messageKey: string
  /** The line's own names: a caller's field of such a name goes into the object `fields`. */
  readonly reserved: ReadonlySet<string>
  /** What stands between the time and the message: `,"level":"info","logger":"http"`. */
  head(label: string, level: number, logger: string): string
}
