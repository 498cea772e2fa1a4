/**
 * How long to wait before the try after `failures` that failed, in ms: anywhere between nothing and a bound that
 * doubles from half a second to a minute. Full jitter, so that a thousand processes do not come back at once.
 */
export function backoff(failures: number, random: () => number): number {
  return random() * Math.min(LONGEST, FIRST * 2 ** Math.min(failures - 1, 30))
}

/** The receiver has named a time: not before it, and up to a tenth later, for the same reason. */
export function notBefore(retryAfter: number, random: () => number): number {
  return retryAfter + random() * Math.min(retryAfter / 10, 5000)
}

/** Between tries of what only a person can put right: half a minute to a minute. */
export function holdPause(random: () => number): number {
  return LONGEST / 2 + (random() * LONGEST) / 2
}

const FIRST = 500
const LONGEST = 60_000
