import { clearTimeout, setTimeout } from 'node:timers'
import { isMainThread } from 'node:worker_threads'
import { report } from '../report'
import { Background, FLIGHT_BYTES, type Landing } from './background'
import { ALL, type BufferedOptions, BufferedSink } from './buffered'
import type { LineFile } from './file'

/** A write that takes this long is a stall, in ms; so many of them within the window make writing asynchronous. */
const STALL = 50
const STALLS = 3
const STALL_WINDOW = 10_000
const ASYNC_FOR = 30_000
/** How long a call waits, with a full buffer, for a disk that takes nothing, before lines are given up, in ms. */
const PATIENCE = 1000
const LOOK_EVERY = 1000
const FIRST_RETRY = 100
const LAST_RETRY = 5000

/**
 * A regular file. A call waits for the disk; where the disk refuses (full, failing), lines wait in memory, up to
 * `maxBuffer`, and are tried again after 0.1 to 5 s. A disk that stalls is written to from another thread for a while.
 */
export class FileSink extends BufferedSink {
  private file: LineFile
  private looked = Date.now()
  private reopenWanted = false
  private retryAt = 0
  private backoff = FIRST_RETRY
  private failing = false
  /** Lines given up before it began to fail. */
  private lostBefore = 0
  private timer: NodeJS.Timeout | undefined
  private readonly stalls: number[] = []
  private background: Background | undefined
  private synchronousAt = 0
  private patienceUntil = 0

  constructor(
    file: LineFile,
    private readonly openAnew: ((path: string) => LineFile) | undefined,
    options: BufferedOptions,
  ) {
    super(options)
    this.file = file
  }

  /**
   * Opens the path anew. What was logged before goes to the file that is open now; what a full or stalled disk keeps
   * waiting goes to the new one.
   */
  reopen(): void {
    this.flushSync(performance.now())
    this.openAgain()
  }

  /** Looks whether somebody has renamed or deleted the file. A clock that is set back makes it look at once. */
  protected prepare(now: number): void {
    if (now >= this.looked && now < this.looked + LOOK_EVERY) return
    this.looked = now
    if (this.background?.inFlight !== true && this.file.moved()) this.openAgain()
  }

  protected put(bytes: Buffer, offset: number): number {
    if (this.background !== undefined) return offset
    const before = performance.now()
    const end = this.file.write(bytes, offset)
    const after = performance.now()
    if (after - before >= STALL) this.stalled(after)
    return end
  }

  /** A single line is cheaper to write as it is, and the clock is read once, as it matters at this rate. */
  protected override putText(text: string, from: number): number {
    if (this.background !== undefined || this.file.durability === 'turn') return super.putText(text, from)
    const length = Buffer.byteLength(text)
    const taken = this.file.writeText(text, length)
    if (Date.now() - from >= STALL) this.stalled(performance.now())
    return taken === length ? ALL : taken
  }

  protected refused(): void {
    if (this.background !== undefined) {
      this.launch(this.background)
      return
    }
    if (this.file.failure === undefined) return
    if (!this.failing) {
      this.failing = true
      this.lostBefore = this.losses.lines
      report(
        `${this.name} fails`,
        `${this.name}: ${this.reason()}; lines wait in memory, up to ${this.maxBuffer} bytes, and are lost if the process is killed`,
      )
    }
    this.retryLater(this.backoff)
    this.backoff = Math.min(this.backoff * 2, LAST_RETRY)
  }

  protected accepted(all: boolean): void {
    this.backoff = FIRST_RETRY
    if (!all || !this.failing) return
    this.failing = false
    clearTimeout(this.timer)
    this.timer = undefined
    const lost = this.losses.lines - this.lostBefore
    report(
      `${this.name} heals`,
      `${this.name}: writing again; ${lost === 0 ? 'no line was' : `${lost} lines were`} lost`,
    )
  }

  protected ready(): boolean {
    return this.background !== undefined ? !this.background.inFlight : performance.now() >= this.retryAt
  }

  protected makeRoom(): void {
    const { background } = this
    while (
      background?.inFlight === true &&
      this.backlog.bytes > this.maxBuffer &&
      performance.now() > this.patienceUntil
    ) {
      const landing = background.land(performance.now() + PATIENCE)
      if (landing === undefined) this.patienceUntil = performance.now() + ASYNC_FOR
      else this.landed(landing)
    }
    this.dropOldest()
  }

  /** Waits for a write that is under way. Not for a full disk: nothing would come of it while this thread waits. */
  protected pause(deadline: number): boolean {
    if (this.background === undefined) return false
    if (this.background.inFlight) {
      const landing = this.background.land(deadline)
      if (landing === undefined) return false
      this.landed(landing)
    }
    this.toSynchronous()
    return true
  }

  protected reason(): string {
    const code = this.file.failure?.code
    if (code === undefined) return 'the disk is too slow'
    return code === 'ENOSPC' || code === 'EDQUOT'
      ? `the disk is full (${code})`
      : `the file cannot be written (${code})`
  }

  protected get state(): 'up' | 'down' {
    return this.failing ? 'down' : 'up'
  }

  protected release(): void {
    clearTimeout(this.timer)
    this.toSynchronous()
    this.file.close()
  }

  private retryLater(delay: number): void {
    clearTimeout(this.timer)
    this.retryAt = performance.now() + delay
    this.timer = setTimeout(() => this.pump(), delay)
    this.timer.unref()
  }

  private openAgain(): void {
    const { path } = this.file
    if (path === undefined || this.openAnew === undefined) return
    this.reopenWanted = this.background?.inFlight === true
    if (this.reopenWanted) return
    const old = this.file
    try {
      this.file = this.openAnew(path)
    } catch (error) {
      report(
        `${this.name} reopen`,
        `${this.name}: cannot open ${path} anew, the old file is still used: ${String(error)}`,
      )
      return
    }
    if (this.backlog.rewind()) old.write(Buffer.from('\n'), 0)
    old.close()
  }

  private stalled(now: number): void {
    this.stalls.push(now)
    while (this.stalls[0]! < now - STALL_WINDOW) this.stalls.shift()
    // A thread that is not the main one writes each line at once, because nothing waits for it when it is stopped.
    if (this.stalls.length < STALLS || !isMainThread || this.exit.exiting) return
    this.stalls.length = 0
    try {
      this.background = new Background(
        () => this.arrived(),
        () => this.toSynchronous(),
      )
    } catch {
      return
    }
    setTimeout(() => this.calm(), ASYNC_FOR).unref()
    this.synchronousAt = now + ASYNC_FOR
    report(
      `${this.name} stalls`,
      `${this.name}: the disk stalls; writing is asynchronous for ${ASYNC_FOR / 1000} s: lines that wait in memory, up to ${this.maxBuffer} bytes, are lost if the process is killed`,
    )
  }

  private launch(background: Background): void {
    const { head } = this.backlog
    if (head === undefined || background.inFlight) return
    this.backlog.headBusy = true
    const { bytes, offset } = head
    const length = this.file.reserve(bytes, offset, FLIGHT_BYTES)
    background.launch(this.file.fd, bytes, offset, length)
  }

  /** The thread says that a write has ended; it may have been waited for already. */
  private arrived(): void {
    const landing = this.background?.inFlight === true ? this.background.land(0) : undefined
    if (landing === undefined) return
    this.landed(landing)
    this.calm()
    this.pump()
  }

  private landed(landing: Landing): void {
    const { head } = this.backlog
    this.backlog.headBusy = false
    this.file.failure =
      landing.code === undefined ? undefined : Object.assign(new Error(landing.code), { code: landing.code })
    const taken = head === undefined ? 0 : this.file.settle(head.bytes, head.offset, landing.taken)
    if (head !== undefined && taken > 0) this.wrote(head.offset + taken)
    if (this.reopenWanted) this.openAgain()
    if (landing.code !== undefined) this.toSynchronous()
  }

  /** Back to synchronous writing when the time has come and nothing is under way. */
  private calm(): void {
    if (performance.now() >= this.synchronousAt && this.background?.inFlight === false) this.toSynchronous()
  }

  private toSynchronous(): void {
    const { background } = this
    if (background === undefined) return
    this.background = undefined
    const landing = background.stop()
    if (landing !== undefined) this.landed(landing)
    if (!this.backlog.empty) this.retryLater(0)
  }
}
