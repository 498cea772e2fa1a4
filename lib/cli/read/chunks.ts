import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs'
import { createGunzip } from 'node:zlib'

const CHUNK = 262_144

/** A part of a file, from `start` up to `end`, in bytes; all of it if it is packed. */
export interface Part {
  readonly path: string
  readonly start: number
  readonly end: number
  /** The file if it is open: its path may lead to another one by now. It stays open. */
  readonly fd?: number | undefined
}

/**
 * A file's bytes, unpacked if they are gzip's. A regular file is read synchronously, each chunk into the same memory:
 * what a chunk holds is to be used before the next one is asked for. Throws what reading throws.
 */
export async function* fileChunks(part: Part): AsyncGenerator<Buffer> {
  const { path } = part
  const fd = part.fd ?? openSync(path, 'r')
  try {
    if (!fstatSync(fd).isFile()) yield* createReadStream(path, { fd, autoClose: false })
    else if (isGzip(fd)) yield* unpacked(path, fd)
    else yield* readFrom(fd, part)
  } finally {
    if (part.fd === undefined) closeSync(fd)
  }
}

function* readFrom(fd: number, { start, end }: Part): Generator<Buffer> {
  const memory = Buffer.allocUnsafe(CHUNK)
  let position = start
  while (position < end) {
    const size = readSync(fd, memory, 0, Math.min(CHUNK, end - position), position)
    if (size === 0) return
    position += size
    yield memory.subarray(0, size)
  }
}

async function* unpacked(path: string, fd: number): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: CHUNK })
  const file = createReadStream(path, { fd, autoClose: false, start: 0 })
  file.on('error', error => gunzip.destroy(error))
  yield* file.pipe(gunzip) as AsyncIterable<Buffer>
}

function isGzip(fd: number): boolean {
  const magic = Buffer.alloc(2)
  return readSync(fd, magic, 0, 2, 0) === 2 && magic[0] === 0x1f && magic[1] === 0x8b
}

/**
 * Where a regular file's last `count` lines begin. An unfinished last line counts as one. Reads no more than those
 * lines; 0 for what is not regular or packed.
 */
export function lastLines({ path, end, fd: open }: Part, count: number): number {
  const fd = open ?? openSync(path, 'r')
  try {
    const stat = fstatSync(fd)
    if (!stat.isFile() || isGzip(fd)) return 0
    return lineStart(fd, Math.min(stat.size, end), count)
  } finally {
    if (open === undefined) closeSync(fd)
  }
}

/** Where the line begins that is not finished yet. */
export function unfinishedLine(fd: number): number {
  const { size } = fstatSync(fd)
  const last = Buffer.alloc(1)
  const isFinished = size === 0 || (readSync(fd, last, 0, 1, size - 1) === 1 && last[0] === 10)
  return isFinished ? size : lineStart(fd, size, 1)
}

function lineStart(fd: number, size: number, count: number): number {
  if (count === 0) return size
  const memory = Buffer.allocUnsafe(CHUNK)
  let left = count
  let end = size
  while (end > 0) {
    const start = Math.max(0, end - CHUNK)
    const length = readSync(fd, memory, 0, end - start, start)
    // The newline that ends the file begins no line.
    let at = end === size ? length - 1 : length
    while (at > 0) {
      at = memory.lastIndexOf(10, at - 1)
      if (at === -1) break
      if (--left === 0) return start + at + 1
    }
    end = start
  }
  return 0
}
