import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { CURSOR_SUFFIX, type Place, readPlace } from '../../delivery/spool/cursor'
import { type Owner, readOwner } from '../../delivery/spool/home'
import { SPOOL_ID } from '../../delivery/spool/ids'
import { isHeld } from '../../delivery/spool/lock'
import { listSegments } from '../../delivery/spool/segment'

/** One writer's directory, which is only looked at: its owner and whoever ships it are not disturbed. */
export interface Directory {
  readonly id: string
  readonly folder: string
  /** undefined if its owner.json cannot be read: nobody ships it, but its lines are there. */
  readonly owner: Owner | undefined
  readonly lives: boolean
}

/**
 * Those under a root that have lines or may get some, the oldest first; or the one that `path` itself is. Throws what
 * the file system answers if `path` cannot be read.
 */
export async function directoriesAt(path: string): Promise<Directory[]> {
  const names = readdirSync(path)
  const isOne = SPOOL_ID.test(basename(path)) && (names.includes('owner.json') || listSegments(path).length > 0)
  const folders = isOne ? [path] : names.filter(name => SPOOL_ID.test(name)).map(name => join(path, name))
  const found: Directory[] = []
  for (const folder of folders) {
    const owner = readOwner(folder)
    if (owner?.role === 'shipper' || (owner === undefined && listSegments(folder).length === 0)) continue
    found.push({ id: basename(folder), folder, owner, lives: await isHeld(folder) })
  }
  return found.sort((a, b) => (a.owner?.created ?? 0) - (b.owner?.created ?? 0))
}

/**
 * Who is still to read it, and how far each has come: the transports that lines were written for, or, where a sidecar
 * reads everything, the sidecar's.
 */
export function readersOf({ folder, owner }: Directory): Map<string, Place> {
  const names = owner?.role === 'sidecar' ? cursorsIn(folder) : (owner?.transports ?? [])
  const places = names.map(name => [name, readPlace(folder, name)] as const)
  return new Map(places.filter(([, place]) => !place.ended))
}

/** The names by which its lines can be asked for. */
export function namesOf({ folder, owner }: Directory): readonly string[] {
  const written = owner?.transports ?? []
  return owner?.role === 'sidecar' ? [...written, ...cursorsIn(folder)] : written
}

function cursorsIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter(name => name.endsWith(CURSOR_SUFFIX))
      .flatMap(name => decoded(name.slice(0, -CURSOR_SUFFIX.length)))
      .sort()
  } catch {
    // Delivered and removed meanwhile.
    return []
  }
}

function decoded(name: string): string[] {
  try {
    return [decodeURIComponent(name)]
  } catch {
    return []
  }
}
