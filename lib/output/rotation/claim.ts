import { existsSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { HewnError } from '../../problem'
import { makeFolders } from '../file'
import { shared } from '../realm'
import { isLocked, type Lock } from './lock'
import type { RotatingFile, RotatingOptions } from './rotating-file'

/** A lock of this thread, and what is open under it. */
export interface Held {
  readonly lock: Lock
  file: RotatingFile | undefined
  /** Under which options each sink has opened it; those of the last hold. */
  readonly holders: RotatingOptions[]
  /** Resolves when what was open before no longer touches the folder. */
  before: Promise<void>
}

/** Those whose files this thread rotates, whichever copy of hewn opened them. */
export const held = () => shared('hewn.rotation.1', () => new Map<string, Held>())

/**
 * The place of a file that is to be rotated: because it is `wanted`, or because another sink of this thread rotates it,
 * and then it is shared, under the policy of the sink that was opened last. Undefined if it may be opened plainly.
 * Throws HewnError if it cannot be rotated, and if somebody else rotates it.
 */
export function rotates(path: string, wanted: boolean, name: string): Place | undefined {
  if (wanted) makeFolders(dirname(path))
  else if (!existsSync(dirname(path))) return undefined
  const place = placeOf(path, name, wanted)
  if (place === undefined || wanted || held().has(place.id)) return place
  if (isLocked(place.id)) throw refusal(place, name)
  return undefined
}

export interface Place {
  /** As it was given. */
  readonly path: string
  /** The same for every path that leads there. */
  readonly id: string
  readonly folder: string
  readonly name: string
}

/** Where a path leads, through links; undefined for what is no regular file, which has to be one if it is `rotated`. */
function placeOf(path: string, name: string, rotated: boolean): Place | undefined {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat !== undefined && !stat.isFile()) {
    if (!rotated) return undefined
    const found = stat.isDirectory() ? 'a folder' : 'a pipe or device'
    throw new HewnError([{ where: `${name}: ${path}`, found, expected: 'a regular file, which can be rotated' }])
  }
  const real = stat === undefined ? join(realpathSync(dirname(path)), basename(path)) : realpathSync(path)
  const folder = statSync(dirname(real), { bigint: true })
  return { path, id: `${folder.dev}:${folder.ino}/${basename(real)}`, folder: dirname(real), name: basename(real) }
}

export function refusal({ path }: Place, name: string): HewnError {
  const expected =
    'a file of its own for each process and thread (such as app.<pid>.log), or stdout, or no rotation in any of them: ' +
    'without maxSize and frequency several may append to one file, and logrotate can rotate it'
  const found = 'a file that another process, or another thread, is writing to with rotation'
  return new HewnError([{ where: `${name}: ${path}`, found, expected }])
}
