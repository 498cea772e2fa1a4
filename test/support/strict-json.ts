/** What a strict parse gives. Objects have no prototype, so that `__proto__` is a key like any other. */
export type Json = null | boolean | number | string | Json[] | JsonObject

export interface JsonObject {
  [key: string]: Json
}

/**
 * Why a text was refused: `syntax` is what RFC 8259 forbids; the others are what it leaves open and what receivers
 * of logs stumble over: a key given twice, a lone surrogate, a raw control character (C0, DEL, C1, U+2028/2029),
 * an integer beyond 2^53 or a number beyond a double's range.
 */
export type Rule = 'syntax' | 'key given twice' | 'lone surrogate' | 'control character' | 'number too large'

export class StrictJsonError extends Error {
  readonly rule: Rule
  /** Offset of the fault, in UTF-16 units. */
  readonly offset: number

  constructor(rule: Rule, offset: number, what: string) {
    super(`${rule} at offset ${offset}: ${what}`)
    this.name = 'StrictJsonError'
    this.rule = rule
    this.offset = offset
  }
}

/** Parses one JSON text, as strictly as the strictest receiver would. Throws a StrictJsonError. */
export function parseStrict(text: string): Json {
  return new Parser(text).document()
}

class Parser {
  private readonly text: string
  private at = 0

  constructor(text: string) {
    this.text = text
  }

  document(): Json {
    this.space()
    const value = this.value()
    this.space()
    if (this.at < this.text.length) this.fail('syntax', 'text after the end')
    return value
  }

  private value(): Json {
    switch (this.text[this.at]) {
      case '{':
        return this.object()
      case '[':
        return this.array()
      case '"':
        return this.string()
      case 't':
        return this.word('true', true)
      case 'f':
        return this.word('false', false)
      case 'n':
        return this.word('null', null)
      default:
        return this.number()
    }
  }

  private object(): JsonObject {
    const object: JsonObject = Object.create(null)
    this.at++
    this.space()
    if (this.accept('}')) return object
    do {
      this.space()
      const start = this.at
      if (this.text[this.at] !== '"') this.fail('syntax', `expected a key, found ${this.here()}`)
      const key = this.string()
      if (key in object) this.fail('key given twice', JSON.stringify(key), start)
      this.space()
      if (!this.accept(':')) this.fail('syntax', `expected ':', found ${this.here()}`)
      this.space()
      object[key] = this.value()
      this.space()
    } while (this.accept(','))
    if (!this.accept('}')) this.fail('syntax', `expected ',' or '}', found ${this.here()}`)
    return object
  }

  private array(): Json[] {
    const array: Json[] = []
    this.at++
    this.space()
    if (this.accept(']')) return array
    do {
      this.space()
      array.push(this.value())
      this.space()
    } while (this.accept(','))
    if (!this.accept(']')) this.fail('syntax', `expected ',' or ']', found ${this.here()}`)
    return array
  }

  private string(): string {
    const start = this.at++
    let value = ''
    for (;;) {
      const raw = this.take(UNESCAPED)
      // Checked by itself: a raw half beside an escaped half is no pair.
      if (!raw.isWellFormed()) this.fail('lone surrogate', 'raw', start)
      value += raw
      const next = this.text[this.at]
      if (next === '"') break
      if (next === undefined) this.fail('syntax', 'a string without an end', start)
      if (next !== '\\') this.fail('control character', `raw ${this.here()}`)
      value += this.escape()
    }
    this.at++
    if (!value.isWellFormed()) this.fail('lone surrogate', 'escaped', start)
    return value
  }

  private escape(): string {
    const sequence = this.take(ESCAPE)
    if (sequence === '') this.fail('syntax', `unknown escape ${JSON.stringify(this.text.slice(this.at, this.at + 6))}`)
    const letter = sequence[1] as string
    return letter === 'u' ? String.fromCharCode(Number.parseInt(sequence.slice(2), 16)) : (LETTERS[letter] ?? letter)
  }

  private number(): number {
    const start = this.at
    const digits = this.take(NUMBER)
    if (digits === '') this.fail('syntax', `expected a value, found ${this.here()}`)
    const value = Number(digits)
    const tooLarge = Number.isInteger(value) ? Math.abs(value) > 2 ** 53 || !exact(digits, value) : value === value / 2
    if (tooLarge && value !== 0) this.fail('number too large', digits.slice(0, 40), start)
    return value
  }

  private word<Value extends boolean | null>(word: string, value: Value): Value {
    if (!this.text.startsWith(word, this.at)) this.fail('syntax', `expected ${word}, found ${this.here()}`)
    this.at += word.length
    return value
  }

  private space(): void {
    this.take(SPACE)
  }

  private accept(character: string): boolean {
    if (this.text[this.at] !== character) return false
    this.at++
    return true
  }

  private take(pattern: RegExp): string {
    pattern.lastIndex = this.at
    const start = this.at
    if (pattern.test(this.text)) this.at = pattern.lastIndex
    return this.text.slice(start, this.at)
  }

  private here(): string {
    const code = this.text.charCodeAt(this.at)
    return Number.isNaN(code) ? 'the end' : `U+${code.toString(16).padStart(4, '0')}`
  }

  private fail(rule: Rule, what: string, offset = this.at): never {
    throw new StrictJsonError(rule, offset, what)
  }
}

/** False for an integer literal that a double rounds: 9007199254740993. */
function exact(digits: string, value: number): boolean {
  return !/^-?\d+$/.test(digits) || BigInt(digits) === BigInt(value)
}

const SPACE = /[ \t\n\r]*/y
const UNESCAPED = /[^"\\\u0000-\u001f\u007f-\u009f\u2028\u2029]*/y
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const LETTERS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }
