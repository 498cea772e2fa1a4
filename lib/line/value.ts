import { entriesOf } from './entries'
import { isErrorLike, renderError } from './error'
import { cutAt, escapeText } from './escape'
import { renderExotic } from './exotic'
import { CIRCULAR, cut, quoted, TOO_DEEP, threw } from './mark'
import { KeyBook, KeyKind } from './shape'
import { UniqueKeys } from './unique-keys'

/**
 * Any value as JSON text of about `room` UTF-16 units at most; undefined where there is nothing to write.
 * Never throws, whatever a getter, a toJSON or a proxy does: what cannot be read is replaced by a mark that
 * says why, and only that. The caller's values are never changed. Work is bounded by MAX_TOUCHES values a call.
 */
export function renderValue(value: unknown, room: number): string | undefined {
  if (path.length === 0) touches = MAX_TOUCHES
  return render(value, room)
}

/** As renderValue, from inside a value: counts on, and knows the containers it is in. */
export function render(value: unknown, room: number): string | undefined {
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
      return renderFunction(value as () => unknown)
  }
}

/** A string in quotes, cut to the room it has. */
export function renderString(text: string, room: number): string {
  if (text.length <= room) {
    const whole = escapeText(text)
    if (whole.length <= room || text.length <= SHORT) return `"${whole}"`
  }
  // An escape takes up to six units: cut until the escaped text fits.
  let keep = Math.min(text.length, Math.max(room, SHORT))
  let kept = escapeText(cutAt(text, keep))
  while (kept.length > room && keep > SHORT) {
    keep = Math.max(SHORT, Math.min(Math.floor((keep * room) / kept.length), keep - 1))
    kept = escapeText(cutAt(text, keep))
  }
  return `"${kept}…[cut: ${text.length - keep} of ${text.length} characters]"`
}

/** Short strings are never cut: the mark would be longer. */
const SHORT = 64

/** A number as JSON. What JSON cannot say is null, as in JSON.stringify; an integer beyond 2^53 is a string, so that nobody rounds it. */
export function renderNumber(value: number): string {
  if (Number.isSafeInteger(value)) return `${value}`
  if (!Number.isFinite(value)) return 'null'
  return Number.isInteger(value) ? `"${BigInt(value)}"` : `${value}`
}

function renderBigInt(value: bigint): string {
  if (value >= -MAX_SAFE && value <= MAX_SAFE) return value.toString()
  // Printing takes time beyond linear, so what is absurdly long is not printed.
  return value < BIGGEST && value > -BIGGEST ? `"${value}"` : cut('a bigint of more than 1000 digits')
}

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER)
const BIGGEST = 10n ** 1000n

function renderFunction(value: () => unknown): string {
  try {
    return quoted(`[function ${typeof value.name === 'string' && value.name !== '' ? value.name : 'anonymous'}]`)
  } catch (error) {
    return threw(error)
  }
}

/** The containers being rendered, outermost first: finds cycles and measures depth. Shared by nested calls from getters. */
const path: object[] = []
let touches = 0

function renderObject(value: object, room: number): string | undefined {
  if (path.length >= MAX_DEPTH) return TOO_DEEP
  if (path.includes(value)) return CIRCULAR
  path.push(value)
  try {
    return renderByKind(value, room)
  } catch (error) {
    return threw(error)
  } finally {
    path.pop()
  }
}

function renderByKind(value: object, room: number): string | undefined {
  if (Object.getPrototypeOf(value) === Object.prototype && typeof (value as Jsonable).toJSON !== 'function') {
    return renderPlain(value as Record<string, unknown>, room)
  }
  if (Array.isArray(value)) return renderArray(value, room)
  if (isErrorLike(value)) return renderError(value, room)
  return renderExotic(value, room) ?? `{${entriesOf(value, room, new UniqueKeys())}}`
}

interface Jsonable {
  toJSON?: unknown
}

/** Object literals: the common case, with the keys' text from the tree. */
function renderPlain(value: Record<string, unknown>, room: number): string {
  let shape = NESTED.root
  let text = ''
  for (const key in value) {
    if (!own.call(value, key)) continue
    const next = shape.nextKey === key ? (shape.next as typeof shape) : shape.step(key)
    const left = room - text.length - key.length
    if (next.kind !== KeyKind.plain || left < LEAST || !touch()) return renderRest(value, room, text, shape.keys())
    shape = next
    let item: string | undefined
    try {
      item = render(value[key], left - (left >> 2))
    } catch (error) {
      item = threw(error)
    }
    if (item !== undefined) text += shape.bareBare + item
  }
  return text === '' ? '{}' : `{${text.slice(1)}}`
}

/** Goes on where the tree cannot: `text` holds the entries of the keys in `done`. */
function renderRest(value: object, room: number, text: string, done: readonly string[]): string {
  const keys = new UniqueKeys()
  for (const key of done) keys.name(key)
  const rest = entriesOf(value, room - text.length, keys, new Set(done))
  return `{${(rest === '' ? text : `${text},${rest}`).slice(1)}}`
}

const own = Object.prototype.hasOwnProperty
const NESTED = new KeyBook(new Set())

/** Arrays, holes as null. Reads no iterator: a subclass may have changed it. */
export function renderArray(value: ArrayLike<unknown>, room: number): string {
  const length = value.length
  if (!(length > 0)) return '[]'
  let text = ''
  let left = room
  for (let i = 0; i < length; i++) {
    if (i >= MAX_WIDTH || left < LEAST || !touch()) {
      text += `,${cut(`${length - i} of ${length} items`)}`
      break
    }
    let item: string
    try {
      item = render(value[i], share(left, length - i)) ?? 'null'
    } catch (error) {
      item = threw(error)
    }
    text += `,${item}`
    left -= item.length + 1
  }
  return `[${text.slice(1)}]`
}

/** How much of `left` the next of `count` items may take: all but a quarter, so that those after it are not crowded out. */
export function share(left: number, count: number): number {
  return count > 1 ? left - (left >> 2) : left
}

/** Counts a value looked at; false when the call has looked at enough. */
export function touch(): boolean {
  return --touches >= 0
}

/** Containers within containers, counted from the field's own value. */
const MAX_DEPTH = 20
/** Entries of one container. */
export const MAX_WIDTH = 1000
/** Values looked at for one field. */
const MAX_TOUCHES = 20_000
/** With less room than this, the rest of a container is cut, in UTF-16 units. */
export const LEAST = 48
