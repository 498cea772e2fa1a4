import {
  write as asyncWrite,
  closeSync,
  constants,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  statSync,
  unlinkSync,
} from 'node:fs'
import type { Frame, Run } from './frame'
import { headerRoom, putHeader } from './frame-header'
import { type GoneReason, logGone } from './gone'
import { segmentHead, segmentPath } from './segment'
import { syncFolder } from './sync-folder'
import { writeFully } from './write-fully'

export interface WriterOptions {
  /** The directory, made and locked. */
  readonly folder: string
  readonly spool: string
  /** The transports by bit. */
  readonly routes: readonly string[]
  /** A segment is ended when it has this many bytes … */
  readonly segmentBytes: number
  /** … or is this old, in ms. */
  readonly segmentAge: number
  /** Waits, after each write, until the disk has it. */
  readonly fsync: boolean
}

/** A segment of this writer that may still be there. */
export interface Segment {
  readonly number: number
  readonly routes: readonly string[]
  readonly first: number
  last: number
  /** When its first and last frames were logged, ms. */
  from: number
  to: number
  bytes: number
  /** Its lines, by level and mask in one number. */
  readonly runs: Map<number, { readonly level: number; readonly mask: number; lines: number }>
}

/** A frame as it goes to disk, and the place it goes to. */
export interface Write {
  readonly fd: number
  readonly bytes: Buffer
  readonly position: number
  readonly frame: Pick<Frame, 'lines' | 'from' | 'runs'>
}

/** Where lines begin, behind the header of their frame; a longer header gets more room. */
const ROOM = 4096
const SCRATCH = 320 * 1024
/** More than any mask. */
const MASKS = 2 ** 31

let scratch: Buffer | undefined

/**
 * Writes frames to the segments of one directory, each by a positional write: writing one again, after an attempt
 * whose outcome is not known, puts the same bytes into the same place. Throws what the file system answers, and is
 * then where it was before.
 */
export class SegmentWriter {
  /** The number of the next line. */
  next = 1
  /** Ended segments, oldest first, as far as this writer knows: a shipper may have removed some. */
  private ended: Segment[] = []
  private current: Segment | undefined
  private fd = -1
  private position = 0
  private numbered = 0
  private routes: readonly string[]
  /** How many writes of another thread are under way on a descriptor: closed only after the last, as its number would be given to another file. */
  private readonly busy = new Map<number, number>()

  constructor(private readonly options: WriterOptions) {
    this.routes = options.routes
  }

  /** Writes whole lines, and returns when the page cache has them: from then on they outlive this process. */
  write(text: string, from: number, runs: readonly Run[]): void {
    this.put(this.prepare(text, from, runs, false))
  }

  /** The write that `write` would make. With `own`, its bytes stay as they are when the next is prepared. */
  prepare(text: string, from: number, runs: readonly Run[], own: boolean): Write {
    if (this.full(from)) this.rotate(from)
    const bytes = this.encode(text, from, runs, own)
    let lines = 0
    for (const run of runs) lines += run.lines
    return { fd: this.fd, bytes, position: this.position, frame: { lines, from, runs } }
  }

  /** Makes a prepared write, again if need be, and goes on behind it. */
  put(write: Write): void {
    const { fd, bytes, position } = write
    try {
      writeFully(fd, bytes, position)
      if (this.options.fsync) fdatasyncSync(fd)
    } catch (error) {
      this.withdraw(error as NodeJS.ErrnoException)
      throw error
    }
    this.landed(write)
  }

  /**
   * Makes a prepared write on another thread; `ended` hears what it came to, unless it was made here meanwhile, by
   * `put`. That is safe at any moment: it puts the same bytes into the same place.
   */
  launch(write: Write, ended: (error: NodeJS.ErrnoException | null) => void): void {
    const { fd, bytes, position } = write
    this.busy.set(fd, (this.busy.get(fd) ?? 0) + 1)
    const finish = (error: NodeJS.ErrnoException | null): void => {
      const others = (this.busy.get(fd) ?? 1) - 1
      if (others > 0) this.busy.set(fd, others)
      else {
        this.busy.delete(fd)
        if (fd !== this.fd) closeSync(fd)
      }
      ended(error)
    }
    const go = (done: number): void => {
      asyncWrite(fd, bytes, done, bytes.length - done, position + done, (error, taken) => {
        if (error === null && done + taken < bytes.length) go(done + taken)
        else if (error === null && this.options.fsync) fdatasync(fd, finish)
        else finish(error)
      })
    }
    go(0)
  }

  /** A prepared write is on disk. */
  landed({ bytes, frame }: Write): void {
    const segment = this.current!
    this.position += bytes.length
    this.next += frame.lines
    segment.bytes = this.position
    segment.last = this.next - 1
    segment.to = frame.from
    if (segment.runs.size === 0) segment.from = frame.from
    for (const { level, mask, lines } of frame.runs) {
      const key = level * MASKS + mask
      const known = segment.runs.get(key)
      if (known === undefined) segment.runs.set(key, { level, mask, lines })
      else known.lines += lines
    }
  }

  /** From the next line on, other transports. A name that stays keeps its bit. */
  setRoutes(routes: readonly string[]): void {
    this.routes = routes
    this.endSegment()
  }

  /** Has somebody removed the segment, or its directory? What is written to it then is seen by nobody. */
  get removed(): boolean {
    return this.fd !== -1 && fstatSync(this.fd).nlink === 0
  }

  /** Ended segments that are still there, oldest first. Cost: a stat for each. */
  backlog(): readonly Segment[] {
    this.ended = this.ended.filter(({ number }) => exists(segmentPath(this.options.folder, number)))
    return this.ended
  }

  /** The number of the segment that is being written, or of the last that was. */
  get segment(): number {
    return this.numbered
  }

  /** Bytes of the segment that is being written. */
  get bytes(): number {
    return this.position
  }

  /** Takes an ended segment away, and leaves word of what it held. */
  drop(segment: Segment, reason: GoneReason): void {
    const { number, routes, first, last, from, to, runs } = segment
    const path = segmentPath(this.options.folder, number)
    if (exists(path)) {
      const gone = { segment: number, routes, first, last, from, to, reason, runs: [...runs.values()] }
      if (runs.size > 0) logGone(this.options.folder, gone)
      unlinkSync(path)
    }
    this.ended = this.ended.filter(other => other !== segment)
  }

  /** The next line begins another segment. */
  endSegment(): void {
    if (this.fd !== -1 && !this.busy.has(this.fd)) closeSync(this.fd)
    this.fd = -1
    if (this.current !== undefined) this.ended.push(this.current)
    this.current = undefined
    this.position = 0
  }

  private full(now: number): boolean {
    const { current } = this
    if (current === undefined) return true
    if (current.runs.size === 0) return false
    const { segmentBytes, segmentAge } = this.options
    return this.position >= segmentBytes || now - current.from >= segmentAge
  }

  private rotate(now: number): void {
    const { folder, spool, fsync } = this.options
    // A number is used once, also if making the file fails half-way.
    const number = ++this.numbered
    const path = segmentPath(folder, number)
    const head = Buffer.from(segmentHead({ spool, segment: number, first: this.next, at: now, routes: this.routes }))
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0)
    const fd = openSync(path, flags, 0o600)
    try {
      writeFully(fd, head, 0)
      if (fsync) syncFolder(folder)
    } catch (error) {
      closeSync(fd)
      unlinkSync(path)
      throw error
    }
    this.endSegment()
    this.fd = fd
    this.position = head.length
    const { routes } = this
    this.current = {
      number,
      routes,
      first: this.next,
      last: this.next - 1,
      from: now,
      to: now,
      bytes: head.length,
      runs: new Map(),
    }
  }

  /**
   * A write failed, perhaps half-way. What it left is cut off, so that no shorter frame is ever written over it. Where
   * that fails, or the disk is at fault, the segment is not trusted with any more lines.
   */
  withdraw({ code }: NodeJS.ErrnoException): void {
    try {
      ftruncateSync(this.fd, this.position)
    } catch {
      this.endSegment()
      return
    }
    if (code !== 'ENOSPC' && code !== 'EDQUOT') this.endSegment()
  }

  private encode(text: string, from: number, runs: readonly Run[], own: boolean): Buffer {
    const room = Math.max(ROOM, headerRoom(runs))
    let space = scratch
    if (own || room + text.length * 3 > SCRATCH) space = Buffer.allocUnsafe(room + Buffer.byteLength(text))
    else space ??= scratch = Buffer.allocUnsafeSlow(SCRATCH)
    const end = room + space.write(text, room, 'utf8')
    const start = putHeader(space, room, space.subarray(room, end), this.next, from, runs)
    return space.subarray(start, end)
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}
