import { isErrorLike } from './error'
import { escapeText } from './escape'
import { KeyKind, type Shape } from './shape'
import { beginRecord, isPlain, renderNumber, renderValue } from './value'

/**
 * The hot half of a line: appends an object literal's properties to `text` as `,"a":1,"b":"x"`, straight down the tree
 * of keys, and then `end`. Undefined when anything asks for care (a reserved key, one that is bound already, a long
 * string, another kind of object): then the careful encoder makes the record from the start, and a getter is read a
 * second time. Throws what a getter throws. Where the keys led to is left in `reached.shape`.
 *
 * Cost: about 10 ns a property and what its value costs; allocates the text alone.
 */
export function plainFields(text: string, fields: object, from: Shape, room: number, end: string): string | undefined {
  if (Object.getPrototypeOf(fields) !== Object.prototype) return undefined
  if (!isPlain(fields)) return undefined
  let shape = from
  let quote = false
  let counting = false
  for (const key in fields) {
    if (!own.call(fields, key)) continue
    shape = shape.nextKey === key ? (shape.next as Shape) : shape.step(key)
    if (shape.kind > KeyKind.err) {
      // A book with rules has no other keys: this was the first.
      const rules = shape.kind >= KeyKind.guarded ? from.book.guard?.redaction : undefined
      return rules?.writing.fields(text, fields, from, room, end)
    }
    const value = fields[key]
    if (shape.kind === KeyKind.err && !isErrorLike(value)) return undefined
    if (typeof value === 'string') {
      if (value.length > LONG) return undefined
      text += (quote ? shape.quoteQuote : shape.bareQuote) + escapeText(value)
      quote = true
      continue
    }
    let item: string | undefined
    if (typeof value === 'number') item = renderNumber(value)
    else if (typeof value === 'boolean') item = value ? 'true' : 'false'
    else {
      if (!counting) beginRecord()
      counting = true
      item = renderValue(value, room - text.length)
      if (item === undefined) continue
    }
    text += (quote ? shape.quoteBare : shape.bareBare) + item
    quote = false
    if (text.length > room) return undefined
  }
  reached.shape = shape
  return text + (quote ? `"${end}` : end)
}

/** The second result of plainFields: read it at once. */
export const reached: { shape: Shape | undefined } = { shape: undefined }

const own = Object.prototype.hasOwnProperty

/** Longer strings are measured before they are copied, in UTF-16 units. */
const LONG = 16_384
