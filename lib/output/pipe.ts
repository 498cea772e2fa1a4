import { closeSync, writeSync } from 'node:fs'
import { clearTimeout, setTimeout } from 'node:timers'
import { report } from '../report'
import { type BufferedOptions, BufferedSink } from './buffered'
import { type Lane, type LaneUser, laneOf } from './lane'
import type { Descriptor } from './nonblocking'

export type WhenFull = 'wait' | 'drop'

export interface PipeOptions extends BufferedOptions {
  /** What a call does when `maxBuffer` bytes wait for the reader: waits for it, or gives up the oldest lines. */
  readonly whenFull: WhenFull
}

/** The longest write that POSIX promises not to mix with another process's, in bytes, on Linux. */
const PIPE_BUF = 4096
const NEWLINE = 10
const FIRST_RETRY = 1
const LAST_RETRY = 100
/** A reader that took something this short a while ago, in ms, is alive: the event loop is held for it. */
const ALIVE = 500

/**
 * A pipe, a socket or a terminal. Each write is whole lines of at most 4096 bytes, unless one line is longer, so that
 * several processes on one pipe do not tear each other's lines. What a slow reader does not take waits in memory.
 */
export class PipeSink extends BufferedSink implements LaneUser {
  private readonly whenFull: WhenFull
  private timer: NodeJS.Timeout | undefined
  private backoff = FIRST_RETRY
  private tookAt = performance.now()
  /** This thread waits for the reader, so Node's own stream cannot move: it is not waited for. */
  private blocking = false
  private readonly lane: Lane

  constructor(
    private readonly target: Descriptor,
    options: PipeOptions,
  ) {
    super(options)
    this.whenFull = options.whenFull
    this.lane = laneOf(target.fd)
  }

  override flushSync(deadline: number): void {
    this.blocking = true
    super.flushSync(deadline)
    this.blocking = false
  }

  protected prepare(): void {}

  protected put(bytes: Buffer, offset: number): number {
    const { fd, stream } = this.target
    const now = this.blocking || this.exit.exiting
    if (stream !== undefined && stream.writableLength > 0 && !now) return offset
    const { lane } = this
    if (lane.torn !== undefined && lane.torn !== this && !lane.torn.finish(now)) return offset
    try {
      while (offset < bytes.length) offset += writeSync(fd, bytes, offset, pieceEnd(bytes, offset) - offset)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'EAGAIN') this.fail(code)
    }
    const torn = offset > 0 && offset < bytes.length && bytes[offset - 1] !== NEWLINE && this.gone === undefined
    lane.torn = torn ? this : undefined
    return offset
  }

  finish(now: boolean): boolean {
    if (now) this.pump()
    return this.lane.torn !== this
  }

  protected refused(): void {
    if (this.timer !== undefined) return
    this.timer = setTimeout(() => {
      this.timer = undefined
      this.pump()
    }, this.backoff)
    if (performance.now() - this.tookAt > ALIVE) this.timer.unref()
    this.backoff = Math.min(this.backoff * 2, LAST_RETRY)
  }

  protected accepted(all: boolean): void {
    this.backoff = FIRST_RETRY
    this.tookAt = performance.now()
    if (!all) return
    clearTimeout(this.timer)
    this.timer = undefined
  }

  protected ready(): boolean {
    return true
  }

  protected makeRoom(): void {
    if (this.whenFull === 'drop') {
      this.dropOldest()
      return
    }
    this.blocking = true
    while (this.backlog.bytes > this.maxBuffer && !this.pump()) sleep(1)
    this.blocking = false
  }

  protected pause(deadline: number): boolean {
    const left = deadline - performance.now()
    if (left <= 0) return false
    sleep(Math.min(left, 1))
    return true
  }

  protected reason(): string {
    return this.gone ?? 'the reader is too slow'
  }

  protected get state(): 'up' | 'down' {
    return this.gone === undefined ? 'up' : 'down'
  }

  protected release(): void {
    clearTimeout(this.timer)
    if (this.lane.torn === this) this.lane.torn = undefined
    if (!this.target.own) return
    try {
      closeSync(this.target.fd)
    } catch {
      // Somebody else has closed it.
    }
  }

  /** The reader is gone for good (EPIPE), or the descriptor is: nothing can be written any more. */
  private fail(code: string | undefined): void {
    this.gone = `${code === 'EPIPE' ? 'the reader has gone away' : 'it cannot be written'} (${code ?? 'unknown error'})`
    clearTimeout(this.timer)
    this.timer = undefined
    report(`${this.name} down`, `${this.name}: ${this.gone}; lines for it are counted and dropped`)
  }
}

/** Where a write that begins at `offset` ends: after as many whole lines as fit, or after one that does not. */
function pieceEnd(bytes: Buffer, offset: number): number {
  if (bytes.length - offset <= PIPE_BUF) return bytes.length
  const last = bytes.lastIndexOf(NEWLINE, offset + PIPE_BUF - 1)
  if (last >= offset) return last + 1
  const end = bytes.indexOf(NEWLINE, offset + PIPE_BUF)
  return end === -1 ? bytes.length : end + 1
}

const sleeper = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))

function sleep(ms: number): void {
  Atomics.wait(sleeper, 0, 0, ms)
}
