import { existsSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { HewnError } from '../../problem'
import type { BufferedOptions } from '../buffered'
import { type FileAccess, makeFolders } from '../file'
import { shared } from '../realm'
import { isLocked, type Lock, takeLock } from './lock'
import type { RotationPolicy } from './policy'
import { Rotated } from './rotated'
import { RotatingFile, type RotatingOptions } from './rotating-file'
import { RotatingSink } from './sink'

/** A lock of this thread, and what is open under it. */
interface Held {
  readonly lock: Lock
  file: RotatingFile | undefined
  /** Under which options each sink has opened it; those of the last hold. */
  readonly holders: RotatingOptions[]
  /** Resolves when what was open before no longer touches the folder. */
  before: Promise<void>
}

/** Those whose files this thread rotates, whichever copy of hewn opened them. */
const held = () => shared('hewn.rotation.1', () => new Map<string, Held>())

const NO_ROTATION: RotationPolicy = {
  maxSize: Number.POSITIVE_INFINITY,
  frequency: undefined,
  timeZone: 'utc',
  maxFiles: Number.POSITIVE_INFINITY,
  maxAge: Number.POSITIVE_INFINITY,
  maxTotalSize: Number.POSITIVE_INFINITY,
  compress: false,
}

/**
 * A sink on a file that is rotated, if `policy` says so or if another sink of this thread rotates it; undefined if it
 * is to be opened plainly. Sinks of one thread share the file, under the policy of the one that was opened last.
 * Throws HewnError if somebody else rotates the file, and what opening throws.
 */
export function openRotating(
  path: string,
  policy: RotationPolicy | undefined,
  access: FileAccess,
  buffered: BufferedOptions,
): RotatingSink | undefined {
  if (policy === undefined && !existsSync(dirname(path))) return undefined
  if (policy !== undefined) makeFolders(dirname(path))
  const place = placeOf(path, buffered.name, policy !== undefined)
  if (place === undefined) return undefined
  const files = held()
  let entry = files.get(place.id)
  if (entry === undefined) {
    if (policy === undefined) {
      if (isLocked(place.id)) throw refusal(path, buffered.name)
      return undefined
    }
    const lock = takeLock(place.id, place.folder, place.name)
    if (lock === undefined) throw refusal(path, buffered.name)
    entry = { lock, file: undefined, holders: [], before: Promise.resolve() }
    files.set(place.id, entry)
  }
  const options = { name: buffered.name, access, policy: policy ?? NO_ROTATION }
  return sinkOn(entry, join(place.folder, place.name), options, buffered, () => files.delete(place.id))
}

function sinkOn(
  entry: Held,
  path: string,
  options: RotatingOptions,
  buffered: BufferedOptions,
  forget: () => void,
): RotatingSink {
  const letGo = (): void => {
    const { file } = entry
    const last = entry.holders.at(-1)
    if (last !== undefined) {
      file?.take(last)
      return
    }
    entry.file = undefined
    if (file !== undefined) entry.before = Promise.all([entry.before, file.release()]).then(() => undefined)
    const { before } = entry
    void before.then(() => {
      // It may have been opened again meanwhile.
      if (entry.holders.length > 0 || entry.before !== before) return
      forget()
      entry.lock.release()
    })
  }
  try {
    if (entry.file === undefined) entry.file = new RotatingFile(path, options, entry.before)
    else entry.file.take(options)
  } catch (error) {
    letGo()
    throw error
  }
  const { file } = entry
  const hold = (): Rotated => {
    entry.holders.push(options)
    return new Rotated(file, buffered.durability, () => {
      entry.holders.splice(entry.holders.indexOf(options), 1)
      letGo()
    })
  }
  const openAnew = (): Rotated => {
    file.reopen()
    return hold()
  }
  return new RotatingSink(file, hold(), openAnew, buffered)
}

interface Place {
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
  return { id: `${folder.dev}:${folder.ino}/${basename(real)}`, folder: dirname(real), name: basename(real) }
}

function refusal(path: string, name: string): HewnError {
  const expected =
    'a file of its own for each process and thread (such as app.<pid>.log), or stdout, or no rotation in any of them: ' +
    'without maxSize and frequency several may append to one file, and logrotate can rotate it'
  const found = 'a file that another process, or another thread, is writing to with rotation'
  return new HewnError([{ where: `${name}: ${path}`, found, expected }])
}
