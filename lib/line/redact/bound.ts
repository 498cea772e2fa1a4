import { Bound, shapeOf } from '../bound'
import { redactText } from '../record'
import type { KeyBook } from '../shape'

/**
 * Fields that were bound without the rules of a book: a context's, which belongs to no configuration, or those of a
 * logger older than its rules. What an earlier rule has replaced stays replaced.
 */
export function redactBound({ text }: Bound, book: KeyBook): Bound {
  const safe = redactText(text, book)
  return new Bound(safe, shapeOf(safe, book))
}

/** The same for a context, which many lines are logged in: done once for each guard. */
export function redactContext(context: Bound, book: KeyBook): Bound {
  const known = contexts.get(context)
  if (known !== undefined && known.shape.book.guard === book.guard) return known
  const made = redactBound(context, book)
  contexts.set(context, made)
  return made
}

const contexts = new WeakMap<Bound, Bound>()
