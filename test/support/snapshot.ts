import { isProxy } from 'node:util/types'

/**
 * What can be seen of an object and the objects in it without running any code of theirs: prototypes, keys,
 * attributes, and the identity of each value. Two snapshots are equal if nothing was changed in between.
 * Proxies, binary data and long arrays are passed over.
 */
export type Snapshot = readonly unknown[]

const WIDEST = 1000
const MOST_OBJECTS = 100

export function snapshot(root: unknown): Snapshot {
  const seen: unknown[] = []
  const found = new Set([root])
  for (const value of found) {
    if (!isPlain(value) || isLong(value)) continue
    const keys = Reflect.ownKeys(value)
    if (keys.length > WIDEST) continue
    seen.push(value, Object.getPrototypeOf(value), Object.isExtensible(value))
    for (const key of keys) {
      const { value: item, get, set, enumerable, configurable, writable } = descriptor(value, key)
      seen.push(key, item, get, set, enumerable, configurable, writable)
      if (found.size < MOST_OBJECTS) found.add(item)
    }
  }
  return seen
}

/** Undefined if equal, else what differs. */
export function difference(before: Snapshot, after: Snapshot): string | undefined {
  for (let i = 0; i < Math.max(before.length, after.length); i++) {
    if (!Object.is(before[i], after[i]))
      return `entry ${i} of its snapshot: ${typeof before[i]} became ${typeof after[i]}`
  }
  return undefined
}

/** An error's stack is made when it is first looked at, from a message and a name that may throw. */
function descriptor(value: object, key: string | symbol): PropertyDescriptor {
  try {
    return Reflect.getOwnPropertyDescriptor(value, key) ?? {}
  } catch {
    return {}
  }
}

function isLong(value: object): boolean {
  return (
    ArrayBuffer.isView(value) ||
    (Array.isArray(value) && Object.getOwnPropertyDescriptor(value, 'length')?.value > WIDEST)
  )
}

function isPlain(value: unknown): value is object {
  return ((typeof value === 'object' && value !== null) || typeof value === 'function') && !isProxy(value)
}
