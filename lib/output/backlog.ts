import type { Loss } from './losses'
import type { Runs } from './turn'

/** Whole lines that wait in memory, the first of them perhaps written in part. */
export interface Chunk {
  readonly bytes: Buffer
  /** Bytes of it that are written, and the lines that ended in them. */
  offset: number
  written: number
  /** Its lines by level, in order, from its first byte on. */
  readonly runs: Runs
  readonly lines: number
  /** When its first and last lines were logged, in ms. */
  readonly from: number
  readonly to: number
  /** Set if it is a line of hewn's own, which nobody counts, about lines that were lost before the next chunk. */
  readonly loss?: Loss
}

const NEWLINE = 10

/** What waits for a target that refuses it: oldest first, lines never torn. The bound is its user's business. */
export class Backlog {
  /** Bytes that wait. */
  bytes = 0
  /** Lines that wait, a torn one counted whole. */
  lines = 0
  /** Somebody is writing the head: it can be neither given up nor overtaken. */
  headBusy = false
  private chunks: (Chunk | undefined)[] = []
  private first = 0

  get empty(): boolean {
    return this.first === this.chunks.length
  }

  /** May something be put before the head, or the head be given up? Not if it is begun: it will be finished. */
  get open(): boolean {
    const { head } = this
    return head === undefined || (head.offset === 0 && !this.headBusy)
  }

  get head(): Chunk | undefined {
    return this.chunks[this.first]
  }

  push(chunk: Chunk): void {
    this.chunks.push(chunk)
    this.bytes += chunk.bytes.length - chunk.offset
    this.lines += chunk.lines - chunk.written
  }

  /** For a line that tells of a loss. Only while the backlog is `open`. */
  unshift(chunk: Chunk): void {
    if (this.first === 0) this.chunks.unshift(chunk)
    else this.chunks[--this.first] = chunk
    this.bytes += chunk.bytes.length - chunk.offset
  }

  /** The head is written up to `offset`. Returns the number of lines that this completed. */
  advance(head: Chunk, offset: number): number {
    const complete = offset === head.bytes.length
    const ended = Math.min(head.written + countLines(head.bytes, head.offset, offset), head.lines)
    const lines = (complete ? head.lines : ended) - head.written
    this.bytes -= offset - head.offset
    this.lines -= lines
    head.offset = offset
    head.written += lines
    if (complete) this.shift()
    return lines
  }

  /** Gives up the oldest chunk that is not begun; undefined if there is none. */
  dropOldest(): Chunk | undefined {
    const head = this.head
    if (head === undefined) return undefined
    const at = this.open ? this.first : this.first + 1
    const dropped = this.chunks[at]
    if (dropped === undefined) return undefined
    if (at === this.first) this.shift()
    else {
      this.chunks[at] = head
      this.shift()
    }
    this.bytes -= dropped.bytes.length
    this.lines -= dropped.lines
    return dropped
  }

  /** The head goes back to the start of the line that is torn, to be written whole to another file. False if none is. */
  rewind(): boolean {
    const head = this.head
    if (head === undefined || head.offset === 0) return false
    const start = head.bytes.lastIndexOf(NEWLINE, head.offset - 1) + 1
    const torn = head.offset > start
    this.bytes += head.offset - start
    head.offset = start
    return torn
  }

  /** Empties it, and returns what is not written: the runs of whole and torn lines, oldest first. */
  clear(): Pick<Chunk, 'runs' | 'from' | 'to'>[] {
    const left: Pick<Chunk, 'runs' | 'from' | 'to'>[] = []
    for (const chunk of this.chunks) {
      if (chunk !== undefined) left.push({ runs: skip(chunk.runs, chunk.written), from: chunk.from, to: chunk.to })
    }
    this.chunks = []
    this.first = 0
    this.bytes = 0
    this.lines = 0
    return left
  }

  /** Moves the array along only now and then, so that a long backlog costs the same a chunk as a short one. */
  private shift(): void {
    this.chunks[this.first++] = undefined
    if (this.first < 64 || this.first * 2 < this.chunks.length) return
    this.chunks.splice(0, this.first)
    this.first = 0
  }
}

/** Line ends in `bytes` from `start` to `end`. */
export function countLines(bytes: Buffer, start: number, end: number): number {
  let lines = 0
  for (let at = bytes.indexOf(NEWLINE, start); at !== -1 && at < end; at = bytes.indexOf(NEWLINE, at + 1)) lines++
  return lines
}

/** `runs` without their first `lines` lines. */
function skip(runs: Runs, lines: number): Runs {
  if (lines === 0) return runs
  const rest: number[] = []
  for (let i = 0; i < runs.length; i += 2) {
    const gone = Math.min(lines, runs[i + 1]!)
    lines -= gone
    if (runs[i + 1]! > gone) rest.push(runs[i]!, runs[i + 1]! - gone)
  }
  return rest
}
