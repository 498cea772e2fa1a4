import type { Clock } from '../../lib/delivery/clock'

interface Timer {
  readonly at: number
  readonly order: number
  readonly go: () => void
}

/** Time that passes only while nothing else is to be done: hours of pauses take as long as the work between them. */
export class VirtualClock implements Clock {
  private time = 1_800_000_000_000
  private order = 0
  private readonly timers: Timer[] = []

  now(): number {
    return this.time
  }

  wait(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      if (signal?.aborted === true) return resolve()
      const go = (): void => {
        signal?.removeEventListener('abort', go)
        this.remove(timer)
        resolve()
      }
      const timer = { at: this.time + Math.max(0, ms), order: this.order++, go }
      this.timers.push(timer)
      signal?.addEventListener('abort', go)
    })
  }

  /** Lets time pass until `done`; throws when nothing more would ever happen, or after `limit` of virtual ms. */
  async until<T>(work: Promise<T>, limit = 86_400_000): Promise<T> {
    const end = this.time + limit
    let settled = false
    const mark = (): void => {
      settled = true
    }
    work.then(mark, mark)
    for (;;) {
      await idle()
      if (settled) return work
      const next = this.next()
      if (next === undefined) throw new Error('nothing more will happen, and the work is not done')
      if (next.at > end) throw new Error(`not done after ${limit} ms`)
      this.fire(next)
    }
  }

  /** Lets `ms` pass, with all that happens in it. */
  async pass(ms: number): Promise<void> {
    const end = this.time + ms
    await idle()
    for (let next = this.next(); next !== undefined && next.at <= end; next = this.next()) {
      this.fire(next)
      await idle()
    }
    this.time = end
  }

  private next(): Timer | undefined {
    return this.timers.reduce<Timer | undefined>(
      (first, timer) =>
        first === undefined || timer.at < first.at || (timer.at === first.at && timer.order < first.order)
          ? timer
          : first,
      undefined,
    )
  }

  private fire(timer: Timer): void {
    this.time = Math.max(this.time, timer.at)
    timer.go()
  }

  private remove(timer: Timer): void {
    const index = this.timers.indexOf(timer)
    if (index !== -1) this.timers.splice(index, 1)
  }
}

/** All that can be done without waiting is done. */
async function idle(): Promise<void> {
  for (let turns = 0; turns < 3; turns++) await new Promise(resolve => setImmediate(resolve))
}
