import { isDate, isMap } from 'node:util/types'
import type { Call } from './call'
import { renderNamed } from './entries'
import { isErrorLike, messageOf } from './error'
import { escapeText } from './escape'
import { renderExotic } from './exotic'
import { cut, threw } from './mark'
import { ownForm } from './own-form'
import { type Outcome, readProperty } from './read'
import type { Guard } from './redact/guard'
import type { KeyBook, Serializer } from './shape'
import { UniqueKeys } from './unique-keys'
import { beginRecord, isPlain, LEAST, MAX_WIDTH, share } from './value'

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
  return { msg: call.err === undefined ? msg : withError(msg, call.err, book.guard), fields: line.text() }
}

/** The error's own message where the call has none; a rule for it holds for a call that repeats it as well. */
function withError(msg: string | undefined, error: Error, guard: Guard | undefined): string {
  const own = msg === undefined || (guard !== undefined && msg === messageOf(error))
  return own ? messageOf(error, guard) : msg
}

/** Fields that were rendered without the rules of this book, or under others, rendered again: `,"a":1`. Never throws. */
export function redactText(text: string, book: KeyBook): string {
  beginRecord()
  const line = new LineFields(book, ENOUGH)
  line.inherit(text, book.guard)
  return line.text()
}

/** What is rendered already is not cut again. */
const ENOUGH = 1 << 28

class LineFields {
  private readonly entries = new Map<string, string>()
  private readonly reserved = new Map<string, string>()
  private readonly book: KeyBook
  private readonly guard: Guard | undefined
  private left: number
  /** The call has its error; one that is bound already gives way to it. */
  private errGiven = false

  constructor(book: KeyBook, room: number) {
    this.book = book
    this.guard = book.guard
    this.left = room
  }

  /** Rendered once already, so what it holds is plain, and redacted unless there is a guard: read back and written again. */
  inherit(text: string, guard?: Guard): void {
    if (text === '') return
    const reviver = guard === undefined ? undefined : (_: string, value: unknown) => guard.redaction.whole(value)
    const values = JSON.parse(`{${text.slice(1)}}`, reviver) as object
    for (const [name, value] of Object.entries(values)) {
      if (name === 'fields') {
        // A context's fields are rendered by the rules of hewn's own line, whatever the layout.
        for (const [key, item] of Object.entries(value)) this.pass(this.targetOf(key), key, item, guard)
      } else this.pass(this.entries, name, value, guard)
    }
  }

  private pass(target: Map<string, string>, name: string, value: unknown, guard: Guard | undefined): void {
    const safe = guard === undefined ? name : guard.redaction.text(name)
    let key = safe
    for (let n = 2; safe !== name && target.has(key); n++) key = `${safe}#${n}`
    this.put(target, key, value, guard, undefined, name)
  }

  error(error: Error): void {
    this.field('err', 'err', { threw: false, value: error }, share(this.left, 2))
  }

  /** Adds an object's fields, `more` of whose kind are to come; returns the message, which may be one of them. */
  add(fields: object, msg: string | undefined, more: number): string | undefined {
    let pairs: Pair[]
    try {
      pairs = pairsOf(fields)
    } catch (error) {
      this.set(this.entries, 'value', threw(error, this.guard))
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
      const key = unique.name(this.guard === undefined ? name : this.guard.redaction.text(name))
      const outcome = read()
      const isMessage =
        key === this.book.rules.messageField &&
        found === undefined &&
        typeof outcome.value === 'string' &&
        !outcome.threw
      if (isMessage) found = this.message(outcome.value as string)
      else this.field(key, name, outcome, share(this.left - kept, pairs.length - index))
    }
    return found
  }

  /** One of the caller's fields, by the kind of its key. */
  private field(key: string, name: string, read: Outcome, room: number): void {
    const serializer = this.book.serializers.get(name)
    const outcome = serializer === undefined ? read : serialize(serializer, read)
    const isError =
      key === 'err' && !this.errGiven && !outcome.threw && (serializer !== undefined || isErrorLike(outcome.value))
    if (isError) this.errGiven = true
    const target = isError ? this.entries : this.targetOf(key)
    if (outcome.threw) this.set(target, key, threw(outcome.value, this.guard))
    else this.put(target, key, outcome.value, this.guard, room, name)
  }

  private targetOf(key: string): Map<string, string> {
    return this.book.isReserved(key) ? this.reserved : this.entries
  }

  /** `name` is the caller's own for what is written as `key`. */
  private put(
    target: Map<string, string>,
    key: string,
    value: unknown,
    guard: Guard | undefined,
    room = share(this.left, 2),
    name = key,
  ): void {
    const item = renderNamed(value, name, room, guard)
    if (item !== undefined) this.set(target, key, item)
  }

  /** A field that is the message. */
  private message(text: string): string {
    return this.guard === undefined ? text : this.guard.named(text, 'msg')
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
  const made = fromOwnForm(fields)
  if (made !== undefined) return made
  if (Object.getPrototypeOf(fields) === Object.prototype) return propertiesOf(fields)
  if (isMap(fields)) return fromMap(fields)
  if (Array.isArray(fields) || renderExotic(fields, LEAST) !== undefined) return [['value', given(fields)]]
  return propertiesOf(fields)
}

/** By what the type makes of itself, or its toJSON does, where that gives an object of fields. */
function fromOwnForm(fields: object): Pair[] | undefined {
  const form = Object.getPrototypeOf(fields) === Object.prototype ? undefined : ownForm(fields)
  if (form?.threw === true) throw form.value
  if (form !== undefined) return pairsOfMade(form.value)
  if (isDate(fields) || ArrayBuffer.isView(fields)) return undefined
  const toJSON = (fields as { toJSON?: unknown }).toJSON
  if (typeof toJSON !== 'function') return undefined
  const made: unknown = toJSON.call(fields, '')
  return made === fields ? propertiesOf(fields) : pairsOfMade(made)
}

function pairsOfMade(made: unknown): Pair[] {
  const usable = typeof made === 'object' && made !== null && !Array.isArray(made) && isPlain(made)
  return usable ? propertiesOf(made) : [['value', given(made)]]
}

function fromMap(map: Map<unknown, unknown>): Pair[] {
  const pairs: Pair[] = []
  for (const [key, value] of Map.prototype.entries.call(map)) {
    if (typeof key !== 'string' || pairs.length > MAX_WIDTH) return [['value', given(map)]]
    pairs.push([key, given(value)])
  }
  return pairs
}
