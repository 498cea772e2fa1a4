import { entriesOf } from './entries'
import { isErrorLike, renderError } from './error'
import { cutAt, escapeText } from './escape'
import { renderExotic } from './exotic'
import { CIRCULAR, cut, describe, quoted, TOO_DEEP, TOO_MUCH, threw } from './mark'
import { ownForm } from './own-form'
import type { Guard } from './redact/guard'
import { KeyBook, KeyKind } from './shape'
import { UniqueKeys } from './unique-keys'

/** Begins a record: what its values may cost is counted over all of them. */
export function beginRecord(): void {
  begun++
  if (path.length === 0) touches = MAX_TOUCHES
}

/** How many records have begun: scalar fields alone begin none. */
export function recordsBegun(): number {
  return begun
}

let begun = 0

/**
 * Any value as JSON text of about `room` UTF-16 units at most; undefined where there is nothing to write.
 * Never throws, whatever a getter, a toJSON or a proxy does: what cannot be read is replaced by a mark that
 * says why, and only that. The caller's values are never changed. Work is bounded by MAX_TOUCHES values a record.
 * With a guard, redacted.
 */
export function renderValue(value: unknown, room: number, guard?: Guard): string | undefined {
  if (guard !== undefined) return guard.redaction.writing.value(value, room, guard)
  switch (typeof value) {
    case 'string':
      return renderString(value, room)
    case 'number':
      return renderNumber(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      return value === null ? 'null' : renderObject(value, room)
    case 'undefined':
      return undefined
    case 'bigint':
      return renderBigInt(value)
    case 'symbol':
      return quoted(`[${value.toString()}]`)
    default:
      return quoted(functionText(value as () => unknown))
  }
}

/** A string in quotes, cut to the room it has. `length` is that of the whole, where `text` is only its start. */
export function renderString(text: string, room: number, length = text.length): string {
  if (text.length <= room && length === text.length) {
    const whole = escapeText(text)
    if (whole.length <= room || text.length <= SHORT) return `"${whole}"`
  }
  // An escape takes up to six units: cut until the escaped text fits beside the mark.
  const most = Math.max(SHORT, room - SHORT)
  let keep = Math.min(text.length, most)
  let kept = escapeText(cutAt(text, keep))
  while (kept.length > most && keep > SHORT) {
    keep = Math.max(SHORT, Math.min(Math.floor((keep * most) / kept.length), keep - 1))
    kept = escapeText(cutAt(text, keep))
  }
  return `"${kept}…[cut: ${length - keep} of ${length} characters]"`
}

/** Short strings are never cut, and no mark is longer. */
export const SHORT = 48

/** A number as JSON. What JSON cannot say is null, as in JSON.stringify; an integer beyond 2^53 is a string, so that nobody rounds it. */
export function renderNumber(value: number): string {
  if (Number.isSafeInteger(value)) return `${value}`
  if (!Number.isFinite(value)) return 'null'
  return Number.isInteger(value) ? `"${BigInt(value)}"` : `${value}`
}

export function renderBigInt(value: bigint): string {
  if (value >= -MAX_SAFE && value <= MAX_SAFE) return value.toString()
  // Printing takes time beyond linear, so what is absurdly long is not printed.
  return value < BIGGEST && value > -BIGGEST ? `"${value}"` : cut('a bigint of more than 1000 digits')
}

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER)
const BIGGEST = 10n ** 1000n

export function functionText(value: () => unknown): string {
  try {
    return `[function ${typeof value.name === 'string' && value.name !== '' ? value.name : 'anonymous'}]`
  } catch (error) {
    return `[threw: ${describe(error)}]`
  }
}

/** The containers being rendered, outermost first: finds cycles and measures depth. Shared by nested calls from getters. */
const path: object[] = []
/** The keys that lead to what is being rendered, where there are rules of redaction. */
const keys: string[] = []
let touches = 0

/** Says under which key the next value stands. */
export function enterKey(key: string): void {
  keys[path.length] = key
}

/** The keys that lead to the value at hand. */
export function trail(): string[] {
  return keys.slice(0, path.length + 1)
}

export function renderObject(value: object, room: number, guard?: Guard): string | undefined {
  if (path.length >= MAX_DEPTH) return TOO_DEEP
  // Past the bound no container is entered any more; the scalars beside it are still written.
  if (touches < 0 || room < LEAST) return TOO_MUCH
  if (path.includes(value)) return CIRCULAR
  path.push(value)
  try {
    return renderByKind(value, room, guard)
  } catch (error) {
    return threw(error, guard)
  } finally {
    path.pop()
  }
}

function renderByKind(value: object, room: number, guard: Guard | undefined): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype && isPlain(value)) {
    return guard === undefined ? renderPlain(value, room) : guard.redaction.writing.plain(value, room, guard)
  }
  const form = prototype === Array.prototype ? undefined : ownForm(value)
  if (form !== undefined)
    return form.threw ? threw(form.value, guard) : (renderValue(form.value, room, guard) ?? 'null')
  if (Array.isArray(value)) return renderArray(value, room, value.length, guard)
  if (isErrorLike(value)) return renderError(value, room, guard)
  return renderExotic(value, room, guard) ?? `{${entriesOf(value, room, new UniqueKeys(), undefined, guard)}}`
}

/** Whether an object literal is written by its properties. It has no type, and so no form of its own but a toJSON. */
export function isPlain(value: object): value is Record<string, unknown> {
  return typeof (value as { toJSON?: unknown }).toJSON !== 'function'
}

/** Object literals: the common case, with the keys' text from the tree. */
function renderPlain(value: Record<string, unknown>, room: number): string {
  let shape = NESTED.root
  let text = ''
  let quote = false
  for (const key in value) {
    if (!own.call(value, key)) continue
    const next = shape.nextKey === key ? (shape.next as typeof shape) : shape.step(key)
    const left = room - text.length - key.length
    if (next.kind !== KeyKind.plain || left < LEAST) {
      return renderRest(value, room, quote ? `${text}"` : text, shape.keys())
    }
    shape = next
    // The first key's text opens the object; here that key had nothing to write.
    if (text === '' && shape.depth > 1) return renderRest(value, room, '', shape.keys().slice(0, -1))
    touches--
    let item: string | undefined
    try {
      const property = value[key]
      if (typeof property === 'string' && property.length <= SHORT) {
        text += (quote ? shape.quoteQuote : shape.bareQuote) + escapeText(property)
        quote = true
        continue
      }
      item = renderValue(property, share(left, 2))
    } catch (error) {
      item = threw(error)
    }
    if (item === undefined) continue
    text += (quote ? shape.quoteBare : shape.bareBare) + item
    quote = false
  }
  if (text === '') return '{}'
  return quote ? `${text}"}` : `${text}}`
}

/** Goes on where the tree cannot: `text` holds the entries of the keys in `done`. */
export function renderRest(value: object, room: number, text: string, done: readonly string[], guard?: Guard): string {
  const unique = new UniqueKeys()
  for (const key of done) unique.name(key)
  const rest = entriesOf(value, room - text.length, unique, new Set(done), guard)
  if (text === '') return `{${rest}}`
  return rest === '' ? `${text}}` : `${text},${rest}}`
}

const own = Object.prototype.hasOwnProperty
const NESTED = new KeyBook({ reserved: new Set() }, new Map(), true)

/** Arrays, holes as null; `length` counts the items there are where `items` holds the first of them. Reads no iterator: a subclass may have changed it. */
export function renderArray(items: ArrayLike<unknown>, room: number, length = items.length, guard?: Guard): string {
  if (!(length > 0)) return '[]'
  let text = '['
  let left = room
  for (let i = 0; i < length; i++) {
    if (i > 0) text += ','
    if (i >= MAX_WIDTH || left < LEAST) {
      text += cut(`${length - i} of ${length} items`)
      break
    }
    touches--
    const item = renderItem(items, i, share(left, length - i), guard)
    text += item
    left -= item.length + 1
  }
  return `${text}]`
}

function renderItem(items: ArrayLike<unknown>, index: number, room: number, guard: Guard | undefined): string {
  try {
    const item = items[index]
    return (
      (guard === undefined ? renderValue(item, room) : guard.redaction.writing.item(item, index, room, guard)) ?? 'null'
    )
  } catch (error) {
    return threw(error, guard)
  }
}

/** How much of `left` the next of `count` items may take: a quarter, and room for a mark each, is left to those after it. */
export function share(left: number, count: number): number {
  if (count <= 1) return left
  return left - Math.max(left >> 2, Math.min(MARK_ROOM * Math.min(count - 1, 32), left - MARK_ROOM))
}

/** A short string cut, with its key and its mark. */
const MARK_ROOM = 128

/** Counts values looked at. */
export function touch(count = 1): void {
  touches -= count
}

/** Containers within containers, counted from the field's own value. */
const MAX_DEPTH = 20
/** Entries of one container. */
export const MAX_WIDTH = 1000
/** Values looked at for one record. */
const MAX_TOUCHES = 20_000
/** With less room than this, the rest of a container is cut, in UTF-16 units. */
export const LEAST = 32
