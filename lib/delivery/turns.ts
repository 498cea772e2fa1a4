/**
 * So many batches of all sources may be on their way to a receiver at once, whoever comes first. What is in memory is
 * bounded by that, however many directories wait.
 */
export class Turns {
  private readonly waiting: ((granted: boolean) => void)[] = []
  private over = false

  constructor(private free: number) {}

  /** Waits for a turn. True: `give` must follow. False: there are none any more. */
  async take(): Promise<boolean> {
    if (this.over) return false
    if (this.free > 0) {
      this.free--
      return true
    }
    return new Promise(resolve => this.waiting.push(resolve))
  }

  give(): void {
    const next = this.waiting.shift()
    if (next === undefined) this.free++
    else next(true)
  }

  /** Whoever waits is told that it need not. */
  close(): void {
    this.over = true
    for (const next of this.waiting.splice(0)) next(false)
  }
}
