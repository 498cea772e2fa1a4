import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** One log: a file and what was rotated away from it. */
export interface Log {
  /** The path that is written to now, or would be. */
  readonly live: string
  /** For people: its name without what the paths of all logs have in common is up to the caller. */
  readonly name: string
  /** All its files, the oldest first. */
  readonly files: readonly string[]
}

/** What a file's name says of its place among the files of its log. */
export interface Place {
  /** The name of the log. */
  readonly log: string
  /** Digits of the date and time in the name; '' if there are none. */
  readonly date: string
  /** A number that counts up with the age (logrotate's `.1`, `.2`), negative if it counts up with the time. */
  readonly age: number
  readonly isLive: boolean
  /** Whether it is gzip's, by its name. */
  readonly isPacked: boolean
}

/**
 * Reads the names that rotation gives: `app.log.1`, `app.log.2.gz`, `app.log-20261122`, `app.log.2026-11-22.1`,
 * `app-2026-11-22.log`, `app.2026-11-22.1.log.gz`, `app.3.log`. Numbers behind everything and without a date are
 * logrotate's, the higher the older; beside a date, or before the ending, they count up.
 */
export function placeOf(path: string): Place {
  let name = basename(path)
  const isPacked = PACKED.test(name)
  if (isPacked) name = name.replace(PACKED, '')
  let date = ''
  const dated = DATE.exec(name)
  if (dated !== null && dated.index > 0) {
    date = dated[0].replace(/\D/g, '')
    name = name.slice(0, dated.index) + name.slice(dated.index + dated[0].length)
  }
  let number: number | undefined
  let isBehind = false
  const behind = NUMBER_BEHIND.exec(name)
  if (behind !== null) {
    name = name.slice(0, behind.index)
    number = Number(behind[1])
    isBehind = true
  }
  const inside = NUMBER_INSIDE.exec(name)
  if (number === undefined && inside !== null) {
    name = name.slice(0, inside.index) + inside[2]
    number = Number(inside[1])
  }
  const age = number === undefined ? 0 : isBehind && date === '' ? number : -number
  return { log: name, date, age, isLive: !isPacked && number === undefined && date === '', isPacked }
}

const PACKED = /\.(?:gz|gzip)$/i
const NUMBER_BEHIND = /\.(\d{1,5})$/
const NUMBER_INSIDE = /[.-](\d{1,5})(\.[a-z]+)$/i
/** With the separator before it, so that `app-2026-11-22.log` is of `app.log`. */
const DATE =
  /[._-](?:19|20)\d\d(?:-\d\d(?:-\d\d)?|\d{2,4})(?:[T_-]?\d\d(?:[-:.]?\d\d){0,2}(?:[.,]?\d{3})?Z?)?(?=$|[.-])/

/** Puts files of one log together, its oldest first; the logs stand in the order of their first file. */
export function groupLogs(paths: readonly string[]): Log[] {
  const groups = new Map<string, { path: string; place: Place }[]>()
  for (const path of new Set(paths)) {
    const place = placeOf(path)
    const key = join(dirname(path), place.log)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [{ path, place }])
    else group.push({ path, place })
  }
  return [...groups].map(([live, files]) => {
    const sorted = files.sort((a, b) => byAge(a.place, b.place) || (a.path < b.path ? -1 : 1))
    const youngest = sorted.at(-1)!
    const isOnly = sorted.length === 1
    return {
      live: isOnly || isWritten(youngest.place) ? youngest.path : live,
      name: basename(isOnly ? youngest.path : live),
      files: sorted.map(({ path }) => path),
    }
  })
}

/** Of these the youngest is the one that is written to: `app-2026-11-22.log`, `app.3.log`. logrotate's numbers are of old files. */
function isWritten({ isLive, isPacked, age }: Place): boolean {
  return isLive || (!isPacked && age <= 0)
}

/**
 * Whether a file that has turned up is a log that nobody follows yet, and not one that was rotated away from a log that
 * is followed. `isFollowed` says so of paths.
 */
export function isNewLog(path: string, isFollowed: (path: string) => boolean): boolean {
  const place = placeOf(path)
  if (isFollowed(path)) return false
  return place.isLive || (isWritten(place) && !isFollowed(join(dirname(path), place.log)))
}

/** The live file is the youngest, then what has a number for its age, then by date. */
function byAge(a: Place, b: Place): number {
  if (a.isLive !== b.isLive) return a.isLive ? 1 : -1
  if (a.date !== b.date) return a.date < b.date ? -1 : 1
  return b.age - a.age
}

/** The plain files that belong to the same log as the live one. Never throws. */
export function siblings(live: string): string[] {
  const { log } = placeOf(live)
  const folder = dirname(live)
  try {
    const names = readdirSync(folder).filter(name => name !== basename(live) && placeOf(name).log === log)
    return groupLogs(names.filter(name => !PACKED.test(name)).map(name => join(folder, name))).flatMap(
      ({ files }) => files,
    )
  } catch {
    return []
  }
}
