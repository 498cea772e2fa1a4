import { closeSync, constants, mkdirSync, openSync, readdirSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { report } from '../../report'
import { segmentPath } from './segment'

/** Bytes of a segment that are no frame. */
export interface Damage {
  readonly root: string
  readonly folder: string
  readonly spool: string
  readonly segment: number
  readonly offset: number
  readonly end: number
}

const FOLDER = 'damaged'
const MOST_BYTES = 1024 * 1024
const MOST_FILES = 64

/**
 * Keeps a copy of damaged bytes under `<root>/damaged`, for people; at most 64 files of 1 MiB. hewn never reads it
 * again. Several transports come by the same damage: it is kept once.
 */
export function setAside({ root, folder, spool, segment, offset, end }: Damage): void {
  report(
    'spool damage',
    `spool ${folder}: segment ${segment} is damaged from byte ${offset} to ${end}; set aside in ${join(root, FOLDER)}`,
  )
  try {
    const aside = join(root, FOLDER)
    mkdirSync(aside, { recursive: true, mode: 0o700 })
    if (readdirSync(aside).length >= MOST_FILES) return
    const bytes = readBytes(segmentPath(folder, segment), offset, Math.min(end - offset, MOST_BYTES))
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0)
    const fd = openSync(join(aside, `${spool}-${segment}-${offset}`), flags, 0o600)
    try {
      writeSync(fd, bytes)
    } finally {
      closeSync(fd)
    }
  } catch {
    // There already, or no room: the copy is a courtesy.
  }
}

function readBytes(path: string, offset: number, length: number): Buffer {
  const fd = openSync(path, constants.O_RDONLY)
  try {
    const bytes = Buffer.alloc(length)
    return bytes.subarray(0, readSync(fd, bytes, 0, length, offset))
  } finally {
    closeSync(fd)
  }
}
