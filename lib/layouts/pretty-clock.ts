import { visible } from './pretty-text'

/** Times of day in the local zone, HH:MM:ss.mmm. Keeps the last minute: most lines of a log are of the same as the one before. */
export class Clock {
  private minute = ''
  private local = ''

  /** From ISO 8601, ms or ns since 1970; anything else as it is. */
  text(time: string | number): string {
    if (typeof time !== 'string' || time.length !== 24 || !UTC.test(time)) return clockTime(time)
    // Zones differ from UTC by whole minutes.
    const minute = time.slice(0, 16)
    if (minute !== this.minute) {
      const shown = clockTime(time)
      if (shown === time) return shown
      this.minute = minute
      this.local = shown.slice(0, 5)
    }
    return this.local + time.slice(16, 23)
  }
}

const UTC = /T\d\d:\d\d:[0-5]\d\.\d{3}Z$/

function clockTime(time: string | number): string {
  const isNanos = typeof time === 'string' && /^\d{16,19}$/.test(time)
  const date = new Date(isNanos ? Number(time.slice(0, -6)) : time)
  if (Number.isNaN(date.getTime())) return visible(String(time))
  const two = (part: number): string => String(part).padStart(2, '0')
  const ms = String(date.getMilliseconds()).padStart(3, '0')
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${ms}`
}
