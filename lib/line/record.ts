import { isDate, isMap } from 'node:util/types'
import type { Call } from './call'
import { isErrorLike, messageOf } from './error'
import { escapeText } from './escape'
import { renderExotic } from './exotic'
import { cut, threw } from './mark'
import { type Outcome, readProperty } from './read'
import type { KeyBook, Serializer } from './shape'
import { UniqueKeys } from './unique-keys'
import { beginRecord, LEAST, MAX_WIDTH, renderValue, share } from './value'

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
  beginRecord()
  const line = new LineFields(book, room)
  for (const text of inherited) line.inherit(text)
  if (call.err !== undefined) line.error(call.err)
  let msg = call.msg
  for (const [index, fields] of call.fields.entries()) msg = line.add(fields, msg, call.fields.length - index - 1)
  return { msg: msg ?? (call.err === undefined ? undefined : messageOf(call.err)), fields: line.text() }
}

class LineFields {
  private readonly entries = new Map<string, string>()
  private readonly reserved = new Map<string, string>()
  private readonly book: KeyBook
  private left: number
  /** The call has its error; one that is bound already gives way to it. */
  private errGiven = false

  constructor(book: KeyBook, room: number) {
    this.book = book
    this.left = room
  }

  /** Rendered once already, so what it holds is plain: read back and written again. */
  inherit(text: string): void {
    if (text === '') return
    const values = JSON.parse(`{${text.slice(1)}}`) as object
    for (const [name, value] of Object.entries(values)) {
      if (name === 'fields') {
        // A context's fields are rendered by the rules of hewn's own line, whatever the layout.
        for (const [key, item] of Object.entries(value)) this.put(this.targetOf(key), key, item)
      } else this.put(this.entries, name, value)
    }
  }

  error(error: Error): void {
    this.field('err', 'err', { threw: false, value: error }, this.left, 2)
  }

  /** Adds an object's fields, `more` of whose kind are to come; returns the message, which may be one of them. */
  add(fields: object, msg: string | undefined, more: number): string | undefined {
    let pairs: Pair[]
    try {
      pairs = pairsOf(fields)
    } catch (error) {
      this.set(this.entries, 'value', threw(error))
      return msg
    }
    // Objects to come are left a part of the room, whatever this one holds.
    const kept = more > 0 ? this.left >> 2 : 0
    const unique = new UniqueKeys()
    let found = msg
    for (const [index, [name, read]] of pairs.entries()) {
      if (index >= MAX_WIDTH || this.left - kept < LEAST) {
        this.set(this.entries, '…', cut(`${pairs.length - index} of ${pairs.length} keys`))
        break
      }
      const key = unique.name(name)
      const outcome = read()
      const isMessage =
        key === this.book.rules.messageField &&
        found === undefined &&
        typeof outcome.value === 'string' &&
        !outcome.threw
      if (isMessage) found = outcome.value as string
      else this.field(key, name, outcome, this.left - kept, pairs.length - index)
    }
    return found
  }

  /** One of the caller's fields, by the kind of its key. */
  private field(key: string, name: string, read: Outcome, room: number, count: number): void {
    const serializer = this.book.serializers.get(name)
    const outcome = serializer === undefined ? read : serialize(serializer, read)
    const isError =
      key === 'err' && !this.errGiven && !outcome.threw && (serializer !== undefined || isErrorLike(outcome.value))
    if (isError) this.errGiven = true
    const target = isError ? this.entries : this.targetOf(key)
    if (outcome.threw) this.set(target, key, threw(outcome.value))
    else this.put(target, key, outcome.value, share(room, count))
  }

  private targetOf(key: string): Map<string, string> {
    return this.book.isReserved(key) ? this.reserved : this.entries
  }

  private put(target: Map<string, string>, key: string, value: unknown, room = share(this.left, 2)): void {
    const item = renderValue(value, room)
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

  text(): string {
    let text = ''
    for (const [key, item] of this.entries) text += `,${quoteKey(key)}:${item}`
    if (this.reserved.size === 0) return text
    const inner = Array.from(this.reserved, ([key, item]) => `${quoteKey(key)}:${item}`)
    return `${text},"fields":{${inner.join(',')}}`
  }
}

/** Repaired and made unique before. */
function quoteKey(key: string): string {
  return `"${escapeText(key)}"`
}

function serialize(serializer: Serializer, { threw: failed, value }: Outcome): Outcome {
  if (failed) return { threw: true, value }
  try {
    return { threw: false, value: serializer(value as never) }
  } catch (error) {
    return { threw: true, value: error }
  }
}

type Pair = readonly [name: string, read: () => Outcome]

function given(value: unknown): () => Outcome {
  return () => ({ threw: false, value })
}

function propertiesOf(object: object): Pair[] {
  return Object.keys(object).map(name => [name, () => readProperty(object, name)])
}

/** Fields given as something else than an object of properties are told as what they are, under `value`. */
function pairsOf(fields: object): Pair[] {
  const made = fromJson(fields)
  if (made !== undefined) return made
  if (Object.getPrototypeOf(fields) === Object.prototype) return propertiesOf(fields)
  if (isMap(fields)) return fromMap(fields)
  if (Array.isArray(fields) || renderExotic(fields, LEAST) !== undefined) return [['value', given(fields)]]
  return propertiesOf(fields)
}

/** By its own toJSON, where that gives an object of fields. */
function fromJson(fields: object): Pair[] | undefined {
  if (isDate(fields) || ArrayBuffer.isView(fields)) return undefined
  const toJSON = (fields as { toJSON?: unknown }).toJSON
  if (typeof toJSON !== 'function') return undefined
  const made: unknown = toJSON.call(fields, '')
  if (made === fields) return propertiesOf(fields)
  const usable = typeof made === 'object' && made !== null && !Array.isArray(made) && !hasToJson(made)
  return usable ? propertiesOf(made) : [['value', given(made)]]
}

function hasToJson(made: object): boolean {
  return typeof (made as { toJSON?: unknown }).toJSON === 'function'
}

function fromMap(map: Map<unknown, unknown>): Pair[] {
  const pairs: Pair[] = []
  for (const [key, value] of Map.prototype.entries.call(map)) {
    if (typeof key !== 'string' || pairs.length > MAX_WIDTH) return [['value', given(map)]]
    pairs.push([key, given(value)])
  }
  return pairs
}
