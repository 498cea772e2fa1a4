import { nearest, type Problem, quote } from '../problem'
import { type LevelTable, SILENT } from './levels'
import { type Condition, condition, EVERY_NAME, type Rule } from './rule'
import { type Token, tokenize } from './tokens'

/** The longest level text that is read, in UTF-16 units. */
export const MAX_LEVELS_LENGTH = 65_536

/** The mistakes told apart in one text; the rest is counted. */
const MAX_PROBLEMS = 20

export interface ParsedLevels {
  /** In the order of the text: of two that are equal otherwise, the later one decides. */
  readonly rules: readonly Rule[]
  readonly problems: readonly Problem[]
}

/**
 * Reads a level text such as `warn,http=debug,http[tenant=acme]=trace`. Never throws: each mistake is a
 * problem with its place, and every item without one takes effect. Takes time linear in the text's length;
 * a text beyond 65,536 characters is one problem and no rules.
 *
 * `where` names the text's origin for people (`LOG_LEVEL`); `levels` says which level names exist.
 */
export function parseLevels(text: string, { where, levels }: { where: string; levels: LevelTable }): ParsedLevels {
  if (typeof text !== 'string') {
    return { rules: [], problems: [{ where, found: kindOf(text), expected: EXPECTED_TEXT }] }
  }
  if (text.length > MAX_LEVELS_LENGTH) {
    const expected = `at most ${MAX_LEVELS_LENGTH} characters of levels`
    return { rules: [], problems: [{ where, found: `${text.length} characters`, expected }] }
  }
  return new Parser(text, where, levels).parse()
}

const EXPECTED_TEXT = "a text of levels such as 'warn,http=debug'"

function kindOf(value: unknown): string {
  return value === null || value === undefined ? String(value) : `a value of type ${typeof value}`
}

/** Recursive descent over tokens. A method that finds a mistake notes it and returns undefined; `parse` goes on after it. */
class Parser {
  private readonly tokens: Token[]
  private readonly rules: Rule[] = []
  private readonly problems: Problem[] = []
  private mistakes = 0
  private position = 0
  private inBrackets = false

  constructor(
    private readonly text: string,
    private readonly where: string,
    private readonly levels: LevelTable,
  ) {
    this.tokens = tokenize(text)
  }

  parse(): ParsedLevels {
    while (this.token.kind !== 'end') {
      if (this.take(',')) continue
      const rule = this.item()
      if (rule === undefined) this.recover()
      else this.rules.push(rule)
    }
    if (this.mistakes > MAX_PROBLEMS) {
      const found = `${this.mistakes - MAX_PROBLEMS} more mistakes`
      this.problems.push({ where: this.where, found, expected: 'none' })
    }
    return { rules: this.rules, problems: this.problems }
  }

  /** `level`, `-target` or `target=level`, up to the comma. */
  private item(): Rule | undefined {
    const first = this.token
    const off = this.takePrefix('-')
    if (!off && first.kind === 'word' && this.endsItem(this.tokens[this.position + 1]!)) return this.defaultLevel(first)
    const target = this.takePrefix('to:') ? this.transport() : this.logger()
    if (target === undefined) return undefined
    const level = off ? SILENT : this.assignedLevel(first)
    if (level === undefined) return undefined
    if (!this.endsItem(this.token)) {
      return this.mistake(this.token, off ? "a comma: '-name' turns a name off and takes no level" : 'a comma')
    }
    return { ...target, level }
  }

  private defaultLevel(word: Token): Rule | undefined {
    const level = this.levelOf(word.text)
    if (level === undefined) {
      const names = this.levelNames()
      const hint = nearest(word.text, this.levels.names) ?? `${word.text}=debug`
      return this.mistake(word, `a level (${names}) or 'name=level'`, hint)
    }
    this.position++
    return { target: 'default', name: '', glob: false, conditions: [], level }
  }

  private transport(): Omit<Rule, 'level'> | undefined {
    const { kind, text } = this.token
    if (!isName(this.token)) return this.mistake(this.token, "a transport's name after 'to:'")
    if (kind === 'word' && text.includes('*'))
      return this.mistake(this.token, "a transport's name: globs are for loggers")
    this.position++
    return { target: 'transport', name: text, glob: false, conditions: [] }
  }

  private logger(): Omit<Rule, 'level'> | undefined {
    let name = EVERY_NAME
    let glob = true
    if (this.token.kind !== '[') {
      if (!isName(this.token)) return this.mistake(this.token, "a name, a '[field=value]' or a level")
      if (this.token.kind === 'word' && !this.hasWholeSegments(this.token)) return undefined
      name = this.token.text
      glob = this.token.kind === 'word' && name.includes('*')
      this.position++
    }
    const conditions: Condition[] = []
    while (this.take('[')) {
      this.inBrackets = true
      if (!this.bracket(conditions)) return undefined
      this.inBrackets = false
    }
    return { target: 'name', name, glob, conditions }
  }

  /** What stands between brackets, and the closing one: `field=value`, more of them after commas. */
  private bracket(conditions: Condition[]): true | undefined {
    do {
      const field = this.token
      if (!isName(field)) return this.mistake(field, "a field's name")
      if (conditions.some(other => other.field === field.text)) return this.mistake(field, 'each field once')
      this.position++
      if (!this.take('=')) return this.mistake(this.token, `'=' and a value for ${quote(field.text)}`)
      const value = this.token
      if (value.kind !== 'word' && value.kind !== 'quoted') return this.mistake(value, 'a value')
      if (value.kind === 'word' && value.text.includes('*')) {
        return this.mistake(value, "a whole value: there are no globs here, and a '*' itself stands in quotes")
      }
      this.position++
      conditions.push(condition(field.text, value.text))
    } while (this.take(','))
    return this.take(']') ? true : this.mistake(this.token, "']' or a comma")
  }

  private assignedLevel(first: Token): number | undefined {
    if (!this.take('=')) return this.mistake(this.token, isName(this.token) ? "a comma or '='" : "'=' and a level")
    const word = this.token
    const level = word.kind === 'word' ? this.levelOf(word.text) : undefined
    if (level === undefined) return this.mistake(word, `a level (${this.levelNames()})`, this.nearestLevel(word, first))
    this.position++
    return level
  }

  private nearestLevel(word: Token, first: Token): string | undefined {
    if (word.kind !== 'word' && word.kind !== 'quoted') return undefined
    const turnedRound = this.levels.number(first.text) === undefined ? undefined : `${word.text}=${first.text}`
    return nearest(word.text, [...this.levels.names, 'silent', 'off']) ?? turnedRound
  }

  /** Numbers between two levels are thresholds too: `25` lets pass what is above debug. */
  private levelOf(word: string): number | undefined {
    const named = this.levels.number(word)
    if (named !== undefined) return named
    return /^\d{1,9}$/.test(word) ? Number(word) : undefined
  }

  private levelNames(): string {
    return [...this.levels.names, 'silent'].join(', ')
  }

  private hasWholeSegments(word: Token): boolean {
    let at = word.at
    for (const segment of word.text.split('.')) {
      if (segment === '') {
        this.mistake({ ...word, at: Math.max(word.at, at - 1), length: 1 }, 'no empty segment in a name without quotes')
        return false
      }
      if (segment.includes('*') && segment !== '*' && segment !== '**') {
        const place: Token = { kind: 'word', text: segment, at, length: segment.length }
        this.mistake(place, "'*' or '**' as a whole segment, or the name in quotes")
        return false
      }
      at += segment.length + 1
    }
    return true
  }

  private get token(): Token {
    return this.tokens[this.position]!
  }

  private take(kind: Token['kind']): boolean {
    if (this.token.kind !== kind) return false
    this.position++
    return true
  }

  /** Takes `prefix` off the front of a word; the rest of the word, if any, is the next token. */
  private takePrefix(prefix: string): boolean {
    const { kind, text, at, length } = this.token
    if (kind !== 'word' || !text.startsWith(prefix)) return false
    if (length === prefix.length) this.position++
    else {
      const rest = text.slice(prefix.length)
      this.tokens[this.position] = { kind, text: rest, at: at + prefix.length, length: rest.length }
    }
    return true
  }

  private endsItem({ kind }: Token): boolean {
    return kind === ',' || kind === 'end'
  }

  private mistake(token: Token, expected: string, suggestion?: string): undefined {
    if (++this.mistakes > MAX_PROBLEMS) return undefined
    const found =
      token.kind === 'end' ? 'the end of the text' : quote(this.text.slice(token.at, token.at + token.length))
    const wanted = token.kind === 'bad' ? token.text : expected
    this.problems.push({
      where: this.where,
      found,
      expected: wanted,
      suggestion,
      text: this.text,
      at: token.at,
      length: token.length,
    })
    return undefined
  }

  /**
   * Goes to the comma that ends the item. A mistake within brackets also skips the commas in them, if they
   * are closed before others open; the search ends at either, so that all searches together stay linear.
   */
  private recover(): void {
    if (this.inBrackets) {
      this.inBrackets = false
      let ahead = this.position
      while (!isBracketOrEnd(this.tokens[ahead]!)) ahead++
      if (this.tokens[ahead]!.kind === ']') this.position = ahead
    }
    while (!this.endsItem(this.token)) this.position++
  }
}

function isName({ kind, text }: Token): boolean {
  return (kind === 'word' || kind === 'quoted') && text !== ''
}

function isBracketOrEnd({ kind }: Token): boolean {
  return kind === '[' || kind === ']' || kind === 'end'
}
