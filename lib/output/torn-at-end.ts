import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

const NEWLINE = 10

/** Did whoever wrote the file last stop in the middle of a line? A file that cannot be read did not. */
export function tornAtEnd(path: string): boolean {
  let fd: number | undefined
  try {
    fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    const stat = fstatSync(fd)
    if (!stat.isFile() || stat.size === 0) return false
    const last = Buffer.alloc(1)
    return readSync(fd, last, 0, 1, stat.size - 1) === 1 && last[0] !== NEWLINE
  } catch {
    return false
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}
