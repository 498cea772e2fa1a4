import { closeSync, constants, fstatSync, openSync, read } from 'node:fs'
import { promisify } from 'node:util'
import { FRAME_START, type Frame, intact, MAX_HEADER, readHeader } from './frame'
import { readSegmentHead, type SegmentHead } from './segment'

const readAt = promisify(read)

/** What comes next in a segment. Offsets are bytes from its start. */
export type Step =
  | { readonly kind: 'frame'; readonly frame: Frame; readonly payload: Buffer; readonly offset: number }
  /** Bytes that are no frame, from `offset` to where the next begins; `frame` if its header is whole. */
  | { readonly kind: 'damaged'; readonly offset: number; readonly end: number; readonly frame: Frame | undefined }
  /** Nothing that is whole yet. */
  | { readonly kind: 'end' }

const CHUNK = 256 * 1024
/** Enough for almost any header; a longer one is read once more. */
const PROBE = 4096
const RESYNC = Buffer.from(`\n${FRAME_START}`)
const NEWLINE = 10

/**
 * Reads the frames of one segment. What is damaged is stepped over, to the next place where a header checks: no line of
 * JSON begins like one. Goes on reading a segment that is removed meanwhile. Memory: 256 KiB, or the longest frame.
 */
export class SegmentScan {
  private window: Buffer<ArrayBufferLike> = Buffer.alloc(0)
  private base = 0
  private space: Buffer<ArrayBufferLike> = Buffer.alloc(0)

  private constructor(
    private readonly fd: number,
    readonly number: number,
    /** Where the next frame begins, or may. */
    public offset: number,
  ) {}

  /** Throws what the file system answers. */
  static open(path: string, number: number, offset: number): SegmentScan {
    return new SegmentScan(openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)), number, offset)
  }

  /** The segment's first line; undefined if it is damaged or not yet there. */
  async head(): Promise<SegmentHead | undefined> {
    const bytes = await this.view(0, PROBE)
    const end = bytes.indexOf(NEWLINE)
    return end === -1 ? undefined : readSegmentHead(bytes.toString('latin1', 0, end))
  }

  /** With `final`, nothing will be added to the segment any more: what is not whole now is damaged. */
  async next(final: boolean): Promise<Step> {
    const start = this.offset
    let bytes = await this.view(start, 1)
    if (bytes.length === 0) return { kind: 'end' }
    if (start === 0) return this.first(final)
    let found = readHeader(bytes, 0)
    if (found === 'short') {
      bytes = await this.view(start, MAX_HEADER)
      found = readHeader(bytes, 0)
    }
    if (found === 'short' && !final) return this.wait()
    if (found === 'short' || found === 'bad') return this.resync(start, start, undefined, final)
    const { frame, length } = found
    const total = length + frame.bytes
    if (bytes.length < total) bytes = await this.view(start, Math.min(total, this.size - start))
    const payload = bytes.subarray(length, total)
    if (intact(frame, payload)) {
      this.offset = start + total
      return { kind: 'frame', frame, payload, offset: start }
    }
    // It may be being written at this moment, unless something stands behind it.
    if (!final && bytes.length <= total) return this.wait()
    // Where only the lines are damaged, their length still tells where the next frame is.
    if (await this.isHeader(start + total)) {
      this.offset = start + total
      return { kind: 'damaged', offset: start, end: this.offset, frame }
    }
    return this.resync(start, start + length - 1, frame, final)
  }

  get size(): number {
    return fstatSync(this.fd).size
  }

  close(): void {
    closeSync(this.fd)
  }

  private async first(final: boolean): Promise<Step> {
    const bytes = await this.view(0, PROBE)
    const end = bytes.indexOf(NEWLINE)
    if (end !== -1 && readSegmentHead(bytes.toString('latin1', 0, end)) !== undefined) {
      this.offset = end + 1
      return this.next(final)
    }
    if (end === -1 && !final) return this.wait()
    return this.resync(0, 0, undefined, final)
  }

  /** Looks for the next header that checks, from the line break before it on. */
  private async resync(start: number, search: number, frame: Frame | undefined, final: boolean): Promise<Step> {
    for (let at = search; ; ) {
      const bytes = await this.view(at, CHUNK)
      const found = bytes.indexOf(RESYNC)
      if (found === -1) {
        if (bytes.length < CHUNK) break
        at += bytes.length - RESYNC.length + 1
        continue
      }
      const candidate = at + found + 1
      if (await this.isHeader(candidate)) {
        this.offset = candidate
        return { kind: 'damaged', offset: start, end: candidate, frame }
      }
      at = candidate
    }
    if (!final) return this.wait()
    this.offset = this.size
    return { kind: 'damaged', offset: start, end: this.offset, frame }
  }

  private async isHeader(at: number): Promise<boolean> {
    const found = readHeader(await this.view(at, PROBE), 0)
    return typeof (found === 'short' ? readHeader(await this.view(at, MAX_HEADER), 0) : found) === 'object'
  }

  /** What was read of the end is perhaps half of a write: it is read anew next time. */
  private wait(): Step {
    this.window = this.window.subarray(0, 0)
    return { kind: 'end' }
  }

  /** The bytes from `offset` on: `wanted` of them or more, or all there are. Valid until the next view. */
  private async view(offset: number, wanted: number): Promise<Buffer> {
    const from = offset - this.base
    if (from >= 0 && from + wanted <= this.window.length) return this.window.subarray(from)
    const length = Math.max(CHUNK, wanted)
    if (this.space.length < length) this.space = Buffer.allocUnsafeSlow(length)
    let filled = 0
    while (filled < length) {
      const { bytesRead } = await readAt(this.fd, this.space, filled, length - filled, offset + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    this.base = offset
    this.window = this.space.subarray(0, filled)
    if (length > CHUNK) this.space = Buffer.alloc(0)
    return this.window
  }
}
