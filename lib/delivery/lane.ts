import type { Clock } from './clock'
import type { Courier } from './courier'
import type { Breaker } from './retry/breaker'
import type { Source, SourceLine } from './source'
import type { Turns } from './turns'
import { Waker } from './waker'
import { Window } from './window'

export interface LaneSetup {
  readonly courier: Courier
  readonly breaker: Breaker
  readonly turns: Turns
  readonly clock: Clock
  /** Aborted when closing has come to its end. */
  readonly signal: AbortSignal
  readonly report: (message: string) => void
}

/** What a flush waits for, in one lane. */
export interface FlushMark {
  /** Lines waiting when it was asked for. */
  readonly waiting: number
  readonly done: boolean
  /** Of those, how many are committed. */
  readonly committed: number
}

/** One source on its way to the receiver: reads batches, has them delivered in order, commits what is done with. */
export class Lane {
  sent = 0
  dead = 0
  /** When all is delivered that could be, or closing has come to its end. */
  ended: Promise<void> = Promise.resolve()
  private readonly window = new Window()
  private readonly inFlight = new Set<Promise<void>>()
  private readonly waker = new Waker()
  private readonly progress = new Waker()
  private again = false
  private closing = false
  private over = false
  private flushes = 0
  private lastSent = Number.NEGATIVE_INFINITY
  private reads = 0
  /** The latest read that found nothing while nothing was on its way. */
  private drained = 0

  constructor(
    readonly source: Source,
    private readonly setup: LaneSetup,
  ) {}

  start(): void {
    this.ended = this.run()
  }

  /** No more waiting for batches to fill; ends when the source has no more. */
  closeWhenEmpty(): void {
    this.closing = true
    this.waker.wake()
  }

  /** Resolves when all that waits now is committed, or at `deadline`. */
  async flush(deadline: number): Promise<FlushMark> {
    const { lines: waiting, bytes } = this.source.backlog()
    // A backlog's lines are an estimate. Too few would end the flush before its last line is acknowledged.
    const most = Math.max(waiting, Math.ceil(bytes / SHORTEST_LINE))
    const before = this.committed
    const read = this.reads
    const done = (): boolean => this.over || this.drained > read || this.committed - before >= most
    this.flushes++
    this.waker.wake()
    while (!done() && this.setup.clock.now() < deadline && !this.setup.signal.aborted) {
      await this.progress.until(this.setup.clock.wait(deadline - this.setup.clock.now(), this.setup.signal))
    }
    this.flushes--
    return { waiting, done: done(), committed: Math.min(waiting, this.committed - before) }
  }

  private get committed(): number {
    return this.sent + this.dead
  }

  private async run(): Promise<void> {
    const { signal, clock, report } = this.setup
    while (!signal.aborted) {
      try {
        if (!(await this.step())) break
      } catch (error) {
        // A source that cannot be read now may be readable later; nothing of it is committed.
        report(`reading lines failed, trying again: ${(error as Error).message}`)
        this.again = true
        await clock.wait(RECOVER_MS, signal)
      }
    }
    await Promise.all(this.inFlight)
    this.over = true
    this.progress.wake()
  }

  /** False when there is no more to do for good. */
  private async step(): Promise<boolean> {
    const { breaker, courier, turns } = this.setup
    if (this.again) await this.startAnew()
    await this.fill()
    if (!(await turns.take())) return false
    const read = ++this.reads
    let lines: readonly SourceLine[] = []
    try {
      // While it waited, what was on its way may have come to nothing.
      if (this.again) return true
      if (!(await breaker.ready())) return false
      lines = await this.source.read(courier.limits.lines, courier.limits.bytes)
    } finally {
      if (lines.length === 0) turns.give()
    }
    if (lines.length === 0) return this.idle(read)
    this.launch(lines)
    return true
  }

  /** After a read that found nothing. False when there is no more to do for good. */
  private async idle(read: number): Promise<boolean> {
    if (this.inFlight.size > 0) {
      await this.waker.until(Promise.race([...this.inFlight, this.source.more(IDLE_MS)]))
      return true
    }
    if (this.again) return true
    this.drained = read
    this.progress.wake()
    if (this.closing || this.source.ended === true) return false
    await this.waker.until(this.source.more(IDLE_MS))
    return true
  }

  private launch(lines: readonly SourceLine[]): void {
    this.lastSent = this.setup.clock.now()
    this.window.add(lines)
    const delivery = this.deliver(lines).finally(() => {
      this.inFlight.delete(delivery)
      this.setup.turns.give()
      if (this.again) this.waker.wake()
    })
    this.inFlight.add(delivery)
  }

  private async deliver(lines: readonly SourceLine[]): Promise<void> {
    try {
      const all = await this.setup.courier.deliver(lines, (settled, fate) => {
        for (const line of settled) this.window.settle(line, fate)
        this.commit()
      })
      if (!all) this.again = true
    } catch (error) {
      this.setup.report(`cannot commit, the lines will be sent again: ${(error as Error).message}`)
      this.again = true
      await this.setup.clock.wait(RECOVER_MS, this.setup.signal)
    }
  }

  private commit(): void {
    const progress = this.window.advance()
    if (progress === undefined) return
    const { position, sent, dead } = progress
    this.source.commit(position, { sent, dead })
    this.sent += sent
    this.dead += dead
    this.progress.wake()
  }

  private async startAnew(): Promise<void> {
    await Promise.all(this.inFlight)
    this.again = false
    // They have waited already.
    this.lastSent = Number.NEGATIVE_INFINITY
    this.window.clear()
    this.source.rewind()
  }

  /** While lines keep coming, lets them gather, so that there are few and full batches. */
  private async fill(): Promise<void> {
    const { clock, courier } = this.setup
    const until = this.lastSent + courier.limits.age
    const hurry = (): boolean => this.closing || this.again || this.flushes > 0
    for (let now = clock.now(); now < until && !hurry(); now = clock.now()) {
      const { lines, bytes } = this.source.backlog()
      if (lines - this.window.size >= courier.limits.lines || bytes >= courier.limits.bytes) return
      await this.waker.until(clock.wait(Math.min(until - now, FILL_MS), this.setup.signal))
      if (this.setup.signal.aborted) return
    }
  }
}

/** How soon a batch that has filled up is noticed. */
const FILL_MS = 50
/** Bytes that no line of hewn's is shorter than: its time alone takes as many. */
const SHORTEST_LINE = 20
const IDLE_MS = 5000
const RECOVER_MS = 1000
