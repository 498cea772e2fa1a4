import type { Replacement } from './guard'

/** Places in a text: start and end of the first, of the second, … in order, not overlapping. */
export type Spans = readonly number[]

/** The text with each of its places replaced. */
export function replaceAll(text: string, spans: Spans, replacement: Replacement): string {
  if (spans.length === 0) return text
  let made = ''
  let from = 0
  for (let i = 0; i < spans.length; i += 2) {
    made += text.slice(from, spans[i]) + replacement.text(text.slice(spans[i], spans[i + 1]))
    from = spans[i + 1] as number
  }
  return made + text.slice(from)
}

/**
 * A text that was cut, without its last word and digits: they may be the first half of something that would have been
 * found whole.
 */
export function dropTail(text: string): string {
  let end = text.length
  const least = Math.max(0, end - MAX_WORD)
  while (end > least && !isSpace(text.charCodeAt(end - 1))) end--
  for (let steps = 0; steps < MAX_DIGITS && end > 0 && isNumeric(text.charCodeAt(end - 1)); steps++) end--
  return text.slice(0, end)
}

const MAX_WORD = 4096
const MAX_DIGITS = 64

export function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13)
}

function isNumeric(code: number): boolean {
  return isDigit(code) || code === 32 || code === 45
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}
