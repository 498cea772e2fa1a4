import { type Stats, statSync } from 'node:fs'

/** What is at a path; undefined if there is nothing, or nothing that this user may look at. Never throws. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path)
  } catch {
    return undefined
  }
}
