import { isAnyArrayBuffer, isBoxedPrimitive, isDate, isMap, isRegExp, isSet } from 'node:util/types'
import { renderNamed } from './entries'
import { renderHttp } from './http'
import { cut, threw } from './mark'
import type { Guard } from './redact/guard'
import { UniqueKeys } from './unique-keys'
import { LEAST, MAX_WIDTH, renderArray, renderString, renderValue, share, touch } from './value'

/**
 * What is neither an object literal nor an array nor an error. Undefined for everything that is best shown by
 * its own enumerable properties.
 */
export function renderExotic(value: object, room: number, guard?: Guard): string | undefined {
  if (isDate(value) && value.toJSON === Date.prototype.toJSON) return renderDate(value)
  if (isMap(value)) return renderMap(value, room, guard)
  if (isSet(value)) return renderArray(firstOf(value), room, value.size, guard)
  if (ArrayBuffer.isView(value)) return renderView(value, room, guard)
  if (isAnyArrayBuffer(value)) return renderBytes(new Uint8Array(value), room)
  if (isRegExp(value)) return renderValue(RegExp.prototype.toString.call(value), room, guard)
  if (isBoxedPrimitive(value))
    return renderValue((value as { valueOf(): unknown }).valueOf(), room, guard) ?? '"[boxed undefined]"'
  const http = renderHttp(value, room, guard)
  if (http !== undefined) return http
  return renderJsonable(value, room, guard)
}

function renderDate(date: Date): string {
  const time = Date.prototype.getTime.call(date)
  return Number.isNaN(time) ? 'null' : `"${Date.prototype.toISOString.call(date)}"`
}

/** An object where every key is a string and no two become the same; else an array of pairs, so that nothing is lost. */
function renderMap(map: Map<unknown, unknown>, room: number, guard: Guard | undefined): string {
  const pairs = firstOf(map) as (readonly [unknown, unknown])[]
  if (!pairs.every(([key]) => typeof key === 'string')) return renderArray(pairs, room, map.size, guard)
  const keys = new UniqueKeys()
  let text = ''
  let left = room
  for (const [i, [key, item]] of pairs.entries()) {
    touch()
    if (left < LEAST) {
      text += `,${keys.take('…')}:${cut(`${map.size - i} of ${map.size} keys`)}`
      break
    }
    const name = keys.name(guard === undefined ? (key as string) : guard.redaction.text(key as string))
    if (name !== key) return renderArray(pairs, room, map.size, guard)
    const entry = `,${quotedKey(name)}:${renderNamed(item, name, share(left, pairs.length - i), guard) ?? 'null'}`
    text += entry
    left -= entry.length
  }
  if (map.size > pairs.length) text += `,${keys.take('…')}:${cut(`${map.size - pairs.length} of ${map.size} keys`)}`
  return `{${text.slice(1)}}`
}

function quotedKey(name: string): string {
  return renderString(name, Number.MAX_SAFE_INTEGER)
}

/** At most MAX_WIDTH items, by the built-in iterator: a subclass may have changed its own. */
function firstOf(collection: Map<unknown, unknown> | Set<unknown>): unknown[] {
  const iterator: Iterator<unknown> = isMap(collection)
    ? Map.prototype.entries.call(collection)
    : Set.prototype.values.call(collection)
  const items: unknown[] = []
  for (let next = iterator.next(); next.done !== true && items.length < MAX_WIDTH; next = iterator.next()) {
    items.push(next.value)
  }
  return items
}

/** Numbers as an array; bytes (Buffer, Uint8Array, DataView) as text in base64. */
function renderView(view: ArrayBufferView, room: number, guard: Guard | undefined): string {
  if (view instanceof Uint8Array || view instanceof DataView) {
    return renderBytes(new Uint8Array(view.buffer, view.byteOffset, view.byteLength), room)
  }
  const numbers = view as unknown as ArrayLike<unknown>
  return renderArray(numbers, room, numbers.length, guard)
}

function renderBytes(bytes: Uint8Array, room: number): string {
  const kept = bytes.subarray(0, Math.min(MAX_BYTES, Math.max(0, (room >> 1) - LEAST)))
  const text = Buffer.from(kept.buffer, kept.byteOffset, kept.byteLength).toString('base64')
  const rest = bytes.length - kept.length
  return rest > 0 ? `"base64:${text}…[cut: ${rest} of ${bytes.length} bytes]"` : `"base64:${text}"`
}

/** Of binary data a line keeps the start. */
const MAX_BYTES = 1024

/** What its own toJSON makes of it. A toJSON that returns the object itself is passed over. */
function renderJsonable(value: object, room: number, guard: Guard | undefined): string | undefined {
  let made: unknown
  try {
    const toJSON = (value as { toJSON?: unknown }).toJSON
    if (typeof toJSON !== 'function') return undefined
    made = toJSON.call(value, '')
  } catch (error) {
    return threw(error, guard)
  }
  return made === value ? undefined : (renderValue(made, room, guard) ?? 'null')
}
