import { cutAt, escapeText } from './escape'
import type { Guard } from './redact/guard'

/** What stands in a line where a value could not: JSON text, each saying why. */
export const CIRCULAR = '"[circular]"'
export const TOO_DEEP = '"[cut: nested deeper than 20]"'
export const TOO_MUCH = '"[cut: more values than a line may hold]"'

/** In place of what a getter, a toJSON or a proxy threw. */
export function threw(error: unknown, guard?: Guard): string {
  const text = `[threw: ${describe(error)}]`
  return quoted(guard === undefined ? text : guard.redaction.text(text.slice(0, MOST_DESCRIBED)))
}

/** Of what was thrown, so much is looked at by redaction, in UTF-16 units. */
const MOST_DESCRIBED = 16_384

/** In place of the part of something that had no room. */
export function cut(what: string): string {
  return quoted(`[cut: ${what}]`)
}

/** Any text as a JSON string of at most about 200 characters. */
export function quoted(text: string): string {
  return `"${escapeText(text.length > MARK_LENGTH ? cutAt(text, MARK_LENGTH) : text)}"`
}

const MARK_LENGTH = 200

/** Something thrown, as a short text. Never throws itself. */
export function describe(error: unknown): string {
  try {
    if (typeof error === 'string') return error
    // Printing a bigint of a million digits takes a third of a second.
    if (typeof error === 'bigint') return 'a bigint'
    if (typeof error !== 'object' || error === null) return String(error)
    const message = (error as { message?: unknown }).message
    return typeof message === 'string' ? message : 'an object that is no error'
  } catch {
    return 'an error that cannot be read'
  }
}
