/** When a file is rotated, and what becomes of the rotated ones. What is unlimited is Infinity. */
export interface RotationPolicy {
  /** Bytes: a file is never larger. */
  readonly maxSize: number
  readonly frequency: Frequency | undefined
  readonly timeZone: TimeZone
  /** Rotated files that are kept. */
  readonly maxFiles: number
  /** How long a rotated file is kept after its last line, in ms. */
  readonly maxAge: number
  /** Bytes that the rotated files may take together. */
  readonly maxTotalSize: number
  readonly compress: boolean
}

export type Frequency = 'hourly' | 'daily'
export type TimeZone = 'utc' | 'local'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/**
 * The first full hour or midnight after `time` (ms). In local time a day has 23 or 25 hours twice a year, and an hour
 * ends when the clock shows another one, so that none is left out and none is twice as long.
 */
export function boundaryAfter(time: number, frequency: Frequency, zone: TimeZone): number {
  if (zone === 'utc') {
    const period = frequency === 'hourly' ? HOUR : DAY
    return (Math.floor(time / period) + 1) * period
  }
  const date = new Date(time)
  if (frequency === 'daily') return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime()
  const intoTheHour = (date.getMinutes() * 60 + date.getSeconds()) * 1000 + date.getMilliseconds()
  return time - intoTheHour + HOUR
}
