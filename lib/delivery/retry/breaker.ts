import type { Clock } from '../clock'
import type { Refusal } from '../outcome'
import { Waker } from '../waker'
import { backoff, holdPause, notBefore } from './backoff'

export type BreakerState = 'up' | 'down' | 'held'

/**
 * When the next request may go to a receiver. While it refuses, one request at a time finds out whether it still does,
 * whatever number of sources wait; the first one taken opens the way for all.
 */
export class Breaker {
  state: BreakerState = 'up'
  /** Why the last request was not taken, while that holds. */
  refusal: Refusal | undefined
  private failures = 0
  private retryAt = 0
  private probing = false
  private hurried = Number.NEGATIVE_INFINITY
  private closed = false
  private deadline = Number.POSITIVE_INFINITY
  private readonly waker = new Waker()

  constructor(
    private readonly clock: Clock,
    private readonly random: () => number,
    /** Told of each change of state, and of a hold for another reason. */
    private readonly changed: (state: BreakerState, refusal: Refusal | undefined) => void,
  ) {}

  /** Waits until a request would be let through. False if that is not before the deadline, or all is over. */
  async ready(): Promise<boolean> {
    for (;;) {
      if (this.closed) return false
      const ms = this.retryAt - this.clock.now()
      if (ms <= 0 && !this.probing) return true
      if (this.retryAt > this.deadline) return false
      await this.waker.until(ms > 0 ? this.clock.wait(ms) : undefined)
    }
  }

  /** As `ready`, and takes the turn: `accepted`, `answered` or `refused` must follow. */
  async admit(): Promise<boolean> {
    if (!(await this.ready())) return false
    this.probing = this.failures > 0
    return true
  }

  /**
   * Somebody waits: a receiver that is down is asked now, at most once a second, unless it said when. Whoever flushes again
   * and again asks no more often than that.
   */
  hurry(): void {
    const now = this.clock.now()
    const asked = this.refusal?.retryAfter !== undefined && this.refusal.retryAfter > 0
    if (this.failures === 0 || this.probing || asked || now - this.hurried < HURRY_MS) return
    this.hurried = now
    this.retryAt = Math.min(this.retryAt, now)
    this.waker.wake()
  }

  /** The receiver took lines. */
  accepted(): void {
    const was = this.state
    this.failures = 0
    this.refusal = undefined
    this.release(0)
    this.state = 'up'
    if (was !== 'up') this.changed('up', undefined)
  }

  /** The receiver is there, and refused what was sent: the next request may go at once. Not yet a reason to say that it is back. */
  answered(): void {
    this.release(0)
  }

  /** Nothing was taken. Returns the pause before the next try, in ms. */
  refused(refusal: Refusal): number {
    const held = refusal.kind === 'hold'
    // One that was on its way when another failed tells of the same failure: it does not double the pause.
    if (this.failures === 0 || this.probing || this.retryAt <= this.clock.now()) this.failures++
    this.refusal = refusal
    const pause = this.pauseAfter(refusal, held, this.failures)
    this.release(pause)
    const before = this.state
    // One failure is no news: a server that closes an idle connection just as it is used looks like that.
    if (held) this.state = 'held'
    else if (this.failures > 1) this.state = 'down'
    if (this.state !== before) this.changed(this.state, refusal)
    return pause
  }

  /** Some lines were taken and others not yet, for the `attempt`th time. */
  slowed(refusal: Refusal, attempt: number): number {
    this.accepted()
    const pause = this.pauseAfter(refusal, false, attempt)
    this.retryAt = this.clock.now() + pause
    return pause
  }

  /** From now on, waits that would go past `deadline` are not begun. */
  closeBy(deadline: number): void {
    this.deadline = deadline
    this.waker.wake()
  }

  close(): void {
    this.closed = true
    this.waker.wake()
  }

  private pauseAfter({ retryAfter }: Refusal, held: boolean, attempt: number): number {
    if (retryAfter !== undefined && retryAfter > 0) return notBefore(retryAfter, this.random)
    return held ? holdPause(this.random) : backoff(attempt, this.random)
  }

  private release(pause: number): void {
    this.probing = false
    this.retryAt = this.clock.now() + pause
    this.waker.wake()
  }
}

const HURRY_MS = 1000
