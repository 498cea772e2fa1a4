import { closeSync, constants, openSync, readSync } from 'node:fs'
import { FRAME_START, type Frame, readHeader } from './frame'
import { segmentPath } from './segment'

/**
 * The frames from a place in a segment on, by their headers alone, and the bytes up to where they can be made out: to the
 * segment's end, or to one that is being written or damaged. Cost: one read of so many bytes, and a microsecond a frame.
 */
export function framesAhead(
  folder: string,
  segment: number,
  offset: number,
  bytes: number,
): { readonly frames: readonly Frame[]; readonly bytes: number } {
  const text = readFrom(segmentPath(folder, segment), offset, bytes)
  // A segment's first line is its head.
  let at = offset === 0 ? text.indexOf(NEWLINE) + 1 : 0
  const frames: Frame[] = []
  while (text.subarray(at, at + START.length).equals(START)) {
    const found = readHeader(text, at)
    if (typeof found !== 'object' || at + found.length + found.frame.bytes > text.length) break
    frames.push(found.frame)
    at += found.length + found.frame.bytes
  }
  return { frames, bytes: at }
}

function readFrom(path: string, offset: number, bytes: number): Buffer {
  let fd: number | undefined
  try {
    fd = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
    const buffer = Buffer.allocUnsafe(bytes)
    return buffer.subarray(0, readSync(fd, buffer, 0, bytes, offset))
  } catch {
    return Buffer.alloc(0)
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

const START = Buffer.from(FRAME_START)
const NEWLINE = 10
