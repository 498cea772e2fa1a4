import { isMap } from 'node:util/types'
import type { Call } from './call'
import { isErrorLike, messageOf } from './error'
import { renderExotic } from './exotic'
import { cut, threw } from './mark'
import { isOdd, type KeyBook, type Serializer } from './shape'
import { repair, UniqueKeys } from './unique-keys'
import { LEAST, MAX_WIDTH, renderString, renderValue, share } from './value'

/** The careful way from a call to fields: every rule of the line, none of the hot path's assumptions. */
export interface RecordText {
  readonly msg: string | undefined
  /** `,"a":1,"fields":{…}` */
  readonly fields: string
}

/**
 * `inherited` are the texts of context and bound fields, outermost first; a later key replaces an earlier one.
 * Works within `room` UTF-16 units; never throws.
 */
export function renderRecord(inherited: readonly string[], call: Call, book: KeyBook, room: number): RecordText {
  const line = new LineFields(book, room)
  for (const text of inherited) line.inherit(text)
  if (call.err !== undefined) line.error(call.err)
  let msg = call.msg
  for (const fields of call.fields) msg = line.add(fields, msg)
  return { msg: msg ?? (call.err === undefined ? undefined : messageOf(call.err)), fields: line.text() }
}

class LineFields {
  private readonly entries = new Map<string, string>()
  private readonly reserved = new Map<string, string>()
  private readonly book: KeyBook
  private left: number

  constructor(book: KeyBook, room: number) {
    this.book = book
    this.left = room
  }

  /** Rendered once already, so what it holds is plain: read back and written again. */
  inherit(text: string): void {
    if (text === '') return
    const values = JSON.parse(`{${text.slice(1)}}`) as object
    for (const [name, value] of Object.entries(values)) {
      if (name === 'fields') for (const [key, item] of Object.entries(value)) this.put(this.reserved, key, item)
      else this.put(this.entries, name, value)
    }
  }

  error(error: Error): void {
    this.put(this.entries, 'err', error)
  }

  /** Adds an object's fields; returns the message, which may be one of them. */
  add(fields: object, msg: string | undefined): string | undefined {
    let pairs: [string, unknown][]
    try {
      pairs = this.pairsOf(fields)
    } catch (error) {
      this.set(this.entries, 'value', threw(error))
      return msg
    }
    const unique = new UniqueKeys()
    let found = msg
    for (const [index, [name, read]] of pairs.entries()) {
      if (index >= MAX_WIDTH || this.left < LEAST) {
        this.set(this.entries, '…', cut(`${pairs.length - index} of ${pairs.length} keys`))
        break
      }
      const key = unique.name(name)
      const value = read === GETTER ? readProperty(fields, name) : read
      if (key === 'msg' && found === undefined && typeof value === 'string') found = value
      else this.field(key, name, value, pairs.length - index)
    }
    return found
  }

  /** One of the caller's fields, by the kind of its key. */
  private field(key: string, name: string, value: unknown, count: number): void {
    const serializer = this.book.serializers.get(name)
    const item = serializer === undefined ? value : serialize(serializer, value)
    const isError = key === 'err' && !this.entries.has('err') && item instanceof Thrown === false && isErrorLike(item)
    const target = this.book.isReserved(key) && !isError && serializer === undefined ? this.reserved : this.entries
    this.put(target, key, item, count)
  }

  private put(target: Map<string, string>, key: string, value: unknown, count = 2): void {
    const room = share(this.left, count)
    const item = value instanceof Thrown ? threw(value.error) : renderValue(value, room)
    if (item !== undefined) this.set(target, key, item)
  }

  /** A key set again moves to the end, where the call's own fields are. */
  private set(target: Map<string, string>, key: string, item: string): void {
    const old = target.get(key)
    if (old !== undefined) this.left += old.length + key.length
    target.delete(key)
    target.set(key, item)
    this.left -= item.length + key.length + 4
  }

  private pairsOf(fields: object): [string, unknown][] {
    const made = toFields(fields)
    if (made === undefined) return Object.keys(fields).map((name) => [name, GETTER])
    return made
  }

  text(): string {
    let text = ''
    for (const [key, item] of this.entries) text += `,${quoteKey(key)}:${item}`
    if (this.reserved.size === 0) return text
    const inner = Array.from(this.reserved, ([key, item]) => `${quoteKey(key)}:${item}`)
    return `${text},"fields":{${inner.join(',')}}`
  }
}

function quoteKey(key: string): string {
  return renderString(isOdd(key) ? repair(key) : key, Number.MAX_SAFE_INTEGER)
}

/** Stands for a property not read yet. */
const GETTER = Symbol('getter')

class Thrown {
  readonly error: unknown

  constructor(error: unknown) {
    this.error = error
  }
}

function readProperty(fields: object, name: string): unknown {
  try {
    return (fields as { [name: string]: unknown })[name]
  } catch (error) {
    return new Thrown(error)
  }
}

function serialize(serializer: Serializer, value: unknown): unknown {
  if (value instanceof Thrown) return value
  try {
    return serializer(value as never)
  } catch (error) {
    return new Thrown(error)
  }
}

/** Fields given as something else than an object of properties; undefined where its own properties are the fields. */
function toFields(fields: object): [string, unknown][] | undefined {
  const made = fromJson(fields)
  if (made !== undefined) return made
  if (Object.getPrototypeOf(fields) === Object.prototype) return undefined
  if (isMap(fields)) return fromMap(fields)
  if (Array.isArray(fields) || renderExotic(fields, LEAST) !== undefined) return [['value', fields]]
  return undefined
}

/** By its own toJSON, where that gives an object of fields. */
function fromJson(fields: object): [string, unknown][] | undefined {
  const toJSON = (fields as { toJSON?: unknown }).toJSON
  if (typeof toJSON !== 'function' || fields instanceof Date || ArrayBuffer.isView(fields)) return undefined
  const made: unknown = toJSON.call(fields, '')
  if (made === fields) return undefined
  if (typeof made !== 'object' || made === null || Array.isArray(made)) return [['value', made]]
  return Object.keys(made).map((name) => [name, readProperty(made, name)])
}

function fromMap(map: Map<unknown, unknown>): [string, unknown][] {
  const pairs: [string, unknown][] = []
  for (const [key, value] of Map.prototype.entries.call(map)) {
    if (typeof key !== 'string' || pairs.length > MAX_WIDTH) return [['value', map]]
    pairs.push([key, value])
  }
  return pairs
}
