import { writeSync } from 'node:fs'

/** Writes all of it from `position` on, or where the file is opened to append, however few bytes a call takes. Throws what the file system answers. */
export function writeFully(fd: number, bytes: Uint8Array, position: number | null): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(fd, bytes, done, bytes.length - done, position === null ? null : position + done)
  }
}
