import { isObject } from '../../layouts/json'

/** One place in which what is there is not what is wanted. */
export interface Difference {
  readonly path: string
  /** Absent: there is nothing. */
  readonly found?: string
  /** Absent: nothing is wanted. */
  readonly wanted?: string
}

/**
 * Where `found` is not as `wanted`. A server writes what it was told in its own way: a setting with dots as objects, each
 * value as a text, and with defaults beside it. So names are compared by their paths, values by their texts, and
 * what only the server says counts below `exact` alone.
 */
export function differences(wanted: unknown, found: unknown, exact: readonly string[] = []): Difference[] {
  const [ours, theirs] = [leavesOf(wanted), leavesOf(found)]
  const result: Difference[] = []
  for (const [path, value] of ours) {
    const there = theirs.get(path)
    if (there !== value) result.push({ path, wanted: value, ...(there === undefined ? {} : { found: there }) })
  }
  for (const [path, value] of theirs) {
    if (!ours.has(path) && exact.some(prefix => path.startsWith(prefix))) result.push({ path, found: value })
  }
  return result
}

function leavesOf(value: unknown): Map<string, string> {
  const leaves = new Map<string, string>()
  const walk = (item: unknown, path: string): void => {
    if (Array.isArray(item) || isObject(item)) {
      for (const [key, inner] of Object.entries(item)) walk(inner, path === '' ? key : `${path}.${key}`)
    } else leaves.set(path, String(item))
  }
  walk(value, '')
  return leaves
}
