/**
 * A number as people read it, if its key says what it measures; else as it is. The number itself stays, so that it can
 * be searched for: `83211 (1m23s)`. Only keys that name their unit count (`ms`, `tookMs`, `heap_bytes`): a `duration`
 * may be of seconds or nanoseconds, a `size` of anything.
 */
export function readable(key: string, value: number): string {
  if (Number.isInteger(value) && value > -SHORT && value < SHORT) return String(value)
  if (MILLISECONDS.test(key)) return duration(value)
  if (BYTES.test(key)) return value >= SHORT ? `${value} (${size(value)})` : String(value)
  return String(value)
}

/** Below it a number needs no explanation. */
const SHORT = 10_000
/** responseTime is that of pino-http. */
const MILLISECONDS = /(?:^|[._-])ms$|[a-z\d]Ms$|^responseTime$/
const BYTES = /(?:^|[._-])bytes$|[a-z\d]Bytes$|^content-?[lL]ength$/

function duration(ms: number): string {
  const rounded = ms >= 1000 ? Math.round(ms) : fourDigits(ms)
  return ms < SHORT ? String(rounded) : `${rounded} (${largestTwo(ms)})`
}

/** toPrecision is slow, and most durations lie between 1 and 1000 ms. */
function fourDigits(ms: number): number {
  if (ms < 1) return Number(ms.toPrecision(4))
  const scale = ms < 10 ? 1000 : ms < 100 ? 100 : 10
  return Math.round(ms * scale) / scale
}

/** The largest unit and the next, rounded down, so that it never says a minute has sixty seconds. */
function largestTwo(ms: number): string {
  if (ms < 60_000) return `${Math.floor(ms / 100) / 10}s`
  const first = UNITS.findIndex(([, unit]) => ms >= unit)
  const [name, unit] = UNITS[first]!
  const [lesser, part] = UNITS[first + 1]!
  const count = Math.floor(ms / unit)
  const rest = Math.floor((ms - count * unit) / part)
  return rest === 0 ? `${count}${name}` : `${count}${name}${rest}${lesser}`
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const

function size(bytes: number): string {
  const step = Math.min(Math.floor(Math.log2(bytes) / 10), SIZES.length - 1)
  return `${Number((bytes / 1024 ** step).toPrecision(3))} ${SIZES[step]}`
}

const SIZES = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const
