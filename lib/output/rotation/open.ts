import { join } from 'node:path'
import type { BufferedOptions } from '../buffered'
import type { FileAccess } from '../file'
import { type Held, held, type Place, refusal } from './claim'
import { takeLock } from './lock'
import type { RotationPolicy } from './policy'
import { Rotated } from './rotated'
import { RotatingFile, type RotatingOptions } from './rotating-file'
import { RotatingSink } from './sink'

const NO_ROTATION: RotationPolicy = {
  maxSize: Number.POSITIVE_INFINITY,
  frequency: undefined,
  timeZone: 'utc',
  maxFiles: Number.POSITIVE_INFINITY,
  maxAge: Number.POSITIVE_INFINITY,
  maxTotalSize: Number.POSITIVE_INFINITY,
  compress: false,
}

/** A sink on a file that is rotated: see `rotates`. Throws HewnError if somebody else has it, and what opening throws. */
export function openRotating(
  place: Place,
  policy: RotationPolicy | undefined,
  access: FileAccess,
  buffered: BufferedOptions,
): RotatingSink {
  const files = held()
  let entry = files.get(place.id)
  if (entry === undefined) {
    const lock = takeLock(place.id, place.folder, place.name)
    if (lock === undefined) throw refusal(place, buffered.name)
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
