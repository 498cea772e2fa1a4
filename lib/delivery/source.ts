/** One line as it was written, with the id it got then. */
export interface SourceLine {
  /** Unique for ever, the same for whoever reads it: the receiver can tell a line sent twice. */
  readonly id: string
  /** hewn's line, without its line break. */
  readonly text: string
  /** What `Source.commit` takes: all lines up to and including this one. Grows within one source. */
  readonly position: number
  /** Bytes of `text` in UTF-8. */
  readonly bytes: number
}

/** Lines of one writer for one transport, in the order they were written. Outlives crashes: what is not committed comes again. */
export interface Source {
  /** At most so many lines and bytes (one line at least, however long) after those read before; fewer or none if that is all there is. */
  read(maxLines: number, maxBytes: number): Promise<readonly SourceLine[]>
  /** Goes back to the first line that is not committed. */
  rewind(): void
  /** Lines up to `position` are done with: delivered, set aside or given up. Durable when this returns, as far as the process's end goes. */
  commit(position: number, counts: { readonly sent: number; readonly dead: number }): void
  /** Resolves when there may be more to read, or after `ms`. */
  more(ms: number): Promise<void>
  /** Lines and bytes written for this transport and not committed, and the time of the oldest (Date.now() ms, or undefined). An estimate is fine, never zero when something is there. */
  backlog(): { readonly lines: number; readonly bytes: number; readonly oldest: number | undefined }
  close(): void
  /** Nothing will be read any more, and all that was is done with: its reader lets go of it. Default: never. */
  readonly ended?: boolean
}
