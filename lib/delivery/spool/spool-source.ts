import { statSync, watch } from 'node:fs'
import { clearTimeout, setTimeout } from 'node:timers'
import type { Loss } from '../../output/losses'
import type { Source, SourceLine } from '../source'
import { framesAhead } from './ahead'
import { Cursor, type Place } from './cursor'
import type { Frame, Run } from './frame'
import { readOwner } from './home'
import { lineId } from './ids'
import { countRuns, type Missing } from './loss'
import { listSegments, segmentPath } from './segment'
import { SegmentWalk, type Walked } from './segment-walk'

export interface SpoolSourceOptions {
  readonly folder: string
  /** The directory's id. */
  readonly spool: string
  /** The transport whose place is kept. */
  readonly name: string
  /** The transport whose lines are read; undefined reads every line. */
  readonly route: string | undefined
  /** The level below which lines are passed over. */
  readonly min: number
  /** Will nothing be written here any more? */
  readonly settled: () => boolean
  readonly lossLine: (loss: Loss) => string
  /** Hears of bytes that are no frame and were stepped over. */
  readonly damaged: (segment: number, offset: number, end: number) => void
}

/** What was read and is not committed: a frame, or lines that are missing. */
interface Flight {
  readonly segment: number
  readonly offset: number
  readonly last: number
  readonly frame: Frame | undefined
  readonly missing: Missing | undefined
}

/** Assumed until lines have been seen, in bytes. */
const TYPICAL_LINE = 250
/** So many bytes are looked through for their lines. */
const COUNTED = 131_072
const SEGMENT_NAME = /\.seg$/

/** The lines of one directory for one transport, and the place it has come to. */
export class SpoolSource implements Source {
  private readonly cursor: Cursor
  private walk: SegmentWalk
  private flight: Flight[] = []
  private queue: SourceLine[] = []
  private queued = 0
  private epoch = 0
  private seen = { lines: 0, bytes: 0 }
  /** Bytes behind the reader that it could make nothing of: half a write, or damage. */
  private stuck = 0
  private bit = -1
  private closed = false

  constructor(private readonly options: SpoolSourceOptions) {
    this.cursor = Cursor.at(options.folder, options.name)
    this.walk = new SegmentWalk(options, this.cursor.place)
  }

  get ended(): boolean {
    return this.closed || this.cursor.place.ended
  }

  /** How far it has come, as it is on disk. */
  get place(): Place {
    return this.cursor.place
  }

  async read(maxLines: number, maxBytes: number): Promise<readonly SourceLine[]> {
    const { epoch } = this
    const lines: SourceLine[] = []
    let bytes = 0
    while (lines.length < maxLines) {
      const line = this.queue[this.queued]
      if (line === undefined) {
        const walked = await this.walk.next()
        if (epoch !== this.epoch) return []
        if (walked === undefined) {
          this.stuck = this.unread()
          break
        }
        this.decode(walked)
        continue
      }
      if (lines.length > 0 && bytes + line.bytes > maxBytes) break
      this.queued++
      lines.push(line)
      bytes += line.bytes
    }
    this.settle()
    return lines
  }

  rewind(): void {
    this.epoch++
    this.flight = []
    this.queue = []
    this.queued = 0
    this.stuck = 0
    this.walk.close()
    this.walk = new SegmentWalk(this.options, this.cursor.place)
  }

  commit(position: number, counts: { readonly sent: number; readonly dead: number }): void {
    // The directory is somebody else's by now, or gone.
    if (this.closed) return
    let { segment, done, lost, next } = this.cursor.place
    let notices = 0
    const levels = new Map(done)
    for (const { segment: at, frame, missing, last } of this.flight) {
      if (missing !== undefined) {
        if (last > position) break
        lost += missing.lines
        notices++
        next = last + 1
        continue
      }
      if (frame === undefined || frame.first > position) break
      if (at !== segment) levels.clear()
      segment = at
      for (const [level, lines] of this.between(frame, next, position))
        levels.set(level, (levels.get(level) ?? 0) + lines)
      next = Math.max(next, Math.min(position, last) + 1)
    }
    const flight = this.flight.filter(({ last }) => last > position)
    const [head] = flight
    const here = head ?? this.walk
    if (head === undefined) next = this.walk.expected
    if (here.segment !== segment) levels.clear()
    const { sent, dead } = this.cursor.place
    this.cursor.write({
      segment: here.segment,
      offset: here.offset,
      next,
      done: levels,
      sent: sent + counts.sent - Math.min(notices, counts.sent),
      dead: dead + counts.dead,
      lost,
      ended: false,
    })
    // Not before: where the place cannot be written, all of it is still to be committed.
    this.flight = flight
    this.settle()
  }

  more(ms: number): Promise<void> {
    if (this.unread() !== this.stuck || this.queued < this.queue.length) return Promise.resolve()
    return new Promise(resolve => {
      const done = (): void => {
        clearTimeout(timer)
        watcher?.close()
        resolve()
      }
      const timer = setTimeout(done, Math.min(ms, 0x7fff_ffff)).unref()
      let watcher: ReturnType<typeof watch> | undefined
      try {
        watcher = watch(this.options.folder, { persistent: false }, (_, name) => {
          if (name === null || SEGMENT_NAME.test(name)) done()
        })
        watcher.on('error', done)
      } catch {
        // No watch to be had: the time will tell.
      }
      // What came before the watch was set up would be told by nobody.
      if (this.unread() !== this.stuck) done()
    })
  }

  backlog(): { readonly lines: number; readonly bytes: number; readonly oldest: number | undefined } {
    const unread = this.unread()
    let lines = 0
    let bytes = unread
    for (const { frame } of this.flight) {
      if (frame === undefined) lines++
      else {
        for (const count of this.between(frame, this.cursor.place.next, frame.first + frame.lines - 1).values())
          lines += count
        bytes += frame.bytes
      }
    }
    lines += this.linesAhead(unread)
    const oldest = this.flight.find(({ frame }) => frame !== undefined)?.frame?.from
    return { lines, bytes, oldest: oldest ?? (unread > 0 ? this.walk.began : undefined) }
  }

  close(): void {
    this.closed = true
    this.epoch++
    this.walk.close()
    this.cursor.close()
  }

  /** Makes the place outlive a loss of power. */
  sync(): void {
    this.cursor.sync()
  }

  private decode({ segment, offset, frame, payload, missing, skip }: Walked): void {
    this.queue = []
    this.queued = 0
    if (missing !== undefined) {
      this.flight.push({ segment, offset, last: missing.last, frame: undefined, missing })
      const text = this.options.lossLine(missing).trimEnd()
      const id = `${lineId(this.options.spool, missing.first)}-${missing.last.toString(32)}`
      this.queue.push({ id, text, position: missing.last, bytes: Buffer.byteLength(text) })
      return
    }
    if (frame === undefined || payload === undefined) return
    const texts = payload.toString('utf8').split('\n')
    let sequence = frame.first
    for (const run of frame.runs) {
      const mine = this.walk.mine(run)
      for (let i = 0; i < run.lines; i++, sequence++) {
        if (!mine || sequence < skip) continue
        const text = texts[sequence - frame.first]!
        this.queue.push({
          id: lineId(this.options.spool, sequence),
          text,
          position: sequence,
          bytes: Buffer.byteLength(text),
        })
      }
    }
    if (this.queue.length === 0) return
    this.seen = { lines: this.seen.lines + frame.lines, bytes: this.seen.bytes + frame.bytes }
    this.flight.push({ segment, offset, last: this.queue.at(-1)!.position, frame, missing: undefined })
  }

  /** Lines of a frame for this transport, by level, numbered from `from` to `to`. */
  private between(frame: Frame, from: number, to: number): Map<number, number> {
    let sequence = frame.first
    const inside = frame.runs.map(run => {
      const first = Math.max(sequence, from)
      sequence += run.lines
      return { ...run, lines: Math.max(0, Math.min(sequence - 1, to) - first + 1) }
    })
    return countRuns(inside, run => this.isMine(run))
  }

  /** As the walk's, and also before it has seen a segment: a name keeps its bit as long as its directory lasts. */
  private isMine({ mask, level }: Run): boolean {
    const { route, min, folder } = this.options
    if (level < min) return false
    if (route === undefined) return true
    if (this.bit === -1) this.bit = readOwner(folder)?.transports.indexOf(route) ?? -1
    return this.bit !== -1 && (mask & (1 << this.bit)) !== 0
  }

  /** With nothing in flight the place may follow the reader, past lines that are others'. */
  private settle(): void {
    if (this.closed || this.flight.length > 0 || this.queued < this.queue.length) return
    const { place } = this.cursor
    const { segment, offset, expected, ended } = this.walk
    if (place.ended === ended && (place.segment === segment || segment === 0)) return
    const done = place.segment === segment ? place.done : new Map<number, number>()
    this.cursor.write({ ...place, segment, offset, next: expected, done, ended })
  }

  /** Lines behind the reader: counted where they are few, else an estimate by their bytes. */
  private linesAhead(bytes: number): number {
    const { folder } = this.options
    const { offset, expected } = this.walk
    // Before the first is opened, its number is not known.
    const segment = this.walk.segment || (listSegments(folder)[0] ?? 0)
    const ahead = bytes <= COUNTED ? framesAhead(folder, segment, offset, bytes) : undefined
    let lines = 0
    for (const frame of ahead?.frames ?? [])
      for (const count of this.between(frame, expected, frame.first + frame.lines - 1).values()) lines += count
    const average = this.seen.lines === 0 ? TYPICAL_LINE : this.seen.bytes / this.seen.lines
    return lines + Math.ceil((bytes - (ahead?.bytes ?? 0)) / average)
  }

  /** Bytes behind the reader: an estimate, as their frames may be others'. */
  private unread(): number {
    if (this.walk.ended) return 0
    let bytes = 0
    for (const number of listSegments(this.options.folder)) {
      if (number < this.walk.segment) continue
      const size = statSync(segmentPath(this.options.folder, number), { throwIfNoEntry: false })?.size ?? 0
      bytes += Math.max(0, number === this.walk.segment ? size - this.walk.offset : size)
    }
    return bytes
  }
}
