import type { Place } from './cursor'
import type { Frame, Run } from './frame'
import { type Gone, LOST, readGone } from './gone'
import { readOwner } from './home'
import { countRuns, type Missing, MissingLines, UNKNOWN } from './loss'
import { SegmentScan } from './scan'
import { listSegments, segmentPath } from './segment'

export interface WalkOptions {
  readonly folder: string
  readonly name: string
  readonly route: string | undefined
  /** The level below which lines are passed over. */
  readonly min: number
  readonly settled: () => boolean
  readonly damaged: (segment: number, offset: number, end: number) => void
}

/** A frame, of whose lines those before number `skip` were read already; or lines that are missing before the next. */
export interface Walked {
  readonly segment: number
  readonly offset: number
  readonly skip: number
  readonly frame?: Frame
  readonly payload?: Buffer
  readonly missing?: Missing
}

/** Why lines are missing that nothing accounts for. */
export const DAMAGED = 'the spool was damaged'

/**
 * Goes through the segments of a directory, from a place on, frame by frame, and finds out what is missing between
 * them: lines are numbered without a gap. A frame that was written twice is read once.
 */
export class SegmentWalk {
  /** Everything was read, and nothing will come. */
  ended = false
  /** About when what is read next was logged, ms. */
  began: number | undefined
  private scan: SegmentScan | undefined
  private last: number
  private expects: number
  /** Nothing will be added to the segment at hand. */
  private final = false
  private bit = -1
  private missing: MissingLines
  /** Damaged frames since the last good one. */
  private damage: Frame[] = []
  private carried: Walked | undefined
  private busy = false
  private closed = false
  private started = false

  constructor(
    private readonly options: WalkOptions,
    private readonly place: Place,
  ) {
    this.missing = new MissingLines(options.name)
    this.last = place.segment
    this.expects = place.next
  }

  /** Where what is read next is. */
  get segment(): number {
    return this.carried?.segment ?? this.last
  }

  get offset(): number {
    if (this.carried !== undefined) return this.carried.offset
    return this.scan?.offset ?? (this.started ? 0 : this.place.offset)
  }

  /** The number of the next line, for whatever transport. */
  get expected(): number {
    return this.carried?.skip ?? this.expects
  }

  /** Are these lines for this transport? */
  mine({ mask, level }: Run): boolean {
    // Lost lines of which only the number is known may have been of any level.
    if (level < this.options.min && level !== UNKNOWN) return false
    if (this.options.route === undefined) return true
    return this.bit !== -1 && (mask & (1 << this.bit)) !== 0
  }

  /** undefined if there is nothing more for now. */
  async next(): Promise<Walked | undefined> {
    if (this.closed || this.busy) return undefined
    this.busy = true
    try {
      return await this.step()
    } catch (error) {
      if (this.closed) return undefined
      throw error
    } finally {
      this.busy = false
      if (this.closed) this.leave()
    }
  }

  close(): void {
    this.closed = true
    // A descriptor is not closed under a read: its number may be given to another file.
    if (!this.busy) this.leave()
  }

  private async step(): Promise<Walked | undefined> {
    const { carried } = this
    if (carried !== undefined) {
      this.carried = undefined
      return carried
    }
    for (;;) {
      if (this.scan === undefined && !(await this.open())) return this.pause()
      const scan = this.scan
      if (scan === undefined) continue
      const step = await scan.next(this.final)
      if (this.closed) return undefined
      if (step.kind === 'frame') return this.found(scan, step)
      if (step.kind === 'damaged') {
        this.options.damaged(scan.number, step.offset, step.end)
        if (step.frame !== undefined) this.damage.push(step.frame)
        continue
      }
      const later = listSegments(this.options.folder).some(number => number > scan.number)
      if (!this.final) {
        // Asked before the segment is read once more: what was written until now is seen then.
        this.final = later || this.options.settled()
        if (!this.final) return this.pause()
      } else if (later) this.leave()
      else return this.end()
    }
  }

  private found(
    scan: SegmentScan,
    { frame, payload, offset }: { frame: Frame; payload: Buffer; offset: number },
  ): Walked {
    const skip = this.expects
    if (frame.first > skip) this.gap(skip, frame.first - 1, frame.from)
    this.damage = []
    this.expects = Math.max(skip, frame.first + frame.lines)
    this.began = frame.from
    const walked = { segment: scan.number, offset, skip: Math.max(skip, frame.first), frame, payload }
    if (!this.missing.any) return walked
    // Held until asked for again; the bytes are the scan's, and good until its next step.
    this.carried = walked
    return this.takeMissing(scan.number, offset)
  }

  /** Lines with these numbers are nowhere. What is known of damaged frames says whose they were. */
  private gap(first: number, last: number, from: number): void {
    const known = this.damage.filter(frame => frame.first >= first && frame.first + frame.lines - 1 <= last)
    const lines = known.reduce((sum, frame) => sum + frame.lines, 0)
    if (lines === last - first + 1) for (const frame of known) this.lose(frame)
    else if (this.options.route === undefined || this.bit !== -1) {
      const when = { from: this.began ?? from, to: from }
      this.missing.add(first, last, new Map([[UNKNOWN, last - first + 1]]), { reason: DAMAGED, ...when })
    }
    this.expects = last + 1
  }

  private lose({ first, lines, runs, from }: Frame): void {
    const counts = countRuns(runs, run => this.mine(run))
    this.missing.add(first, first + lines - 1, counts, { reason: DAMAGED, from, to: from })
    this.expects = Math.max(this.expects, first + lines)
  }

  /** The end of a directory that nobody writes to. */
  private end(): Walked | undefined {
    for (const frame of this.damage) if (frame.first >= this.expects) this.lose(frame)
    this.damage = []
    const missing = this.pause()
    this.ended = missing === undefined
    return missing
  }

  private pause(): Walked | undefined {
    return this.missing.any ? this.takeMissing(this.last, this.offset) : undefined
  }

  private takeMissing(segment: number, offset: number): Walked {
    const missing = this.missing.take()
    this.missing = new MissingLines(this.options.name)
    return { segment, offset, skip: missing.first, missing }
  }

  /** Opens the next segment that is there, and accounts for those that are not. False if there is none yet. */
  private async open(): Promise<boolean> {
    const lowest = this.started ? this.last + 1 : Math.max(1, this.last)
    const settled = this.options.settled()
    const numbers = listSegments(this.options.folder)
    const number = numbers.find(number => number >= lowest)
    if (number !== lowest) this.account(lowest, number ?? Number.POSITIVE_INFINITY)
    if (number === undefined) {
      this.ended = settled && !this.missing.any
      return false
    }
    const resumed = !this.started && number === this.place.segment
    let scan: SegmentScan
    try {
      scan = SegmentScan.open(segmentPath(this.options.folder, number), number, resumed ? this.place.offset : 0)
    } catch (error) {
      // Taken away a moment ago: it is accounted for the next time round.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true
      throw error
    }
    const head = await scan.head()
    const final = settled || numbers.some(other => other > number)
    if (this.closed || (head === undefined && !final)) {
      scan.close()
      return false
    }
    this.routeBit(head?.routes)
    this.began = head?.at ?? this.began
    this.scan = scan
    this.last = number
    this.final = final
    this.started = true
    return true
  }

  private routeBit(routes: readonly string[] | undefined): void {
    const { route, folder } = this.options
    if (route === undefined) return
    // A damaged head: a name keeps its bit, so what the one before said still holds.
    if (routes === undefined && this.bit !== -1) return
    this.bit = (routes ?? readOwner(folder)?.transports ?? []).indexOf(route)
  }

  /** Segments from `lowest` to before `end` are not there. */
  private account(lowest: number, end: number): void {
    const gone = [...readGone(this.options.folder).values()]
      .filter(({ segment }) => segment >= lowest && segment < end)
      .sort((a, b) => a.segment - b.segment)
    for (const entry of gone) {
      this.accountFor(entry)
      this.last = entry.segment
      this.started = true
    }
  }

  private accountFor(gone: Gone): void {
    if (gone.last < this.expects) return
    this.routeBit(gone.routes)
    if (gone.first > this.expects) this.gap(this.expects, gone.first - 1, gone.from)
    const counts = countRuns(gone.runs, run => this.mine(run))
    if (gone.segment === this.place.segment) {
      for (const [level, lines] of this.place.done) counts.set(level, (counts.get(level) ?? 0) - lines)
    }
    this.missing.add(this.expects, gone.last, counts, { reason: LOST[gone.reason], from: gone.from, to: gone.to })
    this.expects = gone.last + 1
  }

  private leave(): void {
    this.scan?.close()
    this.scan = undefined
    this.final = false
  }
}
