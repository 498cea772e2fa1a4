/**
 * A string as the inside of a JSON string: well-formed Unicode (a lone surrogate becomes U+FFFD), with
 * quotes, backslashes, every control character (C0, DEL, C1) and U+2028/2029 escaped, so that a line stays
 * one line wherever it is read. Returns the same string when there is nothing to do, which is the common case.
 *
 * Cost: about 1 ns a character up to LOOP_MAX, then one pass of the regular-expression engine, 0.6 ns a character;
 * a third of that from JSON_MIN on where JSON.stringify looks at many characters at once. benchmarks/escape.ts measures
 * all of it; what came out is in docs/PERFORMANCE.md.
 */
export function escapeText(text: string): string {
  const length = text.length
  if (length > LOOP_MAX) return length >= JSON_MIN ? throughJson(text) : UNSAFE.test(text) ? rewrite(text) : text
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code < 32 || code === 34 || code === 92 || code > 126) return rewrite(text)
  }
  return text
}

const NODE = Number.parseInt(process.versions.node, 10)
/** Up to this length a loop over the characters beats entering the regular-expression engine: on Node 20 to 26 alike. */
const LOOP_MAX = 16
/** From this length on JSON.stringify beats it, whatever is in the text: from Node 25 on, whose V8 reads a vector at a time. */
const JSON_MIN = NODE >= 25 ? 256 : Number.POSITIVE_INFINITY
/** JSON.stringify rewrites a text with line breaks faster than replaceAll: from Node 22 on. */
const JSON_REWRITES = NODE >= 22

const UNSAFE = /[\u0000-\u001f"\\\u007f-\u009f\u2028\u2029\ud800-\udfff]/
/** The same but for the line break, which is what a stack has of it. */
const UNSAFE_IN_LINES = /[\u0000-\u0009\u000b-\u001f"\\\u007f-\u009f\u2028\u2029\ud800-\udfff]/
/** What JSON.stringify leaves as it is, and surrogates. */
const RARE = /[\u007f-\u009f\u2028\u2029\ud800-\udfff]/
const RAW_IN_JSON = /[\u007f-\u009f\u2028\u2029]/g

function throughJson(text: string): string {
  if (!isAscii(text)) return UNSAFE.test(text) ? rewriteRare(text) : text
  const json = JSON.stringify(text)
  return json.length === text.length + 2 ? text : json.slice(1, -1)
}

function rewrite(text: string): string {
  if (JSON_REWRITES && isAscii(text)) return JSON.stringify(text).slice(1, -1)
  if (!UNSAFE_IN_LINES.test(text)) return text.replaceAll('\n', '\\n')
  return rewriteRare(text)
}

function rewriteRare(text: string): string {
  if (!RARE.test(text)) return JSON.stringify(text).slice(1, -1)
  const formed = text.isWellFormed() ? text : text.toWellFormed()
  return JSON.stringify(formed).slice(1, -1).replace(RAW_IN_JSON, hex)
}

/** Without DEL, which JSON.stringify leaves as it is. Cost: 20 ns, 50 for 2 KB; on Node 24 290 for 2 KB. */
function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length && !text.includes('\u007f')
}

function hex(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** The longest start of `text` of at most `length` units that does not end inside a surrogate pair. */
export function cutAt(text: string, length: number): string {
  const last = text.charCodeAt(length - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length)
}
