import { clearTimeout, setTimeout } from 'node:timers'
import type { FlushResult } from './sink'

/** A sink's lines so far, in the order in which it took them. */
export interface Progress {
  /** Lines it has taken. */
  readonly taken: number
  /** Of those, how many it has written or given up; and how many it has written. */
  readonly settled: number
  readonly sent: number
}

interface Waiter {
  readonly until: number
  readonly pending: number
  readonly lost: number
  readonly timer: NodeJS.Timeout
  readonly resolve: (result: FlushResult) => void
}

/** The flushes that wait for a sink. Their timers hold the event loop, so that a pending flush does too. */
export class Waiting {
  private waiters: Waiter[] = []

  constructor(private readonly progress: Progress) {}

  /** Resolves when all lines taken so far are written or given up, or after `timeout` ms. */
  wait(timeout: number, pending: number): Promise<FlushResult> {
    const { taken, settled, sent } = this.progress
    if (settled >= taken) return Promise.resolve({ flushed: pending, left: 0 })
    return new Promise(resolve => {
      const timer = setTimeout(() => this.giveUp(waiter), Math.min(timeout, MAX_TIMEOUT))
      const waiter = { until: taken, pending, lost: settled - sent, timer, resolve }
      this.waiters.push(waiter)
    })
  }

  get any(): boolean {
    return this.waiters.length > 0
  }

  /** Something was written or given up. */
  moved(): void {
    if (this.waiters.length === 0) return
    const { settled } = this.progress
    const done = this.waiters.filter(waiter => settled >= waiter.until)
    this.waiters = this.waiters.filter(waiter => settled < waiter.until)
    for (const waiter of done) this.resolve(waiter)
  }

  private giveUp(waiter: Waiter): void {
    this.waiters = this.waiters.filter(other => other !== waiter)
    this.resolve(waiter)
  }

  private resolve(waiter: Waiter): void {
    clearTimeout(waiter.timer)
    const { settled, sent } = this.progress
    const left = Math.max(0, waiter.until - settled)
    const lost = Math.min(settled - sent - waiter.lost, waiter.pending - left)
    waiter.resolve({ flushed: waiter.pending - left - lost, left: left + lost })
  }
}

/** What setTimeout can hold; longer is for ever. */
const MAX_TIMEOUT = 0x7fff_ffff
