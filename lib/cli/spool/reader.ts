import { type Place, START } from '../../delivery/spool/cursor'
import { readOwner } from '../../delivery/spool/home'
import type { Missing } from '../../delivery/spool/loss'
import { SegmentScan } from '../../delivery/spool/scan'
import { listSegments, segmentPath } from '../../delivery/spool/segment'
import { DAMAGED, SegmentWalk, type Walked } from '../../delivery/spool/segment-walk'
import { type Directory, readersOf } from './directory'

/** A line as it waits. */
export interface SpooledLine {
  readonly number: number
  readonly text: string
  /** When it was logged, or another line of its turn was, Date.now() ms. */
  readonly from: number
  /** The transports that it was written for, by name. */
  readonly routes: readonly string[]
}

/** What is at a place where no whole frame is. */
export interface Damage {
  readonly segment: string
  readonly offset: number
  readonly end: number
}

export interface Found {
  readonly lines: readonly SpooledLine[]
  readonly damage: readonly Damage[]
  /** Lines that are nowhere, and that nothing accounts for. */
  readonly missing: Missing | undefined
}

/** Reads one directory as its shippers do, by the same rules, but leaves no trace. */
export class Reader {
  private readonly walk: SegmentWalk
  private damage: Damage[] = []
  private names: readonly string[]
  private readonly routes = new Map<number, readonly string[]>()

  constructor(
    private directory: Directory,
    place: Place,
  ) {
    const { folder, owner } = directory
    this.names = owner?.transports ?? []
    this.walk = new SegmentWalk(
      {
        folder,
        name: '',
        route: undefined,
        min: Number.NEGATIVE_INFINITY,
        settled: () => !this.directory.lives,
        damaged: (segment, offset, end) => this.damage.push({ segment: segmentPath(folder, segment), offset, end }),
      },
      place,
    )
  }

  /** It has been looked at again: its writer may have died, and other transports may have come. */
  update(directory: Directory): void {
    this.directory = directory
  }

  /** What is there now; called again, what has come since. A living writer's last frame may not be whole yet. */
  async *read(): AsyncGenerator<Found> {
    for (;;) {
      const walked = await this.walk.next()
      if (walked === undefined) break
      const lines = [...this.linesOf(walked)]
      const missing = walked.missing === undefined || this.isAccounted(walked.missing) ? undefined : walked.missing
      yield { lines, damage: this.takeDamage(), missing }
    }
    if (this.damage.length > 0) yield { lines: [], damage: this.takeDamage(), missing: undefined }
  }

  close(): void {
    this.walk.close()
  }

  private takeDamage(): Damage[] {
    const { damage } = this
    this.damage = []
    return damage
  }

  private *linesOf({ frame, payload, skip }: Walked): Generator<SpooledLine> {
    if (frame === undefined || payload === undefined) return
    const texts = payload.toString('utf8').split('\n')
    let number = frame.first
    for (const { mask, lines } of frame.runs) {
      const routes = this.routesOf(mask)
      for (let i = 0; i < lines; i++, number++) {
        if (number >= skip) yield { number, text: texts[number - frame.first]!, from: frame.from, routes }
      }
    }
  }

  /** A name keeps its bit as long as its directory lasts, so the owner's list, which only grows, tells all. */
  private routesOf(mask: number): readonly string[] {
    const known = this.routes.get(mask)
    if (known !== undefined) return known
    if (mask >>> this.names.length !== 0) this.names = readOwner(this.directory.folder)?.transports ?? this.names
    const routes = this.names.filter((_, bit) => (mask & (1 << bit)) !== 0)
    this.routes.set(mask, routes)
    return routes
  }

  /** Taken by a bound, which has told of it; or delivered and removed while this was reading. */
  private isAccounted({ reason, last }: Missing): boolean {
    if (reason !== DAMAGED) return true
    const places = [...readersOf(this.directory).values()]
    return places.length > 0 && places.every(({ next }) => next > last)
  }
}

/** From the first line that is there. */
export async function beginningOf(directory: Directory): Promise<Place> {
  return placeOf(directory, listSegments(directory.folder)[0])
}

/** From a segment that has at least `lines` lines in it and behind it, if there is one; not much before it. */
export async function nearEndOf(directory: Directory, lines: number): Promise<Place> {
  const numbers = listSegments(directory.folder)
  const last = (await placeOf(directory, numbers.at(-1))).next
  for (const number of numbers.toReversed()) {
    const place = await placeOf(directory, number)
    if (place.next > 0 && last - place.next >= lines) return place
  }
  return beginningOf(directory)
}

async function placeOf({ folder }: Directory, segment: number | undefined): Promise<Place> {
  if (segment === undefined) return START
  return { ...START, segment, next: await firstIn(segmentPath(folder, segment), segment) }
}

/** The number of a segment's first line, by its head, or by its first whole frame where that is damaged. */
async function firstIn(path: string, segment: number): Promise<number> {
  let scan: SegmentScan
  try {
    scan = SegmentScan.open(path, segment, 0)
  } catch (error) {
    // Delivered and removed meanwhile.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return START.next
    throw error
  }
  try {
    const head = await scan.head()
    if (head !== undefined) return head.first
    for (let step = await scan.next(true); step.kind !== 'end'; step = await scan.next(true)) {
      if (step.frame !== undefined) return step.frame.first
    }
    return START.next
  } finally {
    scan.close()
  }
}
