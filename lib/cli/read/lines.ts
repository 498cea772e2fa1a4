import { isUtf8 } from 'node:buffer'

/** A longer line is no record: hewn's own are of at most 16 MiB. It is handed on in pieces, so that it fits into memory. */
export const MAX_LINE_BYTES = 16_777_216

/**
 * Gets each line without its newline. `raw` is there where `text` is not what was read (invalid UTF-8 became U+FFFD)
 * and holds until the call returns. `end` is false for a piece of a line that is too long, unless it is the last one.
 */
export type OnLine = (text: string, raw: Buffer | undefined, end: boolean) => void

/** Cuts chunks of bytes into lines. Cost: a chunk is decoded at once; memory is bounded by `maxBytes`, whatever comes. */
export class LineSplitter {
  /** The beginning of a line, whose end has not been read. */
  private held: Buffer[] = []
  private heldBytes = 0
  private inLong = false

  constructor(
    private readonly onLine: OnLine,
    private readonly maxBytes = MAX_LINE_BYTES,
  ) {}

  /** The chunk may be overwritten when this returns. */
  push(chunk: Buffer): void {
    let from = 0
    if (this.heldBytes > 0 || this.inLong) {
      const first = chunk.indexOf(NEWLINE)
      if (first === -1) return this.hold(chunk)
      this.hold(chunk.subarray(0, first))
      this.release(true)
      from = first + 1
    }
    const last = chunk.lastIndexOf(NEWLINE)
    if (last >= from) this.whole(chunk.subarray(from, last))
    if (Math.max(last + 1, from) < chunk.length) this.hold(chunk.subarray(Math.max(last + 1, from)))
  }

  /** No more is to come: what has no newline is a line as well. */
  end(): void {
    if (this.heldBytes > 0 || this.inLong) this.release(true)
  }

  /** Whether a line has begun whose end has not been read. */
  get isInLine(): boolean {
    return this.heldBytes > 0 || this.inLong
  }

  private hold(part: Buffer): void {
    this.held.push(Buffer.from(part))
    this.heldBytes += part.length
    if (this.heldBytes <= this.maxBytes) return
    this.inLong = true
    this.release(false)
  }

  private release(end: boolean): void {
    const bytes = this.held.length === 1 ? this.held[0]! : Buffer.concat(this.held)
    this.held = []
    this.heldBytes = 0
    this.inLong = this.inLong && !end
    this.one(bytes, end)
  }

  /** Lines that are complete, with newlines between them only. */
  private whole(bytes: Buffer): void {
    if (!isUtf8(bytes)) return this.separately(bytes)
    const text = bytes.toString('utf8')
    let from = 0
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', from)) {
      this.onLine(text.slice(from, at), undefined, true)
      from = at + 1
    }
    this.onLine(text.slice(from), undefined, true)
  }

  private separately(bytes: Buffer): void {
    let from = 0
    for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, from)) {
      this.one(bytes.subarray(from, at), true)
      from = at + 1
    }
    this.one(bytes.subarray(from), true)
  }

  private one(bytes: Buffer, end: boolean): void {
    this.onLine(bytes.toString('utf8'), isUtf8(bytes) ? undefined : bytes, end)
  }
}

const NEWLINE = 10
