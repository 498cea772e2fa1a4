/**
 * Where finished lines go. A sink lives on the application's thread and is called in the log call itself,
 * so none of its methods throws or rejects, and none waits for the network.
 */
export interface Sink {
  /**
   * Takes one line, ending in '\n'. Text of several lines (a pretty record) counts as one line.
   * `level` is the line's number; from `error` (50) on, the line and all before it are written before this returns.
   * `now` is Date.now() at the call, in ms.
   */
  write(line: string, level: number, now: number): void
  /** Writes what is buffered, waiting at most until `deadline` (performance.now() time, ms). Called at exit and before a signal. */
  flushSync(deadline: number): void
  /** Resolves when all that was accepted before the call is written, or after `timeout` ms. Holds the event loop while pending. */
  flush(timeout: number): Promise<FlushResult>
  /** As flush, then lets go of everything. Lines written later are counted as dropped. */
  close(timeout: number): Promise<FlushResult>
  /** Opens the target anew (after an external rename). Absent where there is nothing to open. */
  reopen?(): void
  stats(): SinkStats
}

/** What a flush or a close came to, in lines. */
export interface FlushResult {
  readonly flushed: number
  readonly left: number
}

export interface SinkStats {
  /** `up`, or `down` while its target refuses lines. */
  readonly state: 'up' | 'down' | 'closed'
  /** Lines accepted but not yet written. */
  readonly queued: number
  /** Bytes of those lines. */
  readonly bytes: number
  /** Lines given to the operating system so far. */
  readonly sent: number
  /** Lines given up, by level number. */
  readonly dropped: ReadonlyMap<number, number>
  /** Lines written, and taken away by a bound before all receivers had them, by level number. Where there are receivers. */
  readonly overrun?: ReadonlyMap<number, number>
}
