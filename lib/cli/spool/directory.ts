import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readPlace } from '../../delivery/spool/cursor'
import { type Owner, readOwner } from '../../delivery/spool/home'
import { lineId, SPOOL_ID } from '../../delivery/spool/ids'
import { isHeld } from '../../delivery/spool/lock'
import { SegmentScan } from '../../delivery/spool/scan'
import { listSegments, segmentPath } from '../../delivery/spool/segment'

/** A line as it waits. */
export interface SpooledLine {
  readonly id: string
  readonly number: number
  readonly text: string
  /** When it was logged, or another line of its turn was, Date.now() ms. */
  readonly from: number
  /** The transports that it is for, by name. */
  readonly routes: readonly string[]
}

/** What is at a place where no whole frame is. */
export interface Damage {
  readonly segment: string
  readonly offset: number
  readonly end: number
}

/** One writer's directory, which is only looked at: its owner and whoever ships it are not disturbed. */
export interface Directory {
  readonly id: string
  readonly folder: string
  readonly owner: Owner
  readonly lives: boolean
}

/** Those under a root, the oldest first; or the one that `path` itself is. */
export async function directoriesAt(path: string): Promise<Directory[]> {
  const own = readOwner(path)
  const folders = own === undefined ? namesIn(path).map(name => join(path, name)) : [path]
  const found: Directory[] = []
  for (const folder of folders) {
    const owner = readOwner(folder)
    if (owner === undefined || !SPOOL_ID.test(owner.id)) continue
    found.push({ id: owner.id, folder, owner, lives: await isHeld(folder) })
  }
  return found.sort((a, b) => a.owner.created - b.owner.created)
}

/** Its lines and its damage from a line's number on, as far as it is written now. A living writer's last frame may not be whole yet. */
export async function* contentOf({ id, folder, lives }: Directory, from = 1): AsyncGenerator<SpooledLine | Damage> {
  const numbers = listSegments(folder)
  for (const number of numbers) {
    const path = segmentPath(folder, number)
    let scan: SegmentScan
    try {
      scan = SegmentScan.open(path, number, 0)
    } catch (error) {
      // Delivered and removed meanwhile.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue
      throw error
    }
    try {
      const routes = (await scan.head())?.routes ?? []
      const final = !lives || number !== numbers.at(-1)
      for (let step = await scan.next(final); step.kind !== 'end'; step = await scan.next(final)) {
        if (step.kind === 'damaged') yield { segment: path, offset: step.offset, end: step.end }
        else yield* linesOf(id, step.frame, step.payload, routes, from)
      }
    } finally {
      scan.close()
    }
  }
}

type Step = Extract<Awaited<ReturnType<SegmentScan['next']>>, { kind: 'frame' }>

function* linesOf(
  id: string,
  { first, from: at, runs }: Step['frame'],
  payload: Buffer,
  routes: readonly string[],
  from: number,
): Generator<SpooledLine> {
  const texts = payload.toString('utf8').split('\n')
  let number = first
  for (const { mask, lines } of runs) {
    const mine = routes.filter((name, bit) => name !== '' && (mask & (1 << bit)) !== 0)
    for (let i = 0; i < lines; i++, number++) {
      if (number < from) continue
      yield { id: lineId(id, number), number, text: texts[number - first]!, from: at, routes: mine }
    }
  }
}

/** The number of the first line that a transport has not come to; a sidecar's are its own, whatever they are called. */
export function placeOf({ folder }: Directory, transport: string): number {
  const place = readPlace(folder, transport)
  return place.ended ? Number.POSITIVE_INFINITY : place.next
}

export function isDamage(found: SpooledLine | Damage): found is Damage {
  return 'offset' in found
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
