/** The lines between the days of a log, in the local zone. */
export class LocalDays {
  private start = Number.NaN
  private end = Number.NaN

  /** `now`: no line is needed for what is of today. */
  constructor(now: number) {
    this.enter(now)
  }

  /** The line to stand before a record of this time; '' if it is of the same day as the one before, or of no time. */
  before(time: number): string {
    // A time that is none is neither before nor after.
    if (!(time < this.start || time >= this.end)) return ''
    const date = this.enter(time)
    const two = (part: number): string => String(part).padStart(2, '0')
    return `── ${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ──\n`
  }

  private enter(time: number): Date {
    const date = new Date(time)
    this.start = new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
    this.end = new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime()
    return date
  }
}
