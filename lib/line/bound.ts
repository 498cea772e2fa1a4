import type { Call } from './call'
import { isErrorLike } from './error'
import { plainFields, reached } from './fields'
import { renderRecord } from './record'
import type { KeyBook, Shape } from './shape'

/** Fields rendered before the call: a child's, a context's, or both. */
export class Bound {
  /** `,"requestId":"4bf92f"`, or nothing. */
  readonly text: string
  /** Where their keys lead to in the tree. */
  readonly shape: Shape
  /** `text` after the constants of the encoder that is named beside it: an encoder's own note. */
  lead = ''
  leadOf: object | undefined = undefined
  /** The last answer of `within`. */
  private outer: Bound | undefined = undefined
  private joint: Bound | undefined = undefined

  constructor(text: string, shape: Shape) {
    this.text = text
    this.shape = shape
  }

  /**
   * These fields after those of `outer`, whose they replace where two keys are the same. Remembers one answer: what is
   * logged in a context is logged by few loggers. Cost: a comparison, or once a context and logger about 100 ns; 2 µs
   * where keys collide.
   */
  within(outer: Bound): Bound {
    if (this.text === '' && this.shape.book === outer.shape.book) return outer
    if (this.outer === outer) return this.joint as Bound
    const seen = outer.seenBy(this.shape.book)
    const shape = seen.shape.joined(this.shape)
    this.joint = shape === undefined ? rejoin(seen, this, UNCUT) : new Bound(seen.text + this.text, shape)
    this.outer = outer
    return this.joint
  }

  /** These fields as the rules of redaction of a book let them be seen. A context's are rendered without any. */
  seenBy(book: KeyBook): Bound {
    const { guard } = book
    return guard === undefined || guard === this.shape.book.guard ? this : guard.redaction.writing.context(this, book)
  }
}

/** Binds fields for later lines: rendered now, once. At most `room` units; what is bound already stays. */
export function bind(outer: Bound, fields: object, book: KeyBook, room: number): Bound {
  const own = bindPlain(outer, fields, room)
  if (own !== undefined && outer.text.length + own.length <= room) {
    return new Bound(outer.text + own, reached.shape as Shape)
  }
  // With a message there already, a bound `msg` is one of the reserved names.
  const call: Call = isErrorLike(fields)
    ? { msg: '', err: fields, fields: [] }
    : { msg: '', err: undefined, fields: [fields] }
  const { fields: text } = renderRecord([outer.text], call, book, room)
  return new Bound(text, shapeOf(text, book))
}

/** Bound fields under those of an outer logger that came later: what is rendered stays as it is. */
export function rejoin(outer: Bound, inner: Bound, room: number, book: KeyBook = inner.shape.book): Bound {
  const { fields: text } = renderRecord([outer.text, inner.text], { msg: '', err: undefined, fields: [] }, book, room)
  return new Bound(text, shapeOf(text, book))
}

function bindPlain(outer: Bound, fields: object, room: number): string | undefined {
  try {
    return plainFields('', fields, outer.shape, room, '')
  } catch {
    return undefined
  }
}

/** Where the keys of a text lead to in a book's tree. */
export function shapeOf(text: string, book: KeyBook): Shape {
  let shape = book.root
  if (text !== '') for (const key of Object.keys(JSON.parse(`{${text.slice(1)}}`) as object)) shape = shape.step(key)
  return shape
}

/** Room enough for what was rendered once already: nested values are each left a part of what there is. In UTF-16 units. */
export const UNCUT = 2 ** 28
