import { clearInterval, setInterval } from 'node:timers'
import { isMainThread } from 'node:worker_threads'
import { type ExitParticipant, exitRegistry } from '../../output/exit'
import { countedLines, type Loss, Losses } from '../../output/losses'
import type { FlushResult, Sink, SinkStats } from '../../output/sink'
import { type Durability, type Runs, Turn, type TurnWriter } from '../../output/turn'
import { type Progress, Waiting } from '../../output/waiting'
import { report, say } from '../../report'
import { Disk, type DiskOptions } from './disk'
import { Lent, type LentTurn } from './lent'
import { Queue, type Waiter } from './queue'
import { Retry } from './retry'
import type { Route } from './routes'
import { Stalls } from './stalls'
import type { Write } from './writer'

export interface SpoolSinkOptions extends DiskOptions {
  readonly durability: Durability
  /** How long a disk that takes nothing may hold up the end of the process, in ms. */
  readonly exitTimeout: number
  /** Bytes of lines that wait in memory while the disk takes none. Past it the oldest go, counted. Default 8 MiB. */
  readonly maxBuffer?: number | undefined
  /** Renders the line that tells of lines given up, ending in '\n'. */
  readonly lossLine: (loss: Loss) => string
  /** Told when lines wait that `lend` would give out. Without it they wait for the disk. */
  readonly onWaiting?: (() => void) | undefined
}

const MAX_BUFFER = 8 * 1024 * 1024
/** How often the bounds are kept and a sign of life is given when nothing is logged, in ms. */
const UPKEEP = 60_000
/** hewn's lines about lost lines are warnings. */
const WARN = 40
const CLOSED = 'the spool was closed'

/**
 * The application's end of the spool: each turn is one frame, written at the end of its turn by the thread that logs.
 * When a line's turn has ended it outlives the process. What the disk does not take waits in memory, bounded, and is
 * lost if the process is killed meanwhile; a warning says so.
 */
export class SpoolSink implements Sink, TurnWriter, ExitParticipant, Progress {
  readonly exitTimeout: number
  private readonly name: string
  private readonly maxBuffer: number
  private readonly lossLine: (loss: Loss) => string
  private readonly onWaiting: (() => void) | undefined
  private readonly disk: Disk
  private readonly turn: Turn
  private readonly queue = new Queue()
  /** What is being sent from memory. */
  readonly lent: Lent
  private readonly losses: Losses
  private readonly waiting = new Waiting(this)
  private readonly exit = exitRegistry()
  private readonly stalls: Stalls
  private readonly upkeep: NodeJS.Timeout
  private inFlight: Write | undefined
  private readonly retry = new Retry(() => this.pump())
  private closed = false
  private ended = false
  private lostBefore = 0
  private failure: string | undefined
  sent = 0

  /** Never throws for what the disk is like: lines wait in memory then. HewnError for routes that cannot be. */
  constructor(options: SpoolSinkOptions) {
    this.name = options.name
    this.exitTimeout = options.exitTimeout
    this.maxBuffer = options.maxBuffer ?? MAX_BUFFER
    this.stalls = new Stalls(options.fsync === true)
    this.lossLine = options.lossLine
    this.onWaiting = options.onWaiting
    this.disk = new Disk(options)
    this.lent = new Lent(this.disk)
    this.losses = new Losses(options.name)
    // Nothing waits for a worker thread that is stopped, so it has no turn to lose.
    this.turn = new Turn(this, isMainThread ? options.durability : 'line')
    this.exit.add(this)
    this.upkeep = setInterval(() => this.keepUp(), UPKEEP).unref()
    const failure = this.disk.open()
    if (failure !== undefined) this.failed(failure)
  }

  /** The directory's id, which those who ship it go by; undefined while there is none. A directory that is removed from outside is replaced, with another id. */
  get id(): string | undefined {
    return this.disk.id
  }

  /** The oldest lines that the disk does not take, as many as may be sent at once. Theirs is the care from here on. */
  lend(): readonly LentTurn[] {
    if (this.failure === undefined) return []
    const loss = this.losses.tell()
    const told = loss === undefined ? [] : [this.lent.own(this.lossLine(loss), WARN, Date.now())]
    return [...told, ...this.lent.from(this.queue)]
  }

  /** All lines on loan up to this number are acknowledged or set aside. */
  returned(position: number): void {
    this.sent += this.lent.settle(position)
    this.waiting.moved()
  }

  write(line: string, level: number, now: number): void {
    this.turn.write(line, level, now)
  }

  /** Other transports, or other levels for them. Lines logged before go by the routes of then. */
  setRoutes(routes: readonly Route[]): void {
    this.turn.flush()
    this.disk.setRoutes(routes)
  }

  take(text: string, lines: number, runs: Runs, from: number): void {
    if (this.closed) {
      this.losses.late(runs, CLOSED, from, Date.now())
      return
    }
    const isFree = this.queue.empty && this.losses.untold === 0 && !this.stalls.any
    if (isFree && (this.failure === undefined || this.retry.isDue)) {
      const failure = this.writeNow(text, runs, from)
      if (failure === undefined) {
        this.sent += lines
        if (this.failure !== undefined) this.healed()
        return
      }
      this.failed(failure)
    }
    this.queue.push({ text, bytes: Buffer.byteLength(text), lines, runs, from, to: Date.now() })
    if (this.retry.isDue) this.pump()
    this.makeRoom()
    if (this.failure !== undefined) this.onWaiting?.()
    if (this.ended && !this.queue.empty) this.abandon()
  }

  flushSync(): void {
    this.turn.flush()
    this.overtake()
    this.pump(true)
  }

  abandon(): void {
    const reason = this.failure ?? CLOSED
    for (const turn of this.lent.giveUp()) this.giveUp(turn, reason)
    if (!this.queue.empty) {
      for (let turn = this.queue.shift(); turn !== undefined; turn = this.queue.shift()) this.giveUp(turn, reason)
    }
    const loss = this.losses.tell()
    if (loss === undefined) return
    const message = `${this.name}: ${countedLines(loss.counts)} lost: ${loss.reason}`
    if (this.ended) report(`${this.name} ended`, message)
    else say(message)
    this.ended = true
  }

  flush(timeout: number): Promise<FlushResult> {
    const pending = this.turn.lines + this.queue.lines + this.lent.lines
    this.turn.flush()
    this.pump()
    return this.waiting.wait(timeout, pending)
  }

  /** The directory stays locked, so that nobody else ships it, until `release`: its own shipper may be at work. */
  async close(timeout: number): Promise<FlushResult> {
    const flushing = this.flush(timeout)
    if (this.closed) return flushing
    this.closed = true
    const result = await flushing
    this.overtake()
    this.pump(true)
    this.abandon()
    this.exit.remove(this)
    clearInterval(this.upkeep)
    this.retry.stop()
    this.disk.close()
    return result
  }

  /** Lets go of the directory: what is left in it is for the next who adopts it. After close. */
  release(): void {
    this.disk.release()
  }

  stats(): SinkStats {
    return {
      state: this.closed ? 'closed' : this.failure === undefined ? 'up' : 'down',
      queued: this.turn.lines + this.queue.lines + this.lent.lines,
      bytes: this.turn.units + this.queue.bytes + this.lent.bytes,
      sent: this.sent,
      dropped: new Map(this.losses.total),
      overrun: this.disk.overrun,
    }
  }

  get settled(): number {
    return this.sent + this.losses.lines
  }

  get taken(): number {
    return this.settled + this.queue.lines + this.lent.lines
  }

  /** One frame, in the call. Returns why not, in words. */
  private writeNow(text: string, runs: Runs, from: number): string | undefined {
    const before = performance.now()
    const failure = this.disk.write(text, runs, from)
    this.stalls.took(performance.now() - before, this.exit.exiting)
    if (this.stalls.began) {
      report(
        `${this.name} stalls`,
        `${this.name}: the disk stalls; writing is asynchronous for a while: lines that wait in memory, up to ${this.maxBuffer} bytes, are lost if the process is killed`,
      )
    }
    return failure
  }

  /** Writes what waits, in order, as far as the disk takes it; with `here`, on this thread, however slow the disk is. */
  private pump(here = this.exit.exiting): void {
    if (this.inFlight !== undefined) return
    if (!this.tell()) return
    for (let head = this.queue.head; head !== undefined; head = this.queue.head) {
      if (this.stalls.any && !here) return this.launch(head)
      const failure = this.writeNow(head.text, head.runs, head.from)
      if (failure !== undefined) return this.failed(failure)
      this.wrote()
    }
  }

  /** On another thread, because the disk has stalled: one at a time. */
  private launch(head: Waiter): void {
    const write = this.disk.prepare(head.text, head.runs, head.from)
    if (typeof write === 'string') return this.failed(write)
    this.inFlight = write
    this.queue.headBusy = true
    this.disk.launch(write, error => {
      if (this.inFlight !== write) return
      const failure = this.disk.settle(write, error)
      this.inFlight = undefined
      this.queue.headBusy = false
      if (failure !== undefined) return this.failed(failure)
      this.wrote()
      this.pump()
    })
  }

  /** Makes the write that is under way here as well: the same bytes at the same place. */
  private overtake(): void {
    const write = this.inFlight
    if (write === undefined) return
    this.inFlight = undefined
    this.queue.headBusy = false
    const failure = this.disk.put(write)
    if (failure === undefined) this.wrote()
    else this.failed(failure)
  }

  private wrote(): void {
    this.sent += this.queue.shift()?.lines ?? 0
    this.healed()
    this.waiting.moved()
  }

  private healed(): void {
    this.retry.reset()
    if (this.failure === undefined || !this.queue.empty) return
    this.failure = undefined
    const lost = this.losses.lines - this.lostBefore
    report(
      `${this.name} heals`,
      `${this.name}: writing to the spool again; ${lost === 0 ? 'no line was' : `${lost} lines were`} lost`,
    )
  }

  private failed(failure: string): void {
    if (this.failure === undefined) {
      this.lostBefore = this.losses.lines
      const meanwhile = this.onWaiting === undefined ? 'wait in' : 'are sent from'
      report(
        `${this.name} fails`,
        `${this.name}: ${failure}; lines ${meanwhile} memory, up to ${this.maxBuffer} bytes, and are lost if the process ends before that`,
      )
    }
    this.failure = failure
    this.retry.later()
  }

  private makeRoom(): void {
    while (this.queue.bytes + this.lent.bytes > this.maxBuffer) {
      const turn = this.queue.dropOldest()
      if (turn === undefined) break
      this.giveUp(turn, this.failure ?? 'the disk is too slow')
    }
  }

  private giveUp({ runs, from, to }: Waiter, reason: string): void {
    this.losses.add(runs, reason, from, to)
    this.waiting.moved()
  }

  /** Puts the line about lost lines before what waits: that is where they would have stood. False if it cannot be. */
  private tell(): boolean {
    if (this.losses.untold === 0) return true
    const loss = this.losses.tell()!
    let failure: string | undefined
    try {
      failure = this.disk.write(this.lossLine(loss), [WARN, 1], Date.now(), true)
    } catch (error) {
      report(`${this.name} loss line`, `${this.name}: ${countedLines(loss.counts)} lost: ${String(error)}`)
      return true
    }
    if (failure === undefined) return true
    this.losses.untell(loss)
    this.failed(failure)
    return false
  }

  private keepUp(): void {
    this.disk.keepUp()
    if (!this.queue.empty || this.losses.untold > 0) this.pump()
  }
}
