import { LineSplitter } from '../read/lines'
import { type Entry, readEntry } from '../record/entry'
import type { Filter } from './filter'

/** A line that is wanted. */
export interface Item {
  /** Undefined for a line that is no record. */
  readonly entry: Entry | undefined
  readonly line: string
  /** The line's bytes, where they are not those of `line`. */
  readonly raw: Buffer | undefined
  /** False for a piece of a line that goes on. */
  readonly end: boolean
  /** The log's name, where there are several. */
  readonly label: string
  /** By what several logs are merged: the latest time read so far in this one. */
  readonly order: number
}

/** One log's bytes into the items that are wanted. */
export class ItemReader {
  private readonly splitter: LineSplitter
  private order = -Infinity
  /** Whether what has no time of its own is wanted: as the record before it. */
  private isInTime: boolean
  private isInPieces = false

  constructor(
    private readonly filter: Filter,
    private readonly label: string,
    private readonly each: (item: Item) => void,
  ) {
    this.isInTime = !filter.isTimed
    this.splitter = new LineSplitter((text, raw, end) => this.line(text, raw, end))
  }

  /** The chunk may be overwritten when this returns. */
  push(chunk: Buffer): void {
    this.splitter.push(chunk)
  }

  /** At the end of a file: what has no newline is a line as well. */
  end(): void {
    this.splitter.end()
  }

  /** What can be told without parsing, at a fraction of its cost. */
  private isRejected(line: string): boolean {
    const { filter } = this
    if (filter.isTimed) {
      const isInTime = filter.isTextInTime(line)
      if (isInTime !== undefined) this.isInTime = isInTime
      if (isInTime === false) return true
    }
    return filter.rejectsLevel(line)
  }

  private line(line: string, raw: Buffer | undefined, end: boolean): void {
    const isWhole = end && !this.isInPieces
    this.isInPieces = !end
    if (isWhole && this.isRejected(line)) return
    const entry = isWhole ? readEntry(line) : undefined
    if (entry === undefined) {
      if (!this.isInTime) return
    } else {
      const isWanted = this.filter.wants(entry, this.isInTime)
      if (!Number.isNaN(entry.time)) {
        this.isInTime = this.filter.isInTime(entry.time)
        this.order = Math.max(this.order, entry.time)
      }
      if (!isWanted) return
    }
    const kept = raw === undefined ? undefined : Buffer.from(raw)
    this.each({ entry, line, raw: kept, end, label: this.label, order: this.order })
  }
}
