import { readdirSync, rmdirSync, statSync, unlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Loss } from '../../output/losses'
import type { Source } from '../source'
import { claimName, freeClaim } from './claim'
import { type Place, readPlace } from './cursor'
import type { Run } from './frame'
import { type GoneReason, logGone } from './gone'
import { type Owner, ownerPath } from './home'
import { UNKNOWN } from './loss'
import { SegmentScan } from './scan'
import { listSegments, MAX_ROUTES, segmentPath } from './segment'
import { setAside } from './set-aside'
import { SpoolSource } from './spool-source'

export interface HoldingOptions {
  readonly root: string
  readonly folder: string
  readonly owner: Owner
  /** The claim is in this id's name. */
  readonly holder: string
  /** Does it read every line, whatever transport it was written for? So a sidecar does, under its own transports' names. */
  readonly everything: boolean
  /** What this process ships, by name. */
  readonly transports: readonly string[]
  readonly lossLine: (loss: Loss) => string
}

/** A directory whose lines are this process's to ship. */
export class Holding {
  readonly folder: string
  readonly owner: Owner
  /** Its writer is dead: nothing will be added. */
  settled = false
  private readonly sources = new Map<string, SpoolSource>()

  constructor(private readonly options: HoldingOptions) {
    this.folder = options.folder
    this.owner = options.owner
  }

  /**
   * The lines for a transport. Asked for again, the same source. `min` is for who reads everything: the level below
   * which lines are not for it. Else each line's own mask has said so when it was written.
   */
  source(name: string, min = 0): Source {
    const known = this.sources.get(name)
    if (known !== undefined) return known
    const { root, folder, owner, everything, lossLine } = this.options
    const source = new SpoolSource({
      folder,
      spool: owner.id,
      name,
      route: everything ? undefined : name,
      min,
      settled: () => this.settled,
      lossLine,
      damaged: (segment, offset, end) => setAside({ root, folder, spool: owner.id, segment, offset, end }),
    })
    this.sources.set(name, source)
    return source
  }

  /**
   * Transports that nobody here ships, and of whose lines the bounds have left nothing: counts what they have lost and
   * lets go of their places. By name; none while a segment is there.
   */
  async forget(): Promise<ReadonlyMap<string, number>> {
    const forgotten = new Map<string, number>()
    if (!this.settled || listSegments(this.folder).length > 0) return forgotten
    for (const name of this.owner.transports) {
      if (this.options.transports.includes(name) || readPlace(this.folder, name).ended) continue
      const source = this.source(name)
      const before = readPlace(this.folder, name).lost
      for (;;) {
        const last = (await source.read(1000, 1024 * 1024)).at(-1)
        if (last === undefined) break
        source.commit(last.position, { sent: 0, dead: 0 })
      }
      forgotten.set(name, readPlace(this.folder, name).lost - before)
    }
    return forgotten
  }

  /** Gives up what waits for a transport: it was taken out of the configuration. Returns how many lines. */
  async giveUp(name: string): Promise<number> {
    const source = this.source(name) as SpoolSource
    source.rewind()
    let lines = 0
    for (;;) {
      const some = await source.read(1000, 1024 * 1024)
      const last = some.at(-1)
      if (last === undefined) break
      lines += some.length
      source.commit(last.position, { sent: 0, dead: some.length })
    }
    source.close()
    this.sources.delete(name)
    return lines
  }

  /** Have all transports that this process ships come to the end? */
  get done(): boolean {
    return this.settled && this.options.transports.every(name => this.placeOf(name).ended)
  }

  /** Removes segments that every transport has passed. Their places are made durable first. */
  tidy(): void {
    const [lowest, complete] = this.passed()
    const numbers = listSegments(this.folder).filter(number => number < lowest)
    if (numbers.length > 0) {
      for (const source of this.sources.values()) source.sync()
      for (const number of numbers) unlinkSync(segmentPath(this.folder, number))
    }
    if (complete) this.remove()
    else if (this.done) this.letGo()
  }

  /** Takes segments of a dead writer away, oldest first, that are older than `maxAge` ms or beyond `maxBytes`. */
  async trim(maxBytes: number, maxAge: number, now = Date.now()): Promise<void> {
    if (!this.settled) return
    const sizes = listSegments(this.folder).map(number => {
      const { size, mtimeMs } = statSync(segmentPath(this.folder, number))
      return { number, size, mtimeMs }
    })
    let bytes = sizes.reduce((sum, { size }) => sum + size, 0)
    for (const { number, size, mtimeMs } of sizes) {
      const old = now - mtimeMs > maxAge
      if (!old && bytes <= maxBytes) break
      await dropSegment(this.folder, number, old ? 'age' : 'bytes', this.owner.transports)
      bytes -= size
    }
  }

  get bytes(): number {
    return listSegments(this.folder).reduce((sum, number) => {
      return sum + (statSync(segmentPath(this.folder, number), { throwIfNoEntry: false })?.size ?? 0)
    }, 0)
  }

  /** Stops reading; what is left is for whoever claims it next. */
  letGo(): void {
    this.close()
    freeClaim(this.folder, this.options.holder)
  }

  close(): void {
    for (const source of this.sources.values()) source.close()
  }

  private placeOf(name: string): Place {
    return this.sources.get(name)?.place ?? readPlace(this.folder, name)
  }

  /** Segments below the number are passed by all; and whether all is. */
  private passed(): [number, boolean] {
    let lowest = Number.POSITIVE_INFINITY
    let complete = this.settled
    const { everything, transports } = this.options
    // Not only those that read already: one that cannot be opened yet has its lines to come.
    for (const name of new Set([...(everything ? transports : this.owner.transports), ...this.sources.keys()])) {
      const place = this.placeOf(name)
      if (place.ended) continue
      complete = false
      lowest = Math.min(lowest, place.segment)
    }
    if (lowest === Number.POSITIVE_INFINITY && !complete) lowest = 0
    return [lowest, complete]
  }

  /** What says whose it is goes last, and the claim after that: if this ends half-way, whoever comes next goes on. */
  private remove(): void {
    this.close()
    const last = [basename(ownerPath(this.folder)), claimName(this.options.holder)]
    try {
      const first = readdirSync(this.folder).filter(name => !last.includes(name))
      for (const name of [...first, ...last]) unlinkSync(join(this.folder, name))
      rmdirSync(this.folder)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
}

/** The mask of all transports there can be. */
const EVERYBODY = 2 ** MAX_ROUTES - 1

/** Leaves word of what a segment held, as far as it can be read, and takes it away. */
async function dropSegment(
  folder: string,
  number: number,
  reason: GoneReason,
  transports: readonly string[],
): Promise<void> {
  const path = segmentPath(folder, number)
  const scan = SegmentScan.open(path, number, 0)
  try {
    const head = await scan.head()
    const runs = new Map<string, Run>()
    let [first, last, from, to] = [head?.first ?? 0, (head?.first ?? 1) - 1, head?.at ?? 0, head?.at ?? 0]
    for (let step = await scan.next(true); step.kind !== 'end'; step = await scan.next(true)) {
      const frame = step.frame
      if (frame === undefined) continue
      if (runs.size === 0) {
        from = frame.from
        if (head === undefined) first = frame.first
      }
      last = frame.first + frame.lines - 1
      to = frame.from
      for (const run of frame.runs) {
        const key = `${run.level}:${run.mask}`
        runs.set(key, { ...run, lines: run.lines + (runs.get(key)?.lines ?? 0) })
      }
    }
    const known = [...runs.values()].reduce((sum, { lines }) => sum + lines, 0)
    // Damaged frames between good ones: all that is known of their lines is that there were so many.
    if (runs.size > 0 && last - first + 1 > known) {
      runs.set('unknown', { level: UNKNOWN, mask: EVERYBODY, lines: last - first + 1 - known })
    }
    const gone = {
      segment: number,
      // A damaged head: a name's bit is its place among all names there have been.
      routes: head?.routes ?? transports,
      first,
      last,
      from,
      to,
      reason,
      runs: [...runs.values()],
    }
    if (runs.size > 0) logGone(folder, gone)
    unlinkSync(path)
  } finally {
    scan.close()
  }
}
