import { closeSync, constants, fdatasyncSync, openSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { report } from '../../report'
import { stamp, stamped } from './stamp'
import { syncFolder } from './sync-folder'
import { writeFully } from './write-fully'

/** How far a transport has come in one directory. All lines before are delivered, set aside or given up. */
export interface Place {
  readonly segment: number
  /** Of the frame, in the segment, that holds the next line or will. */
  readonly offset: number
  /** The number of the next line. */
  readonly next: number
  /** Lines of this segment that are done with, by level: what is missing of it is known if it is taken away. */
  readonly done: ReadonlyMap<number, number>
  readonly sent: number
  readonly dead: number
  /** Lines that were lost before they could be sent, because of a bound or damage. */
  readonly lost: number
  /** Nothing will come any more, and all there was is done with. */
  readonly ended: boolean
}

export const START: Place = { segment: 0, offset: 0, next: 1, done: new Map(), sent: 0, dead: 0, lost: 0, ended: false }

/** A disk writes a sector wholly or not at all, so a slot never damages its neighbour. */
const SLOT = 512
const BODY = /^@cursor (\d+) (\d+) (\d+) (\d+) (\S+) (\d+) (\d+) (\d+) ([01])$/

/**
 * A transport's place on disk: two slots, written in turn, each with a generation and a checksum. What a crash leaves
 * half-written is the older one's business: that one is whole. Both damaged means from the beginning: duplicates,
 * never a loss. Cost of a write: one positional write, about 3 µs.
 */
export class Cursor {
  private fd: number | undefined
  private generation: number
  /** Its file may be younger than what the disk knows of the folder. */
  private isNew = true
  private isSaved = true
  place: Place

  constructor(private readonly path: string) {
    const { generation, place } = readSlots(path)
    this.generation = generation
    this.place = place
  }

  static at(folder: string, name: string): Cursor {
    return new Cursor(cursorPath(folder, name))
  }

  /**
   * Where it cannot be written it is kept, and written with the next: sending goes on, and only if the process ends before
   * that are lines sent again. Waiting would send them again and again.
   */
  write(place: Place): void {
    this.place = place
    try {
      this.save()
    } catch (error) {
      this.isSaved = false
      const { code = 'unknown error' } = error as NodeJS.ErrnoException
      report(
        `place ${this.path}`,
        `spool: ${this.path} cannot be written (${code}): if the process ends before it can, lines are sent again`,
      )
    }
  }

  /** Makes it outlive a loss of power. Called before a segment that it has passed is removed. Throws what the file system answers. */
  sync(): void {
    if (!this.isSaved) this.save()
    if (this.fd === undefined) return
    fdatasyncSync(this.fd)
    if (this.isNew) syncFolder(dirname(this.path))
    this.isNew = false
  }

  close(): void {
    if (!this.isSaved) this.write(this.place)
    this.letGo()
  }

  private save(): void {
    const generation = this.generation + 1
    this.fd ??= openSync(this.path, constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0), 0o600)
    try {
      writeFully(this.fd, Buffer.from(render(generation, this.place), 'latin1'), (generation & 1) * SLOT)
    } catch (error) {
      this.letGo()
      throw error
    }
    this.generation = generation
    this.isSaved = true
  }

  private letGo(): void {
    if (this.fd !== undefined) closeSync(this.fd)
    this.fd = undefined
  }
}

/** Where a transport that somebody else ships has come to. */
export function readPlace(folder: string, name: string): Place {
  return readSlots(cursorPath(folder, name)).place
}

export const CURSOR_SUFFIX = '.cursor'

/** Any name makes a file name, on file systems that ignore case as well, and no two the same. */
export function cursorPath(folder: string, name: string): string {
  const safe = name.replace(/[^a-z0-9_-]/g, character =>
    [...Buffer.from(character)].map(byte => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  )
  return join(folder, `${safe}${CURSOR_SUFFIX}`)
}

function readSlots(path: string): { generation: number; place: Place } {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch {
    return { generation: 0, place: START }
  }
  const slots = [0, SLOT].map(start => readSlot(bytes.toString('latin1', start, start + SLOT)))
  return slots.reduce((best, slot) => (slot.generation > best.generation ? slot : best), {
    generation: 0,
    place: START,
  })
}

function readSlot(text: string): { generation: number; place: Place } {
  const match = text.length === SLOT ? BODY.exec((stamped(text.slice(0, -1)) ?? '').trimEnd()) : null
  if (match === null) return { generation: 0, place: START }
  const [generation, segment, offset, next] = match.slice(1, 5).map(Number) as [number, number, number, number]
  const [sent, dead, lost] = match.slice(6, 9).map(Number) as [number, number, number]
  const done = new Map<number, number>()
  for (const part of match[5] === '-' ? [] : match[5]!.split(',')) {
    const [level, lines] = part.split(':').map(Number) as [number, number]
    done.set(level, lines)
  }
  return { generation, place: { segment, offset, next, done, sent, dead, lost, ended: match[9] === '1' } }
}

function render(generation: number, { segment, offset, next, done, sent, dead, lost, ended }: Place): string {
  const head = `@cursor ${generation} ${segment} ${offset} ${next}`
  const tail = `${sent} ${dead} ${lost} ${ended ? 1 : 0}`
  const width = SLOT - 10
  let levels = [...done].map(([level, lines]) => `${level}:${lines}`).join(',') || '-'
  // A logger with dozens of levels of its own: what is done is counted as of level 0 rather than not at all.
  if (head.length + levels.length + tail.length + 2 > width)
    levels = `0:${[...done.values()].reduce((a, b) => a + b, 0)}`
  return stamp(`${head} ${levels} ${tail}`.padEnd(width))
}
