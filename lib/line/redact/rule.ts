import { nearest, type Problem, quote } from '../../problem'
import { COMMON_NAMES, COMMON_WORD } from './common'

/** `*`: any one key. */
export const ONE = 1
/** `**`: any number of keys. */
export const MANY = 2

/** A key as `nameOf` gives it, or a wildcard. */
export type Segment = string | typeof ONE | typeof MANY

/** The way from a record's root to a value; a name that may stand at any depth begins with MANY. */
export type Path = readonly Segment[]

/** How keys are compared: without case, `-` and `_`, so that `apiKey` is also `API_KEY` and `Api-Key`. */
export function nameOf(key: string): string {
  const plain = (key.length > LONGEST ? key.slice(0, LONGEST) : key).toLowerCase()
  const bare = plain.replace(/[-_]+/g, '')
  return bare === '' ? plain : bare
}

/** What one text of a rule says; a word such as `@common` stands for several paths. */
export function parsePaths(text: string, where: string): readonly Path[] | Problem {
  if (text.startsWith('@')) {
    if (text === COMMON_WORD) return COMMON_NAMES.map(name => [MANY, nameOf(name)])
    const expected = `${COMMON_WORD}, or a key in brackets: ["@key"]`
    return { where, found: quote(text), expected, suggestion: nearest(text, [COMMON_WORD]) }
  }
  const reader = new PathReader(text)
  const mistake = reader.read()
  if (mistake === undefined) return [reader.path]
  const { at, found, expected } = mistake
  return { where, found, expected, text, at }
}

interface Mistake {
  readonly at: number
  readonly found: string
  readonly expected: string
}

/** Reads `a.*.b`, `a[*].b`, `a["b.c"]`: the notation of paths in JavaScript, with wildcards. */
class PathReader {
  private readonly segments: Segment[] = []
  private at = 0

  constructor(private readonly text: string) {}

  get path(): Path {
    const [only] = this.segments
    const anywhere = this.segments.length === 1 && typeof only === 'string'
    return anywhere ? [MANY, only] : this.segments
  }

  read(): Mistake | undefined {
    const { text } = this
    if (text === '') return this.mistake('nothing', EXPECTED)
    while (this.at < text.length) {
      const mistake = text[this.at] === '[' ? this.bracket() : this.word()
      if (mistake !== undefined) return mistake
      if (this.segments.length > MAX_SEGMENTS) return this.mistake('a longer path', `at most ${MAX_SEGMENTS} keys`)
      if (this.at === text.length || text[this.at] === '[') continue
      if (text[this.at] !== '.') return this.mistake(this.next(), "'.', '[' or the end")
      this.at++
      if (this.at === text.length) return this.mistake('the end', 'a key after the dot')
    }
    return undefined
  }

  private word(): Mistake | undefined {
    const start = this.at
    while (this.at < this.text.length && !'.[]'.includes(this.text[this.at] as string)) this.at++
    const word = this.text.slice(start, this.at)
    if (word === '') return this.mistake(this.next(), EXPECTED)
    return this.add(word, start)
  }

  private add(word: string, start: number): Mistake | undefined {
    if (word === '*') this.segments.push(ONE)
    else if (word === '**') this.segments.push(MANY)
    else if (word.includes('*')) {
      this.at = start
      return this.mistake(quote(word), "'*' for a whole key, '**' for any number of them, or a key in brackets")
    } else this.segments.push(nameOf(word))
    return undefined
  }

  private bracket(): Mistake | undefined {
    this.at++
    const mark = this.text[this.at]
    if (mark === '"' || mark === "'") {
      const mistake = this.quoted(mark)
      if (mistake !== undefined) return mistake
    } else {
      const start = this.at
      while (this.at < this.text.length && this.text[this.at] !== ']') this.at++
      const word = this.text.slice(start, this.at)
      if (!/^(?:\*|\*\*|\d{1,9})$/.test(word)) {
        this.at = start
        return this.mistake(word === '' ? this.next() : quote(word), '\'*\', an index, or a key in quotes: ["key"]')
      }
      this.add(word, start)
    }
    if (this.text[this.at] !== ']') return this.mistake(this.next(), "']'")
    this.at++
    return undefined
  }

  private quoted(mark: string): Mistake | undefined {
    const start = this.at
    let key = ''
    for (this.at++; this.text[this.at] !== mark; this.at++) {
      if (this.text[this.at] === '\\') this.at++
      if (this.at >= this.text.length) {
        this.at = start
        return this.mistake('a quote that is not closed', `${mark} before the end`)
      }
      key += this.text[this.at]
    }
    this.at++
    this.segments.push(nameOf(key))
    return undefined
  }

  private next(): string {
    return this.at < this.text.length ? quote(this.text[this.at] as string) : 'the end'
  }

  private mistake(found: string, expected: string): Mistake {
    return { at: this.at, found, expected }
  }
}

const EXPECTED = "a key, '*' or '**'"
const MAX_SEGMENTS = 64
/** Of a longer key the start is compared, in UTF-16 units. */
const LONGEST = 4096
