import { escapeText } from '../escape'
import { quoted, threw } from '../mark'
import { KeyKind } from '../shape'
import {
  enterKey,
  functionText,
  LEAST,
  renderBigInt,
  renderObject,
  renderRest,
  renderValue,
  SHORT,
  share,
  touch,
} from '../value'
import { Guard, type Replacement } from './guard'

/** Any value, as renderValue writes it, where rules of redaction watch over it. */
export function guardedValue(value: unknown, room: number, guard: Guard): string | undefined {
  const { redaction } = guard
  switch (typeof value) {
    case 'string':
      return redaction.string(value, room)
    case 'number':
      return redaction.number(value)
    case 'object':
      return value === null ? 'null' : renderObject(value, room, guard)
    case 'bigint': {
      const item = renderBigInt(value)
      return redaction.mark(item.replaceAll('"', ''), item)
    }
    case 'symbol':
      return quoted(redaction.text(`[${value.toString()}]`))
    case 'function':
      return quoted(redaction.text(functionText(value as () => unknown)))
    default:
      return renderValue(value, room)
  }
}

/** A value under a key. */
export function guardedProperty(value: unknown, key: string, room: number, guard: Guard): string | undefined {
  enterKey(key)
  return decided(value, room, guard.step(key))
}

/** An item of an array. Two items in an array within one may be a key and its value: a Map's, or Object.entries(). */
export function guardedItem(value: unknown, index: number, room: number, guard: Guard): string | undefined {
  const verdict = guard.item(index)
  if (Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && verdict instanceof Guard) {
    const [key, item] = value as [string, unknown]
    const name = verdict.redaction.string(key, room >> 1)
    return `[${name},${guardedProperty(item, key, room - name.length, guard) ?? 'null'}]`
  }
  enterKey(String(index))
  return decided(value, room, verdict)
}

function decided(value: unknown, room: number, verdict: Guard | Replacement): string | undefined {
  if (verdict instanceof Guard) return guardedValue(value, room, verdict)
  return value === undefined ? undefined : verdict.item(value, room)
}

/** Object literals, with the keys' text and what the rules say of them from the guard's tree. */
export function guardedPlain(value: Record<string, unknown>, room: number, guard: Guard): string {
  const { redaction } = guard
  let shape = guard.book.root
  let text = ''
  let quote = false
  for (const key in value) {
    if (!own.call(value, key)) continue
    const next = shape.nextKey === key ? (shape.next as typeof shape) : shape.step(key)
    const left = room - text.length - key.length
    if (next.kind < KeyKind.guarded || left < LEAST) {
      return renderRest(value, room, quote ? `${text}"` : text, shape.keys(), guard)
    }
    shape = next
    // The first key's text opens the object; here that key had nothing to write.
    if (text === '' && shape.depth > 1) return renderRest(value, room, '', shape.keys().slice(0, -1), guard)
    touch()
    let item: string | undefined
    try {
      const property = value[key]
      enterKey(key)
      if (shape.kind === KeyKind.guarded && typeof property === 'string' && property.length <= SHORT) {
        text += (quote ? shape.quoteQuote : shape.bareQuote) + escapeText(redaction.text(property))
        quote = true
        continue
      }
      item = decided(property, share(left, 2), shape.verdict as Guard | Replacement)
    } catch (error) {
      item = threw(error, guard)
    }
    if (item === undefined) continue
    text += (quote ? shape.quoteBare : shape.bareBare) + item
    quote = false
  }
  if (text === '') return '{}'
  return quote ? `${text}"}` : `${text}}`
}

const own = Object.prototype.hasOwnProperty
