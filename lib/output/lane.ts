import { fstatSync } from 'node:fs'

/** A writer that may have stopped in the middle of a line longer than a pipe takes at once. */
export interface LaneUser {
  /** Goes on with that line if `now`; whether it is whole. */
  finish(now: boolean): boolean
}

/** What the sinks of this thread on one pipe share: whose line is not finished, so that no other writes into it. */
export interface Lane {
  torn: LaneUser | undefined
}

/** The lane of the pipe or socket behind a descriptor. */
export function laneOf(fd: number): Lane {
  let key: string
  try {
    const { dev, ino } = fstatSync(fd)
    key = `${dev}:${ino}`
  } catch {
    // Nothing will be written to a descriptor that is closed.
    return { torn: undefined }
  }
  const lane = lanes.get(key) ?? { torn: undefined }
  lanes.set(key, lane)
  return lane
}

const lanes = new Map<string, Lane>()
