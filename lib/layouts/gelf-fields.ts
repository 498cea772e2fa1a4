import { isObject, jsonText } from './json'

/**
 * Additional fields of a GELF message, as Graylog keeps them: a flat list of texts and numbers under names that it takes.
 * What Graylog would drop without a word is written in another way: a boolean as a text, an object as a field for each
 * of its own (`http_status`), an array as JSON. A null is left out, for there a field without a value is none.
 */
export class GelfFields {
  /** By name, without the underscore that GELF puts before it. */
  private readonly kept = new Map<string, string | number>()
  /** Texts that are too long for a field, with its name. */
  readonly long: (readonly [name: string, text: string])[] = []

  add(name: string, value: unknown): void {
    if (value === null || value === undefined) return
    if (Array.isArray(value)) return this.text(name, jsonText(value))
    if (isObject(value)) {
      const entries = Object.entries(value)
      // Each name becomes a field of the index for good, so data that is used as names must not become hundreds.
      if (entries.length === 0 || this.kept.size + entries.length > MOST_FIELDS) return this.text(name, jsonText(value))
      for (const [key, item] of entries) this.add(`${name}_${key}`, item)
    } else if (typeof value === 'number' && isExact(value)) this.kept.set(this.free(name), value)
    else this.text(name, String(value))
  }

  /** The names with their underscore. */
  entries(): [string, string | number][] {
    return Array.from(this.kept, ([name, value]): [string, string | number] => [`_${name}`, value])
  }

  private text(wanted: string, text: string): void {
    const name = this.free(wanted)
    const tooLong = text.length > MOST_BYTES / 3 && Buffer.byteLength(text) > MOST_BYTES
    if (tooLong) this.long.push([name, text])
    this.kept.set(name, tooLong ? '[too long for a field: in full_message]' : text)
  }

  private free(wanted: string): string {
    const name = legalName(wanted)
    if (!this.kept.has(name)) return name
    let n = 2
    while (this.kept.has(`${name}_${n}`)) n++
    return `${name}_${n}`
  }
}

/**
 * A name that Graylog takes and keeps. Dots become underscores here, because Graylog makes them so when it stores a
 * message and drops what collides then. A letter beyond ASCII becomes its code point, so that two such names stay two.
 */
export function legalName(wanted: string): string {
  const legal = wanted
    .replace(/[^\w-]/gu, character => (character < '\u0080' ? '_' : `u${character.codePointAt(0)!.toString(16)}`))
    .replace(/^[_-]+/, '')
    .slice(0, MOST_NAME)
  if (legal === '') return 'field'
  return RESERVED.has(legal) || legal.startsWith('gl2_') ? `fields_${legal}` : legal
}

/** Graylog reads a whole number as one of 64 bits, and JSON readers on the way may round beyond 53. */
function isExact(value: number): boolean {
  return Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value)
}

/** Names that have a meaning in GELF, or in Graylog once the underscore is gone: a field of that name is not kept. */
const RESERVED: ReadonlySet<string> = new Set([
  'full_message',
  'host',
  'id',
  'level',
  'message',
  'short_message',
  'source',
  'streams',
  'timestamp',
])
/** Graylog's index keeps a field's text as one term, and refuses the whole message if one is longer. */
const MOST_BYTES = 32_766
/** An index holds 1000 fields by default. */
const MOST_FIELDS = 200
const MOST_NAME = 200
