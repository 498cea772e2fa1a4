/** A write that takes this long is a stall, in ms; so many of them within the window make writing asynchronous. */
const STALL = 50
const STALLS = 3
const WINDOW = 10_000
const ASYNC_FOR = 30_000

/** Says when a disk has stalled so often that the application's thread should no longer wait for it. */
export class Stalls {
  /** The write just made was the one too many. */
  began = false
  private readonly times: number[] = []
  private until = Number.NEGATIVE_INFINITY

  /** `patient`: each write is to wait for the disk, however long that takes. */
  constructor(private readonly patient: boolean) {}

  /** A write took `ms`. While the process ends there is no other way than to wait. */
  took(ms: number, exiting: boolean): void {
    this.began = false
    if (ms < STALL || this.patient || exiting) return
    const now = performance.now()
    this.times.push(now)
    while (this.times[0]! < now - WINDOW) this.times.shift()
    if (this.times.length < STALLS) return
    this.times.length = 0
    this.until = now + ASYNC_FOR
    this.began = true
  }

  get any(): boolean {
    return this.until !== Number.NEGATIVE_INFINITY && this.still()
  }

  private still(): boolean {
    if (performance.now() < this.until) return true
    this.until = Number.NEGATIVE_INFINITY
    return false
  }
}
