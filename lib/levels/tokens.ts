import { BACKSLASH, CLOSE_BRACKET, COMMA, EQUALS, endsWord, isBlank, OPEN_BRACKET, QUOTE } from './rule'

/** A piece of a level text. `end` stands once, behind the last one. */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'bad' | 'end' | ',' | '=' | '[' | ']'
  /** What it says: without quotes and escapes if quoted, '' at the end. For `bad`, what was expected instead. */
  readonly text: string
  readonly at: number
  readonly length: number
}

/** Cuts a text into tokens; blanks between them are left out. Linear time, never throws. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  // The rest of the text is searched for a closing quote only once, or many open quotes would cost its square.
  let quotesClose = true
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (isBlank(code)) {
      at++
      continue
    }
    let token = code === QUOTE ? (quotesClose ? readQuoted(text, at) : undefined) : readPlain(text, at, code)
    if (token === undefined) {
      quotesClose = false
      token = { kind: 'bad', text: 'a closing quote', at, length: 1 }
    }
    tokens.push(token)
    at += token.length
  }
  tokens.push({ kind: 'end', text: '', at: text.length, length: 1 })
  return tokens
}

function readPlain(text: string, at: number, code: number): Token {
  if (code === COMMA || code === EQUALS || code === OPEN_BRACKET || code === CLOSE_BRACKET) {
    const mark = text[at] as ',' | '=' | '[' | ']'
    return { kind: mark, text: mark, at, length: 1 }
  }
  let end = at + 1
  while (end < text.length && !endsWord(text.charCodeAt(end))) end++
  return { kind: 'word', text: text.slice(at, end), at, length: end - at }
}

/** Undefined if the quote is never closed. */
function readQuoted(text: string, at: number): Token | undefined {
  let said = ''
  let from = at + 1
  let unknownEscape = false
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === QUOTE) {
      const length = i + 1 - at
      if (unknownEscape) return { kind: 'bad', text: 'only \\" and \\\\ after a backslash in quotes', at, length }
      return { kind: 'quoted', text: said + text.slice(from, i), at, length }
    }
    if (code !== BACKSLASH) continue
    const next = text.charCodeAt(i + 1)
    if (next !== QUOTE && next !== BACKSLASH) unknownEscape = true
    said += text.slice(from, i)
    from = ++i
  }
  return undefined
}
