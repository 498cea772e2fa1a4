import type { Clock } from './clock'
import type { Refusal } from './outcome'
import type { BreakerState } from './retry/breaker'

/**
 * One line when a transport goes down and one when it is back. A receiver that comes and goes is told of at most once a
 * minute: a change in between is said when it has lasted, or not at all.
 */
export class Announcer {
  private state: BreakerState = 'up'
  private refusal: Refusal | undefined
  private since = 0
  /** The state that people know of. */
  private said: BreakerState = 'up'
  private saidAt = Number.NEGATIVE_INFINITY
  private waiting = false

  constructor(
    private readonly clock: Clock,
    private readonly say: (message: string) => void,
    private readonly queued: () => number,
  ) {}

  changed(state: BreakerState, refusal: Refusal | undefined): void {
    if (state !== 'up' && this.state === 'up') this.since = this.clock.now()
    this.state = state
    this.refusal = refusal
    this.tell()
  }

  private tell(): void {
    if (this.state === this.said) return
    if (this.state === 'up') return this.back()
    const pause = this.saidAt + QUIET_MS - this.clock.now()
    if (pause > 0) return this.later(pause)
    this.saidAt = this.clock.now()
    this.said = this.state
    const reason = this.refusal?.reason ?? 'no reason given'
    const held = `is held: ${reason}; nothing is dropped, it is tried again every minute`
    this.say(this.state === 'held' ? held : `is down: ${reason}; lines wait, nothing is dropped`)
  }

  private back(): void {
    this.said = 'up'
    const seconds = Math.round((this.clock.now() - this.since) / 1000)
    this.say(`is back after ${seconds} s; lines still to send: ${this.queued()}`)
  }

  private later(ms: number): void {
    if (this.waiting) return
    this.waiting = true
    void this.clock.wait(ms).then(() => {
      this.waiting = false
      this.tell()
    })
  }
}

const QUIET_MS = 60_000
