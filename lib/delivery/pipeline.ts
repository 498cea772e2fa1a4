import { setMaxListeners } from 'node:events'
import { say } from '../report'
import { Announcer } from './announcer'
import { publish } from './channels'
import { type Clock, systemClock } from './clock'
import { Courier } from './courier'
import type { DeadLetters } from './dead-letters'
import { Lane } from './lane'
import type { LoadedTransport } from './load'
import { Breaker, type BreakerState } from './retry/breaker'
import type { Source } from './source'
import type { DeliveryStats } from './stats'
import { Turns } from './turns'

export interface PipelineOptions {
  readonly transport: LoadedTransport
  /** One for each writer: this process's own, and adopted ones. They are closed with the pipeline. */
  readonly sources: readonly Source[]
  /** Where lines go that the receiver will never take. */
  readonly deadLetters: DeadLetters
  /** The lines are dead letters: one that is refused again is set aside again, also where no other is taken. */
  readonly refusedBefore?: boolean | undefined
  /** Told of each change of state. */
  readonly changed?: ((state: BreakerState) => void) | undefined
  /** Default: the system's. */
  readonly clock?: Clock | undefined
  /** From 0 up to 1, for the jitter. Default: Math.random. */
  readonly random?: (() => number) | undefined
  /** Told what a person ought to know, one line each. Default: stderr. */
  readonly report?: ((message: string) => void) | undefined
}

/** What a flush or a close came to, in lines. */
export interface Flushed {
  readonly flushed: number
  readonly left: number
}

/**
 * Brings lines from their sources to one receiver, and loses none: each is acknowledged, set aside with a reason, or
 * still in its source. Order is kept for each source. Nothing here knows of any other transport.
 */
export class Pipeline {
  private readonly clock: Clock
  private readonly report: (message: string) => void
  private readonly breaker: Breaker
  private readonly courier: Courier
  private readonly turns: Turns
  private readonly announcer: Announcer
  private readonly lanes: Lane[] = []
  /** Of lanes that are done with. */
  private readonly past = { sent: 0, dead: 0 }
  private readonly ending = new AbortController()
  private closed: Promise<Flushed> | undefined
  private left: number | undefined

  constructor(private readonly options: PipelineOptions) {
    const { transport, deadLetters, refusedBefore, clock = systemClock, random = Math.random, report = say } = options
    this.clock = clock
    this.report = message => report(transport.secrets.hide(`${transport.name}: ${message}`))
    this.announcer = new Announcer(clock, this.report, () => this.waiting().lines)
    this.breaker = new Breaker(clock, random, (state, refusal) => {
      this.announcer.changed(state, refusal)
      publish('state', { transport: transport.name, state, reason: refusal?.reason })
      options.changed?.(state)
    })
    const { signal } = this.ending
    this.courier = new Courier({ transport, deadLetters, refusedBefore, clock, breaker: this.breaker, signal })
    this.turns = new Turns(transport.limits.concurrency)
    // Each request of each source listens to it, while it lasts.
    setMaxListeners(0, signal)
    for (const source of options.sources) this.add(source)
  }

  /** Delivers one more source from now on. */
  add(source: Source): void {
    if (this.closed !== undefined) return source.close()
    const { clock, report, breaker, courier, turns } = this
    const lane = new Lane(source, { clock, report, breaker, courier, turns, signal: this.ending.signal })
    this.lanes.push(lane)
    lane.start()
    void lane.ended.then(() => this.retire(lane))
  }

  /** A process that ships for years adopts the directories of many. */
  private retire(lane: Lane): void {
    if (lane.source.ended !== true || this.closed !== undefined) return
    this.lanes.splice(this.lanes.indexOf(lane), 1)
    this.past.sent += lane.sent
    this.past.dead += lane.dead
  }

  /** Resolves when every line written before is acknowledged or set aside, or after `timeout` ms. Holds the event loop. */
  async flush(timeout: number): Promise<Flushed> {
    this.breaker.hurry()
    return holdingLoop(async () => {
      const deadline = this.clock.now() + timeout
      const marks = await Promise.all(this.lanes.map(lane => lane.flush(deadline)))
      const left = sum(marks, mark => (mark.done ? 0 : Math.max(1, mark.waiting - mark.committed)))
      return { flushed: sum(marks, mark => mark.waiting) - left, left }
    })
  }

  /**
   * Delivers what it can within `timeout` ms, less if the receiver will not be asked again before that; then lets go of
   * all, within a second more. `left` is what stays in the sources, for the next start. Holds the event loop.
   */
  close(timeout: number): Promise<Flushed> {
    this.closed ??= holdingLoop(() => this.shut(timeout))
    return this.closed
  }

  stats(): DeliveryStats {
    const { lines, bytes, oldest } = this.waiting()
    return {
      state: this.left === undefined ? this.breaker.state : 'closed',
      queued: this.left ?? lines,
      bytes,
      oldest,
      acknowledges: this.options.transport.acknowledges,
      sent: this.past.sent + sum(this.lanes, lane => lane.sent),
      retried: this.courier.retried,
      dead: this.past.dead + sum(this.lanes, lane => lane.dead),
      deadDropped: this.options.deadLetters.dropped,
      reason: this.breaker.refusal?.reason,
    }
  }

  private async shut(timeout: number): Promise<Flushed> {
    const before = this.waiting().lines
    const settled = (): number => sum(this.lanes, lane => lane.sent + lane.dead)
    const done = settled()
    this.breaker.hurry()
    this.breaker.closeBy(this.clock.now() + timeout)
    for (const lane of this.lanes) lane.closeWhenEmpty()
    const ended = Promise.all(this.lanes.map(lane => lane.ended))
    const timer = new AbortController()
    await Promise.race([ended, this.clock.wait(timeout, timer.signal)])
    timer.abort()
    this.ending.abort()
    this.breaker.close()
    this.turns.close()
    await Promise.race([ended, this.clock.wait(GRACE_MS)])
    await this.courier.close()
    const { lines } = this.waiting()
    this.left = lines
    for (const { source } of this.lanes) source.close()
    if (lines > 0) this.report(`${count(lines)} left for the next start`)
    return { flushed: Math.max(settled() - done, before - lines, 0), left: lines }
  }

  private waiting(): { lines: number; bytes: number; oldest: number | undefined } {
    if (this.left !== undefined) return { lines: this.left, bytes: 0, oldest: undefined }
    const all = this.lanes.map(lane => lane.source.backlog())
    const times = all.flatMap(({ oldest }) => (oldest === undefined ? [] : [oldest]))
    return {
      lines: sum(all, each => each.lines),
      bytes: sum(all, each => each.bytes),
      oldest: times.length === 0 ? undefined : Math.min(...times),
    }
  }
}

/** `1 line`, `12 lines`. */
export function count(lines: number): string {
  return lines === 1 ? '1 line' : `${lines} lines`
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0)
}

async function holdingLoop<T>(work: () => Promise<T>): Promise<T> {
  const hold = setInterval(() => {}, 2 ** 30)
  try {
    return await work()
  } finally {
    clearInterval(hold)
  }
}

/** For requests that are told to end. */
const GRACE_MS = 250
