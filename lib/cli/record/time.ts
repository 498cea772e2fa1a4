/** ms since 1970, or NaN: from ISO 8601 and what else Date reads, or a number of s, ms, µs or ns, told apart by their size. */
export function readTime(value: unknown): number {
  const ms = msOf(value)
  return ms >= -MAX && ms <= MAX ? ms : Number.NaN
}

/** The last millisecond that a Date can be of. */
const MAX = 8.64e15

function msOf(value: unknown): number {
  if (typeof value === 'number') return fromNumber(value)
  if (typeof value !== 'string') return Number.NaN
  if (/^\d{10,19}(?:\.\d+)?$/.test(value)) return fromNumber(Number(value))
  return Date.parse(value)
}

/** Read so, each is of a year between 1973 and 5000. */
function fromNumber(value: number): number {
  const size = Math.abs(value)
  if (size < 1e11) return value * 1000
  if (size < 1e14) return value
  return size < 1e17 ? value / 1000 : value / 1e6
}

/** As hewn writes it; undefined for what is no time. */
export function isoTime(ms: number): string | undefined {
  if (Number.isNaN(ms)) return undefined
  const whole = Math.floor(ms)
  const minute = Math.floor(whole / 60_000)
  if (minute !== lastMinute) {
    lastMinute = minute
    lastText = new Date(minute * 60_000).toISOString().slice(0, -'00.000Z'.length)
  }
  const rest = whole - minute * 60_000
  return `${lastText}${String(rest + 100_000).slice(1, 3)}.${String(rest + 100_000).slice(3)}Z`
}

/** Most times are of the same minute as the one before. */
let lastMinute = Number.NaN
let lastText = ''
