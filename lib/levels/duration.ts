import { type Problem, quote } from '../problem'

const UNITS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const
type Unit = keyof typeof UNITS

/** The longest duration, in ms: 366 days. Longer ones are taken for mistakes. */
export const MAX_DURATION = 366 * UNITS.d

const EXPECTED =
  "a duration such as '90s', '10m' or '1h30m' (units d, h, m, s, ms, the larger first), or ms as a number"

/**
 * Milliseconds of `'10m'`, `'1h30m'` or a number that is milliseconds already; a problem for anything else,
 * zero and what exceeds 366 days included. Never throws.
 */
export function parseDuration(value: string | number, where: string): number | Problem {
  if (typeof value === 'number') {
    return inRange(value)
      ? value
      : { where, found: String(value), expected: `${EXPECTED}, above 0 and at most 366 days` }
  }
  if (typeof value !== 'string')
    return { where, found: value === null ? 'null' : `a value of type ${typeof value}`, expected: EXPECTED }
  const sum = sumOf(value)
  if (typeof sum === 'object') return { where, found: quote(value), expected: EXPECTED, text: value, ...sum }
  if (inRange(sum)) return sum
  return {
    where,
    found: quote(value),
    expected: 'a duration above 0 and at most 366 days',
    text: value,
    at: 0,
    length: value.length,
  }
}

/** The largest two units that are not zero: `1h30m`, `9m59s`, `250ms`. Rounds up to the smaller of them. */
export function formatDuration(ms: number): string {
  const units = Object.entries(UNITS)
  const first = units.findIndex(([, size]) => Math.max(1, ms) >= size)
  const [, smallest] = units[first + 1] ?? units[first]!
  let rest = Math.ceil(ms / smallest) * smallest
  let text = ''
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size)
    if (count > 0) text += `${count}${unit}`
    rest -= count * size
  }
  return text === '' ? '0ms' : text
}

function inRange(ms: number): boolean {
  return ms > 0 && ms <= MAX_DURATION
}

/** The sum of all counts with units, or the place of the first mistake. */
function sumOf(text: string): number | { at: number; length: number } {
  // Each match begins where the last one ended, and digits and letters share no character: linear time.
  const part = /\s*(\d+)\s*([a-z]+)\s*/giy
  let sum = 0
  let last = Number.POSITIVE_INFINITY
  let at = 0
  do {
    const match = part.exec(text)
    const size = match === null ? undefined : sizeOf(match[2]!)
    if (match === null || size === undefined || size >= last) return { at, length: Math.max(1, text.length - at) }
    sum += Number(match[1]) * size
    last = size
    at = part.lastIndex
  } while (at < text.length)
  return sum
}

function sizeOf(unit: string): number | undefined {
  const name = unit.toLowerCase()
  return Object.hasOwn(UNITS, name) ? UNITS[name as Unit] : undefined
}
