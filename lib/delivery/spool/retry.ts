import { clearTimeout, setTimeout } from 'node:timers'

/** When a disk that took nothing is tried again: after 0.1 s, and after twice as long each time, up to 5 s. */
export class Retry {
  private timer: NodeJS.Timeout | undefined
  private at = 0
  private pause = FIRST

  constructor(private readonly again: () => void) {}

  get isDue(): boolean {
    return performance.now() >= this.at
  }

  later(): void {
    this.at = performance.now() + this.pause
    this.stop()
    this.timer = setTimeout(this.again, this.pause).unref()
    this.pause = Math.min(this.pause * 2, LAST)
  }

  /** It has taken something. */
  reset(): void {
    this.at = 0
    this.pause = FIRST
  }

  stop(): void {
    clearTimeout(this.timer)
  }
}

const FIRST = 100
const LAST = 5000
