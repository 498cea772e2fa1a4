import { KeyBook, KeyKind } from '../shape'
import type { Redaction } from './redaction'
import { MANY, nameOf, ONE, type Path } from './rule'

/** What stands in the place of a value that a rule names. */
export interface Replacement {
  /** The same JSON text for all values; undefined where it depends on the value. */
  readonly constant: string | undefined
  /** For a value, as JSON text; undefined to leave its key out. Never throws. */
  item(value: unknown, room: number): string | undefined
  /** For a part of a text. Never throws. */
  text(part: string): string
}

export interface Rule {
  /** Of the rules that name the same value, the one with the lowest rank decides. */
  readonly rank: number
  readonly path: Path
  readonly replacement: Replacement
}

/** A rule, and how much of its path has been walked. */
interface State {
  readonly rule: Rule
  readonly at: number
}

/**
 * The rules that are still alive at one place of a record: a state of the automaton that all paths together make.
 * Places with the same rules alive share a guard, and with it the tree of keys of the objects there, which learns once
 * for each key what the rules say of it.
 */
export class Guard {
  readonly redaction: Redaction
  private readonly alive: readonly State[]
  private readonly keys = new Map<string, Guard | Replacement>()
  private readonly items = new Map<string, Guard | Replacement>()
  private other: Guard | Replacement | undefined
  private ownBook: KeyBook | undefined

  constructor(redaction: Redaction, alive: readonly State[]) {
    this.redaction = redaction
    this.alive = alive
  }

  /** The keys of objects that stand here. */
  get book(): KeyBook {
    this.ownBook ??= new KeyBook({ reserved: new Set() }, new Map(), true, this)
    return this.ownBook
  }

  /** What watches over the value of a key, or what takes its place. */
  step(key: string): Guard | Replacement {
    const name = nameOf(key)
    if (!this.redaction.names.has(name)) {
      // All keys that no rule names are one to it.
      this.other ??= this.after(undefined, false)
      return this.other
    }
    let verdict = this.keys.get(name)
    if (verdict === undefined) {
      verdict = this.after(name, false)
      this.keys.set(name, verdict)
    }
    return verdict
  }

  /** The same for an item of an array or a set: a rule names it by its index, by a wildcard, or passes it over. */
  item(index: number): Guard | Replacement {
    const place = this.redaction.names.has(String(index)) ? String(index) : ''
    let verdict = this.items.get(place)
    if (verdict === undefined) {
      verdict = this.after(place === '' ? undefined : place, true)
      this.items.set(place, verdict)
    }
    return verdict
  }

  /** A text as it may be shown where it stands under these keys, by the rules that name them. */
  named(text: string, ...keys: readonly string[]): string {
    let verdict: Guard | Replacement = this
    for (const key of keys) if (verdict instanceof Guard) verdict = verdict.step(key)
    return verdict instanceof Guard ? text : verdict.text(text)
  }

  kindOf(key: string): KeyKind {
    // A key that holds what a pattern finds is written by the careful encoder, which writes another one.
    if (this.redaction.text(key) !== key) return KeyKind.full
    return this.step(key) instanceof Guard ? KeyKind.guarded : KeyKind.censored
  }

  private after(name: string | undefined, passable: boolean): Guard | Replacement {
    const next: State[] = passable ? [...this.alive] : []
    let decided: Rule | undefined
    for (const state of this.alive) {
      const { rule, at } = state
      const segment = rule.path[at]
      const last = at === rule.path.length - 1
      if (segment !== MANY && segment !== ONE && segment !== name) continue
      if (last && (decided === undefined || rule.rank < decided.rank)) decided = rule
      if (segment === MANY) next.push(...reach(rule, at))
      else if (!last) next.push(...reach(rule, at + 1))
    }
    return decided === undefined ? this.redaction.guardOf(next) : decided.replacement
  }
}

/** Where a rule stands at a place of its path: `**` may also be no key at all. */
export function reach(rule: Rule, at: number): State[] {
  const states: State[] = []
  for (let place = at; place < rule.path.length; place++) {
    states.push({ rule, at: place })
    if (rule.path[place] !== MANY) break
  }
  return states
}

export type { State }
