import { statfsSync } from 'node:fs'
import type { GoneReason } from './gone'

export interface Bounds {
  /** Bytes that the segments of a directory may have. */
  readonly maxBytes: number
  /** How long after it was logged a line is worth sending, in ms. */
  readonly maxAge: number
  /** Bytes that stay free on the disk for others. */
  readonly minFree: number
}

/** What there is, oldest first, and how much of it is the last one's, which is being written and stays. */
export interface Holdings {
  readonly ended: readonly { readonly bytes: number; readonly to: number }[]
  /** Bytes that the segment being written has or may come to have. */
  readonly current: number
}

/** How many of the oldest must go, and because of which bound the last of them. A clock set back makes nothing old. */
export function excess(
  { ended, current }: Holdings,
  bounds: Bounds,
  now: number,
  free: number,
): { count: number; reason: GoneReason } {
  let bytes = ended.reduce((sum, segment) => sum + segment.bytes, current)
  let count = 0
  let reason: GoneReason = 'bytes'
  for (const segment of ended) {
    if (now - segment.to > bounds.maxAge) reason = 'age'
    else if (bytes > bounds.maxBytes) reason = 'bytes'
    else if (free < bounds.minFree) reason = 'disk'
    else break
    bytes -= segment.bytes
    free += segment.bytes
    count++
  }
  return { count, reason }
}

/** Bytes that this user may still write to the disk of `folder`; Infinity where there is no telling. */
export function freeBytes(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

const MOST_FREE = 256 * 1024 * 1024

/** What is left to others unless somebody says otherwise: a twentieth of the disk, at most 256 MiB. */
export function defaultMinFree(folder: string): number {
  try {
    const { blocks, bsize } = statfsSync(folder)
    return Math.min(MOST_FREE, (blocks * bsize) / 20)
  } catch {
    return 0
  }
}
