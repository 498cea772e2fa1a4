import { closeSync, constants, fsyncSync, openSync } from 'node:fs'

/** So that a file made in it, or renamed, outlives a loss of power. Where a folder cannot be opened (Windows), the file system sees to that. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const fd = openSync(folder, constants.O_RDONLY)
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
