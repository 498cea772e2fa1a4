import { cut, threw } from './mark'
import type { Guard } from './redact/guard'
import type { UniqueKeys } from './unique-keys'
import { LEAST, MAX_WIDTH, renderValue, share, touch } from './value'

/**
 * Any object's own enumerable properties as the inside of a JSON object, `"a":1,"b":2`: class instances, null
 * prototypes, proxies, other realms' objects, and whatever the fast way gave up on. `keys` holds the keys that
 * the JSON object has already, `skip` the properties that are not to be read.
 */
export function entriesOf(
  value: object,
  room: number,
  keys: UniqueKeys,
  skip?: ReadonlySet<string>,
  guard?: Guard,
): string {
  const names = Object.keys(value)
  // Listing the keys of a wide object costs, although they are cut.
  if (names.length > MAX_WIDTH) touch(names.length)
  let text = ''
  let left = room
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string
    if (skip?.has(name) === true) continue
    const comma = text === '' ? '' : ','
    if (i >= MAX_WIDTH || left < LEAST) {
      text += `${comma}${keys.take('…')}:${cut(`${names.length - i} of ${names.length} keys`)}`
      break
    }
    touch()
    const item = renderProperty(value, name, share(left, names.length - i), guard)
    if (item === undefined) continue
    const entry = `${comma}${keys.take(guard === undefined ? name : guard.redaction.text(name))}:${item}`
    text += entry
    left -= entry.length
  }
  return text
}

function renderProperty(value: object, name: string, room: number, guard: Guard | undefined): string | undefined {
  try {
    return renderNamed((value as Record<string, unknown>)[name], name, room, guard)
  } catch (error) {
    return threw(error, guard)
  }
}

/** A value that stands under a key; redacted by what the rules say of the key. */
export function renderNamed(value: unknown, name: string, room: number, guard: Guard | undefined): string | undefined {
  return guard === undefined ? renderValue(value, room) : guard.redaction.writing.property(value, name, room, guard)
}

/** Entries with names known to be good and unique so far, such as `type` and `stack`. */
export function entry(name: string, item: string | undefined): string {
  return item === undefined ? '' : `,"${name}":${item}`
}
