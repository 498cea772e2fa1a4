import type { Runs } from '../../output/turn'
import { report } from '../../report'
import { type Bounds, defaultMinFree, excess, freeBytes } from './bounds'
import type { Run } from './frame'
import { type GoneReason, LOST } from './gone'
import { Home, type Role } from './home'
import { type Route, Routes } from './routes'
import { undelivered } from './undelivered'
import { type Segment, SegmentWriter, type Write } from './writer'

type Optional<T> = { readonly [K in keyof T]?: T[K] | undefined }

export interface DiskOptions extends Optional<Bounds> {
  /** In what hewn says of it. */
  readonly name: string
  /** The folder under which every process and thread gets its own. */
  readonly root: string
  readonly role: Exclude<Role, 'shipper'>
  readonly service: string
  /** The transports, by name, and the level below which a line is not for them. */
  readonly routes: readonly Route[]
  /** Waits after each write until the disk has it: for what must outlive a loss of power. Cost: 0.2 to 3 ms a turn. */
  readonly fsync?: boolean | undefined
  /** The id of the home whose process ships this one. Default: this one. */
  readonly shipper?: string | undefined
}

const MAX_BYTES = 256 * 1024 * 1024
const MAX_AGE = 7 * 24 * 3_600_000
const LARGEST_SEGMENT = 16 * 1024 * 1024
const SMALLEST_SEGMENT = 64 * 1024
const LONGEST_SEGMENT = 3_600_000
/** What a bound takes away is a segment: so many of them make up the whole. */
const SEGMENTS = 8
const LOOK_EVERY = 1000

/**
 * The directory of a writer, kept within its bounds, and made anew when somebody removes it. Says in words what went
 * wrong, and never throws for it.
 */
export class Disk {
  private home: Home | undefined
  private writer: SegmentWriter | undefined
  private readonly routes: Routes
  private bounds: Bounds
  private readonly segmentBytes: number
  private looked = Number.NEGATIVE_INFINITY
  private segments = 0
  /** What the bounds have taken away before its delivery, by level. */
  readonly overrun = new Map<number, number>()
  /** Lines written since the directory was last seen. */
  private unseen = 0

  constructor(private readonly options: DiskOptions) {
    const maxBytes = options.maxBytes ?? MAX_BYTES
    this.routes = new Routes(options.routes)
    this.segmentBytes = Math.min(LARGEST_SEGMENT, Math.max(SMALLEST_SEGMENT, Math.floor(maxBytes / SEGMENTS)))
    this.bounds = { maxBytes, maxAge: options.maxAge ?? MAX_AGE, minFree: options.minFree ?? -1 }
  }

  get id(): string | undefined {
    return this.home?.owner.id
  }

  /** Makes the directory, if there is none. */
  open(): string | undefined {
    if (this.writer !== undefined) return undefined
    const { root, role, service, shipper, fsync } = this.options
    try {
      this.home = Home.make({ root, role, service, shipper, fsync, transports: this.routes.ever })
    } catch (error) {
      return why(error, root)
    }
    if (this.bounds.minFree < 0) this.bounds = { ...this.bounds, minFree: defaultMinFree(root) }
    this.writer = new SegmentWriter({
      folder: this.home.path,
      spool: this.home.owner.id,
      routes: this.routes.bits,
      segmentBytes: this.segmentBytes,
      segmentAge: Math.min(LONGEST_SEGMENT, this.bounds.maxAge / SEGMENTS),
      fsync: this.options.fsync === true,
    })
    return undefined
  }

  /** Which transports a turn is for, by the bits of `bits`. */
  runs(levels: Runs, toAll: boolean): readonly Run[] {
    const runs = this.routes.runs(levels)
    return toAll ? runs.map(run => ({ ...run, mask: this.routes.all })) : runs
  }

  get bits(): readonly string[] {
    return [...this.routes.bits]
  }

  /** Writes whole lines; with `toAll`, for every transport whatever their level. */
  write(text: string, levels: Runs, from: number, toAll = false): string | undefined {
    const runs = this.runs(levels, toAll)
    const failure = this.attempt(from, writer => writer.write(text, from, runs))
    if (failure === undefined) for (const { lines } of runs) this.unseen += lines
    return failure
  }

  /** What `launch` and `put` make; or, as text, why it cannot be. */
  prepare(text: string, levels: Runs, from: number): Write | string {
    let write: Write | undefined
    const failure = this.attempt(from, writer => {
      write = writer.prepare(text, from, this.runs(levels, false), true)
    })
    return failure ?? write!
  }

  launch(write: Write, ended: (error: NodeJS.ErrnoException | null) => void): void {
    this.writer?.launch(write, ended)
  }

  /** A launched write has come to this, and nobody made it again meanwhile. */
  settle(write: Write, error: NodeJS.ErrnoException | null): string | undefined {
    if (error === null) {
      this.writer?.landed(write)
      return undefined
    }
    this.writer?.withdraw(error)
    return why(error, this.options.root)
  }

  put(write: Write): string | undefined {
    try {
      this.writer?.put(write)
      return undefined
    } catch (error) {
      return why(error, this.options.root)
    }
  }

  setRoutes(routes: readonly Route[]): void {
    if (!this.routes.set(routes)) return
    this.writer?.setRoutes(this.routes.bits)
    try {
      this.home = this.home?.describe(this.routes.ever)
    } catch (error) {
      report(`${this.options.name} routes`, `${this.options.name}: ${why(error, this.options.root)}`)
    }
  }

  /** Keeps the bounds and says that this process lives. For when nothing is written. */
  keepUp(): void {
    this.home?.beat()
    this.look(Date.now())
  }

  close(): void {
    this.writer?.endSegment()
    this.writer = undefined
    if (this.options.role === 'sidecar') this.release()
  }

  release(): void {
    this.home?.release()
    this.home = undefined
  }

  /** Tries once more where another directory, another segment or less of the past may help. */
  private attempt(now: number, write: (writer: SegmentWriter) => void): string | undefined {
    if (now < this.looked || now >= this.looked + LOOK_EVERY) this.look(now)
    for (let again = true; ; ) {
      const failure = this.open()
      if (failure !== undefined || this.writer === undefined) return failure
      try {
        write(this.writer)
        if (this.writer.segment !== this.segments) this.keepWithin(now)
        return undefined
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        if (code === 'ENOSPC' || code === 'EDQUOT') {
          if (this.dropOldest()) continue
        } else if (again) {
          again = false
          if (code === 'ENOENT') this.abandonHome()
          continue
        }
        return why(error, this.options.root)
      }
    }
  }

  /** What must be looked at now and then. A clock that is set back makes it look at once. */
  private look(now: number): void {
    this.looked = now
    try {
      if (this.writer?.removed === true) this.abandonHome()
      this.unseen = 0
    } catch {
      // The next write says what is wrong.
    }
    this.keepWithin(now)
  }

  private keepWithin(now: number): void {
    const { writer } = this
    if (writer === undefined || this.home === undefined) return
    this.segments = writer.segment
    try {
      const ended = writer.backlog()
      if (ended.length === 0) return
      const holdings = { ended, current: Math.max(writer.bytes, this.segmentBytes) }
      const { count, reason } = excess(holdings, this.bounds, now, freeBytes(this.home.path))
      for (const segment of ended.slice(0, count)) this.drop(segment, reason)
    } catch (error) {
      report(`${this.options.name} bounds`, `${this.options.name}: ${why(error, this.options.root)}`)
    }
  }

  private dropOldest(): boolean {
    const oldest = this.writer?.backlog()[0]
    if (oldest === undefined) return false
    try {
      this.drop(oldest, 'disk')
      return true
    } catch {
      return false
    }
  }

  private drop(segment: Segment, reason: GoneReason): void {
    const { name } = this.options
    const lost = undelivered(this.home!.path, segment)
    this.writer!.drop(segment, reason)
    let lines = 0
    for (const [level, count] of lost) {
      lines += count
      this.overrun.set(level, (this.overrun.get(level) ?? 0) + count)
    }
    // By the segment's own numbers when its time comes, each receiver is told what it misses.
    if (lines > 0) report(`${name} full`, `${name}: ${LOST[reason]}; ${lines} lines dropped, the oldest first`)
  }

  /** Somebody has removed the directory: lines written there are seen by nobody. */
  private abandonHome(): void {
    report(
      `${this.options.name} removed`,
      `${this.options.name}: ${this.home?.path} was removed; another is made. Lost: what waited there, and up to ${this.unseen} lines since then`,
    )
    this.writer?.endSegment()
    this.writer = undefined
    this.release()
  }
}

/** What went wrong, for people. */
function why(error: unknown, root: string): string {
  const { code = 'unknown error' } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC' || code === 'EDQUOT') return `the disk is full (${code})`
  if (code === 'ENOLCK') return `the spool ${root} cannot be locked`
  return `the spool ${root} cannot be written (${code})`
}
