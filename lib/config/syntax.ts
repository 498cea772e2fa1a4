import { quote } from '../problem'

/** The first place where a text is not JSON. */
export interface SyntaxMistake {
  /** Offset, in UTF-16 units. */
  readonly at: number
  readonly length: number
  /** Never a value's text: it may be a secret. */
  readonly found: string
  readonly expected: string
}

/**
 * Where and why JSON.parse refuses a text; undefined if it does not. JSON.parse itself names a position for some
 * mistakes only, and its words differ between versions of Node. Cost: linear, and only paid for a bad file.
 */
export function findSyntaxMistake(text: string): SyntaxMistake | undefined {
  const closers: string[] = []
  let state: State = 'value'
  let comma = 0
  for (const { token, at } of tokens(text)) {
    const next = follow(state, token, closers)
    if (next === undefined) {
      if (state === 'key' && token === '}') return trailing(comma, token)
      if (state === 'value' && token === ']' && closers.at(-1) === ']') return trailing(comma, token)
      return mistake(text, token, at, expectation(state, closers))
    }
    if (token === ',') comma = at
    state = next
  }
  return undefined
}

type State = 'value' | 'first value' | 'key' | 'first key' | 'colon' | 'more' | 'nothing'

/** The state after a token, undefined if the token may not stand there. Keeps account of what is open. */
function follow(state: State, token: string, closers: string[]): State | undefined {
  switch (state) {
    case 'first key':
      return token === '}' ? close(closers) : follow('key', token, closers)
    case 'key':
      return isString(token) ? 'colon' : undefined
    case 'colon':
      return token === ':' ? 'value' : undefined
    case 'first value':
      return token === ']' ? close(closers) : follow('value', token, closers)
    case 'value':
      if (token === '{' || token === '[') {
        closers.push(token === '{' ? '}' : ']')
        return token === '{' ? 'first key' : 'first value'
      }
      return isString(token) || SCALAR.test(token) ? afterValue(closers) : undefined
    case 'more':
      if (token === closers.at(-1)) return close(closers)
      return token === ',' ? (closers.at(-1) === '}' ? 'key' : 'value') : undefined
    case 'nothing':
      return token === '' ? 'nothing' : undefined
  }
}

function close(closers: string[]): State {
  closers.pop()
  return afterValue(closers)
}

function afterValue(closers: readonly string[]): State {
  return closers.length === 0 ? 'nothing' : 'more'
}

/** Marks, strings (to the end of their line if they have no end), words; at the end of the text an empty one. */
function* tokens(text: string): Generator<{ token: string; at: number }> {
  for (let at = 0, token = ' '; token !== ''; at += token.length) {
    at += match(SPACE, text, at).length
    token = match(TOKEN, text, at)
    yield { token, at }
  }
}

function match(sticky: RegExp, text: string, at: number): string {
  sticky.lastIndex = at
  return sticky.exec(text)?.[0] ?? ''
}

function expectation(state: State, closers: readonly string[]): string {
  switch (state) {
    case 'first key':
      return "a property's name in double quotes, or '}'"
    case 'key':
      return "a property's name in double quotes"
    case 'colon':
      return "':' after the property's name"
    case 'first value':
      return "a value, or ']'"
    case 'value':
      return 'a value'
    case 'more':
      return `',' or '${closers.at(-1)}'`
    case 'nothing':
      return 'the end of the file'
  }
}

function trailing(comma: number, closer: string): SyntaxMistake {
  return { at: comma, length: 1, found: 'a trailing comma', expected: `no comma before '${closer}'` }
}

function mistake(text: string, token: string, at: number, expected: string): SyntaxMistake {
  const place = { at, length: Math.max(1, token.length), expected }
  if (token === '') return { ...place, found: at === 0 ? 'nothing' : 'the end of the file' }
  if (token.startsWith('/')) return { ...place, found: 'a comment', expected: 'JSON, which has none' }
  if (token.startsWith("'")) return { ...place, found: 'single quotes', expected: 'double quotes' }
  if (!token.startsWith('"')) return { ...place, found: MARK.test(token) ? quote(token) : 'a word without quotes' }
  const fault = faultOf(token)
  if (fault === undefined) return { ...place, found: 'a string' }
  const inside = { at: at + fault, length: 1 }
  if (fault === token.length) {
    const found = inside.at === text.length ? 'the end of the file' : 'the end of the line'
    return { ...inside, found, expected: 'a double quote at the end of the string' }
  }
  if (token[fault] !== '\\')
    return { ...inside, found: 'a control character in a string', expected: 'it escaped, as in \\t' }
  return { ...inside, found: 'an escape that JSON does not have', expected: 'one such as \\n, \\" or \\\\' }
}

function isString(token: string): boolean {
  return token.startsWith('"') && faultOf(token) === undefined
}

/** Offset of what is wrong in a token that starts as a string: its length, if only the end is missing. */
function faultOf(token: string): number | undefined {
  for (let at = 1; at < token.length; at++) {
    if (token[at] === '"') return undefined
    if (token.charCodeAt(at) < 0x20) return at
    if (token[at] !== '\\') continue
    ESCAPE.lastIndex = at
    const escaped = ESCAPE.exec(token)
    if (escaped === null) return at
    at += escaped[0].length - 1
  }
  return token.length
}

const SPACE = /[ \t\n\r]*/y
const TOKEN = /[{}[\]:,]|"(?:[^"\\\n\r]|\\[^\n\r])*"?|'[^'\n\r]*'?|\/[^\n\r]*|[^ \t\n\r{}[\]:,"']+/y
const MARK = /^[{}[\]:,]$/
const SCALAR = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
