import { closeSync, constants, existsSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import type { TimeZone } from './policy'

/** How a compressed file ends, and one that is being made. */
export const COMPRESSED = '.gz'
export const UNFINISHED = '.gz.tmp'

/** What a name says: digits that sort as the time does, and a number for files of one second. */
interface Place {
  readonly stamp: string
  readonly sequence: number
}

const STAMP = /\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ?/
/** A stamp without its zone: two of them compare as their times. */
const DIGITS = 19

/**
 * The names of the files that `app.log` becomes: `app.2026-11-22T14-03-59Z.000001.log`, after the time of its last
 * line. They sort in the order in which the files were written, and none is given twice: also when the clock is set
 * back, when a local hour comes twice, and when the files that had the highest names are gone. For that the last one
 * is kept in a small file beside them, `.app.log.last`.
 */
export class RotatedNames {
  private readonly stem: string
  private readonly extension: string
  private readonly pattern: RegExp
  private readonly memory: string
  private last: Place | undefined

  constructor(
    private readonly folder: string,
    live: string,
  ) {
    this.extension = extname(live)
    this.stem = basename(live, this.extension)
    const [stem, extension] = [literal(this.stem), literal(this.extension)]
    this.pattern = new RegExp(`^${stem}\\.(${STAMP.source})\\.(\\d{6,})${extension}(\\.gz|\\.gz\\.tmp)?$`)
    this.memory = join(folder, `.${live}.last`)
    this.last = this.highest()
  }

  /** Is it a name that this could have given, and which ending was added to it? */
  ending(name: string): '' | typeof COMPRESSED | typeof UNFINISHED | undefined {
    const match = this.pattern.exec(name)
    return match === null ? undefined : ((match[3] ?? '') as '' | typeof COMPRESSED | typeof UNFINISHED)
  }

  /** A name that has never been given, for a file last written at `time` (ms). Remembers it on the disk, if it can. */
  next(time: number, zone: TimeZone): string {
    let stamp = stampOf(time, zone)
    let sequence = 1
    if (this.last !== undefined && stamp.slice(0, DIGITS) <= this.last.stamp.slice(0, DIGITS)) {
      stamp = this.last.stamp
      sequence = this.last.sequence + 1
    }
    let path = this.path({ stamp, sequence })
    while (existsSync(path) || existsSync(path + COMPRESSED)) path = this.path({ stamp, sequence: ++sequence })
    this.last = { stamp, sequence }
    this.remember()
    return path
  }

  private path({ stamp, sequence }: Place): string {
    return join(this.folder, `${this.stem}.${stamp}.${String(sequence).padStart(6, '0')}${this.extension}`)
  }

  /** By what is there, and by what was remembered. A folder that cannot be listed has nothing. */
  private highest(): Place | undefined {
    const places: Place[] = []
    try {
      const [, stamp, sequence] = /^(\S+) (\d+)\n/.exec(readFileSync(this.memory, 'latin1')) ?? []
      if (stamp !== undefined && STAMP.test(stamp)) places.push({ stamp, sequence: Number(sequence) })
    } catch {
      // Nothing has been rotated yet.
    }
    try {
      for (const name of readdirSync(this.folder)) {
        const match = this.pattern.exec(name)
        if (match !== null) places.push({ stamp: match[1]!, sequence: Number(match[2]) })
      }
    } catch {
      // What is remembered has to do.
    }
    return places.sort(byPlace).at(-1)
  }

  /** Written over what was there, never truncated: a process that is killed leaves the old name or the new one. */
  private remember(): void {
    const { last } = this
    if (last === undefined) return
    try {
      const fd = openSync(this.memory, constants.O_WRONLY | constants.O_CREAT, 0o644)
      try {
        writeSync(fd, `${last.stamp} ${String(last.sequence).padStart(6, '0')}\n`, 0)
      } finally {
        closeSync(fd)
      }
    } catch {
      // A full disk: what is in the folder has to do.
    }
  }
}

function byPlace(a: Place, b: Place): number {
  if (a.stamp !== b.stamp) return a.stamp < b.stamp ? -1 : 1
  return a.sequence - b.sequence
}

/** `2026-11-22T14-03-59Z`; in local time without the Z. */
function stampOf(time: number, zone: TimeZone): string {
  const date = new Date(time)
  const shown = zone === 'utc' ? date : new Date(time - date.getTimezoneOffset() * 60_000)
  return `${shown.toISOString().slice(0, DIGITS).replaceAll(':', '-')}${zone === 'utc' ? 'Z' : ''}`
}

function literal(text: string): string {
  return text.replace(/[^\w]/gu, '\\$&')
}
