import { isErrorLike } from '../error'
import { escapeText } from '../escape'
import { reached } from '../fields'
import { KeyKind, type Shape } from '../shape'
import { beginRecord, enterKey } from '../value'
import type { Guard, Replacement } from './guard'
import { guardedValue } from './render'

/**
 * As plainFields, for a book with rules of redaction: `shape` is where the fields begin. What a rule replaces by a
 * constant costs what a short string does; of all other strings, one look at their characters more.
 */
export function guardedFields(
  text: string,
  fields: object,
  from: Shape,
  room: number,
  end: string,
): string | undefined {
  const { redaction } = from.book.guard as Guard
  let line = text
  let shape = from
  let quote = false
  let counting = false
  for (const key in fields) {
    if (!own.call(fields, key)) continue
    shape = shape.nextKey === key ? (shape.next as Shape) : shape.step(key)
    if (shape.kind < KeyKind.guarded) return undefined
    const value = (fields as Record<string, unknown>)[key]
    if (shape.kind === KeyKind.guardedErr && !isErrorLike(value)) return undefined
    enterKey(key)
    let item: string | undefined
    if (shape.kind === KeyKind.censored) {
      if (value === undefined) continue
      const replacement = shape.verdict as Replacement
      item = replacement.constant ?? replacement.item(value, room - line.length)
    } else if (typeof value === 'string') {
      if (value.length > LONG) return undefined
      line += (quote ? shape.quoteQuote : shape.bareQuote) + escapeText(redaction.text(value))
      quote = true
      continue
    } else if (typeof value === 'boolean') item = value ? 'true' : 'false'
    else if (typeof value === 'number') item = redaction.number(value)
    else {
      if (!counting) beginRecord()
      counting = true
      item = guardedValue(value, room - line.length, shape.verdict as Guard)
    }
    if (item === undefined) continue
    line += (quote ? shape.quoteBare : shape.bareBare) + item
    quote = false
    if (line.length > room) return undefined
  }
  reached.shape = shape
  return line + (quote ? `"${end}` : end)
}

const own = Object.prototype.hasOwnProperty

/** Longer strings are measured before they are copied, in UTF-16 units. */
const LONG = 16_384
