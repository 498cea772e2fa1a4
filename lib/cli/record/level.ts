import { LEVELS, STANDARD_LEVELS } from '../../levels/levels'

/** Levels of other loggers: of winston, syslog, Java and Python, by the number they come nearest to. */
const OTHERS: Readonly<Record<string, number>> = {
  silly: LEVELS.trace,
  finest: LEVELS.trace,
  verbose: 22,
  http: 25,
  information: LEVELS.info,
  notice: 35,
  warning: LEVELS.warn,
  err: LEVELS.error,
  severe: LEVELS.error,
  critical: LEVELS.fatal,
  crit: LEVELS.fatal,
  alert: LEVELS.fatal,
  emerg: LEVELS.fatal,
  emergency: LEVELS.fatal,
  panic: LEVELS.fatal,
}

/** A record's level: as hewn would write it, and its number. */
export interface ReadLevel {
  readonly label: string
  /** Undefined for a name that nobody knows. */
  readonly number: number | undefined
}

/** From a name in any case, also one that winston has coloured, or a number. Levels without a counterpart keep their name. */
export function readLevel(value: string | number): ReadLevel {
  const known = cache.get(value)
  if (known !== undefined) return known
  const read = typeof value === 'number' ? fromNumber(value) : fromName(value)
  // Bounded, because a level can be anything in a stranger's file.
  if (cache.size < 200) cache.set(value, read)
  return read
}

const cache = new Map<string | number, ReadLevel>()

function fromNumber(number: number): ReadLevel {
  return { label: STANDARD_LEVELS.label(number), number }
}

function fromName(text: string): ReadLevel {
  const name = text.replace(SGR, '').trim().toLowerCase()
  if (/^\d{1,9}$/.test(name)) return fromNumber(Number(name))
  const standard = Object.hasOwn(LEVELS, name) ? LEVELS[name as keyof typeof LEVELS] : undefined
  if (standard !== undefined) return { label: name, number: standard }
  const other = Object.hasOwn(OTHERS, name) ? OTHERS[name] : undefined
  if (other === undefined) return { label: text.replace(SGR, ''), number: undefined }
  const label = STANDARD_LEVELS.label(other)
  return { label: label === String(other) ? name : label, number: other }
}

/** Colours and other looks of text on a terminal. */
export const SGR = /\x1b\[[\d;]*m/g
