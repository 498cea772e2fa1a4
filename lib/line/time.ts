/**
 * A line's time, with what stands before it: `{"time":` and the time. A clock makes it from Date.now() in ms; `open` ends
 * before the closing quote of a quoted time, and `close` holds what follows, so that the next constant
 * can swallow it.
 */
export interface Clock {
  /** `{"time":"2026-11-22T21:57:31.123Z` or `{"time":1795384651123`. Cached by the millisecond. */
  open(now: number): string
  /** `"` where the time is a string, else nothing. */
  readonly close: string
  /** Whether all lines of a millisecond have the same time. */
  readonly steady: boolean
}

/** How `time` is written: ISO 8601 in UTC with ms (the default), ms since 1970, ns since 1970 as a string, or a function's result. */
export type TimeOption = 'iso' | 'epoch' | 'epochNanos' | (() => string | number)

/** `start` is what stands before the time: `{"time":`. `everySecond` is called by the first line of each second: a cheap place for what must be looked at now and then. */
export function clockFor(option: TimeOption, start: string, everySecond: () => void): Clock {
  if (option === 'iso') return { open: iso(start, everySecond), close: '"', steady: true }
  if (option === 'epoch') return { open: epoch(start, everySecond), close: '', steady: true }
  if (option === 'epochNanos') return { open: nanos(start, everySecond), close: '"', steady: false }
  return { open: custom(start, option, everySecond), close: '', steady: false }
}

/** Only the last three digits change within a second: a table holds them. 3 ns when the millisecond is the last one's. */
function iso(start: string, everySecond: () => void): (now: number) => string {
  let lastNow = Number.NaN
  let lastSecond = Number.NaN
  let second = ''
  let text = ''
  return now => {
    if (now === lastNow) return text
    const whole = Math.floor(now / 1000)
    if (whole !== lastSecond) {
      second = `${start}"${isoSecond(whole)}`
      lastSecond = whole
      everySecond()
    }
    lastNow = now
    text = second + MILLIS[Math.floor(now - whole * 1000)]
    return text
  }
}

/** A faked clock may hold anything: what is no date is written as 1970. */
function isoSecond(whole: number): string {
  const ms = whole * 1000
  const date = new Date(Math.abs(ms) <= 8.64e15 ? ms : 0).toISOString()
  return date.slice(0, date.length - 4)
}

const MILLIS = Array.from({ length: 1000 }, (_, ms) => `${String(ms).padStart(3, '0')}Z`)

function epoch(start: string, everySecond: () => void): (now: number) => string {
  let next = 0
  return now => {
    if (now >= next) {
      next = now + 1000
      everySecond()
    }
    return start + now
  }
}

/** A number of ns is beyond 2^53, so it is a string. The part below a ms counts up, so that lines of one ms sort. */
function nanos(start: string, everySecond: () => void): (now: number) => string {
  const tick = epoch(start, everySecond)
  let last = 0
  let below = 0
  return now => {
    tick(now)
    below = now === last ? Math.min(below + 1, 999_999) : 0
    last = now
    return `${start}"${Math.trunc(now)}${String(below).padStart(6, '0')}`
  }
}

/** A clock of the user's own: a throw or anything but a finite number or a string falls back on ISO. */
function custom(start: string, option: () => string | number, everySecond: () => void): (now: number) => string {
  const fallback = iso(start, everySecond)
  // A function that logs would ask itself without end.
  let asking = false
  return now => {
    const standard = fallback(now)
    if (asking) return `${standard}"`
    asking = true
    try {
      const time = option()
      if (typeof time === 'string') return start + JSON.stringify(time.slice(0, 64).toWellFormed())
      if (Number.isFinite(time)) return start + time
    } catch {
      // The line matters more than its clock.
    } finally {
      asking = false
    }
    return `${standard}"`
  }
}
