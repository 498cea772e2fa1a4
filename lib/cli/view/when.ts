import { parseDuration } from '../../levels/duration'
import { type Problem, quote } from '../../problem'

/**
 * A point in time, in ms since 1970: a time ago (`10m`, `1h30m`), a time of today (`10:00`, `10:00:30`), a day
 * (`2026-11-22`), or ISO 8601 with a zone or in the local one. Never throws.
 */
export function parseWhen(text: string, where: string, now: number): number | Problem {
  const value = text.trim()
  const clock = /^(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?$/.exec(value)
  if (clock !== null) {
    const [, hours, minutes, seconds = '0', part = '0'] = clock
    const today = new Date(now)
    const parts = [Number(hours), Number(minutes), Number(seconds), Number(part.padEnd(3, '0'))] as const
    if (parts[0] < 24 && parts[1] < 60 && parts[2] < 60) return today.setHours(...parts)
  }
  // Without a time of day Date would take a day for one of UTC.
  const iso = /^\d{4}-\d\d-\d\d$/.test(value) ? `${value}T00:00` : value.replace(/^(\d{4}-\d\d-\d\d) (?=\d)/, '$1T')
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(iso)) {
    const time = Date.parse(iso)
    if (!Number.isNaN(time)) return time
  }
  const ago = parseDuration(value, where)
  if (typeof ago === 'number') return now - ago
  return {
    where,
    found: quote(text),
    expected: "a time ago ('10m', '1h30m'), a time ('10:00') or a date ('2026-11-22T10:00')",
  }
}
