import { quoted } from '../mark'
import { renderNumber, renderString } from '../value'
import { Guard, type Replacement, type Rule, reach, type State } from './guard'
import type { Pattern, Redact, RedactOptions } from './options'
import { FINDERS } from './patterns'
import { constantReplacement, hashReplacement, ownReplacement, REDACTED } from './replacement'
import { parsePaths } from './rule'
import { dropTail, replaceAll } from './text'
import { credentials, encodedCredentials, hideParameters } from './url'
import { WRITING } from './writing'

/**
 * What a configuration says of secrets, ready for use: the automaton of its paths, and what is looked for in every text.
 *
 * Work on a text is linear in its length, and done only on the part that a line can show.
 */
export class Redaction {
  /** Watches over a record. */
  readonly root: Guard
  /** All keys that rules name. */
  readonly names: ReadonlySet<string>
  readonly writing = WRITING
  private readonly steps: ((text: string, cut: boolean) => string)[] = []
  /** No text without this holds anything that is looked for. */
  private readonly suspect: RegExp
  /** Whether numbers are looked at as texts are. */
  private readonly numbers: boolean
  private readonly guards = new Map<string, Guard>()

  /** What is wrong with a rule's text is not told here: such a rule is passed over. */
  constructor(redact: Redact) {
    const options: RedactOptions = isList(redact) ? { paths: redact } : redact
    const { censor = REDACTED, hash } = options
    const censored = typeof censor === 'function' ? ownReplacement(censor) : constantReplacement(censor)
    const hashed = hash === undefined ? censored : hashReplacement(hash.key)
    const rules = [...rulesOf(options.paths, censored, 0), ...rulesOf(hash?.paths, hashed, MAX_RULES)]
    const patterns = new Map<Pattern, Replacement>()
    for (const pattern of hash?.patterns ?? []) patterns.set(pattern, hashed)
    for (const pattern of options.patterns ?? []) patterns.set(pattern, censored)
    this.names = new Set(rules.flatMap(({ path }) => path.filter(segment => typeof segment === 'string')))
    this.numbers = patterns.has('card')
    const suspects = rules.length + patterns.size > 0 ? ['[=@%]'] : []
    if (suspects.length > 0) this.addUrls(rules, censored)
    for (const [name, { find, suspect }] of FINDERS) {
      const replacement = patterns.get(name)
      if (replacement === undefined) continue
      if (suspect !== undefined) suspects.push(suspect)
      this.steps.push((text, cut) => replaceAll(text, find(text, cut), replacement))
    }
    this.suspect = new RegExp(suspects.join('|') || NEVER)
    this.root = this.guardOf(rules.flatMap(rule => reach(rule, 0)))
  }

  /** The credentials of URLs, and the parameters that a rule's last segment names. */
  private addUrls(rules: readonly Rule[], censored: Replacement): void {
    const names = new Map<string, Replacement>()
    for (const { path, replacement } of rules) {
      const last = path.at(-1)
      if (typeof last === 'string' && !names.has(last)) names.set(last, replacement)
    }
    for (const find of [credentials, encodedCredentials]) {
      this.steps.push((text, cut) => replaceAll(text, find(text, cut), censored))
    }
    if (names.size > 0) this.steps.push(text => hideParameters(text, names))
  }

  /** A text without what is looked for in texts. `cut`: there was more of it. */
  text(text: string, cut = false): string {
    return cut || this.suspect.test(text) ? this.rewrite(text, cut) : text
  }

  private rewrite(text: string, cut: boolean): string {
    let rest = text
    for (const step of this.steps) rest = step(rest, cut)
    return rest
  }

  /** A string as JSON text of about `room` units: looked at first, then cut, so that half a secret is never left. */
  string(text: string, room: number): string {
    const shown = room + MARGIN
    if (text.length <= shown) return renderString(this.text(text), room)
    const start = dropTail(this.text(text.slice(0, shown), true))
    return renderString(start, room, start.length + text.length - shown)
  }

  /** A value read back from a line: a string that was cut may end in half a secret, which nothing finds any more. */
  whole(value: unknown): unknown {
    if (typeof value !== 'string') return value
    const mark = value.lastIndexOf(CUT)
    if (mark === -1 || !CUT_MARK.test(value.slice(mark))) return value
    return dropTail(this.text(value.slice(0, mark), true)) + value.slice(mark)
  }

  /** A number as JSON text. */
  number(value: number): string {
    const item = renderNumber(value)
    return this.numbers && item.length > 12 ? this.mark(item.startsWith('"') ? item.slice(1, -1) : item, item) : item
  }

  /** What stands for a value that is no text, as `item`, unless something is found in its text. */
  mark(text: string, item: string): string {
    const safe = this.text(text)
    return safe === text ? item : quoted(safe)
  }

  /** The guard of a place where these rules are alive. */
  guardOf(states: readonly State[]): Guard {
    const alive = new Map(states.map(state => [state.rule.rank * MAX_RULES + state.at, state]))
    const key = Array.from(alive.keys())
      .sort((a, b) => a - b)
      .join()
    let guard = this.guards.get(key)
    if (guard === undefined) {
      // Wildcards can make very many sets of rules, of keys made from data.
      if (this.guards.size >= MAX_GUARDS) this.guards.clear()
      guard = new Guard(this, [...alive.values()])
      this.guards.set(key, guard)
    }
    return guard
  }
}

function isList(redact: Redact): redact is readonly string[] {
  return Array.isArray(redact)
}

function rulesOf(texts: readonly string[] = [], replacement: Replacement, first: number): Rule[] {
  const paths = texts.flatMap(text => {
    const read = parsePaths(text, '')
    return 'where' in read ? [] : read
  })
  return paths.map((path, index) => ({ path, replacement, rank: first + index }))
}

/** More than a configuration can hold, and than a path has segments. */
const MAX_RULES = 100_000
const MAX_GUARDS = 4096
const CUT = '…[cut: '
const CUT_MARK = /^…\[cut: \d+ of \d+ characters\]$/
const NEVER = '(?!)'
/** A secret that begins in what is shown is looked at so far beyond it, in UTF-16 units. */
const MARGIN = 4096
