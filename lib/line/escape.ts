/**
 * A string as the inside of a JSON string: well-formed Unicode (a lone surrogate becomes U+FFFD), with
 * quotes, backslashes, every control character (C0, DEL, C1) and U+2028/2029 escaped, so that a line stays
 * one line wherever it is read. Returns the same string when there is nothing to do, which is the common case.
 *
 * Cost: about 1 ns a character up to LOOP_MAX, then one pass of the regular-expression engine.
 */
export function escapeText(text: string): string {
  const length = text.length
  if (length > LOOP_MAX) return UNSAFE.test(text) ? rewrite(text) : text
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code < 32 || code === 34 || code === 92 || code > 126) return rewrite(text)
  }
  return text
}

/** Up to this length a loop over the characters beats entering the regular-expression engine: on Node 20 to 26 alike. */
const LOOP_MAX = 16

const UNSAFE = /[\u0000-\u001f"\\\u007f-\u009f\u2028\u2029\ud800-\udfff]/
/** The same but for the line break, which is what a stack has of it. */
const UNSAFE_IN_LINES = /[\u0000-\u0009\u000b-\u001f"\\\u007f-\u009f\u2028\u2029\ud800-\udfff]/
/** What JSON.stringify leaves as it is, and surrogates. */
const RARE = /[\u007f-\u009f\u2028\u2029\ud800-\udfff]/
const RAW_IN_JSON = /[\u007f-\u009f\u2028\u2029]/g

function rewrite(text: string): string {
  if (!UNSAFE_IN_LINES.test(text)) return text.replaceAll('\n', '\\n')
  if (!RARE.test(text)) return JSON.stringify(text).slice(1, -1)
  const formed = text.isWellFormed() ? text : text.toWellFormed()
  return JSON.stringify(formed).slice(1, -1).replace(RAW_IN_JSON, hex)
}

function hex(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** The longest start of `text` of at most `length` units that does not end inside a surrogate pair. */
export function cutAt(text: string, length: number): string {
  const last = text.charCodeAt(length - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length)
}
