import { literalSegments } from './name-index'
import type { Rule } from './rule'

/** A rule with what decides between it and others. */
export interface RankedRule {
  readonly rule: Rule
  /** The name of the layer it stands in. */
  readonly layer: string
  /** How many segments of its name are spelled out. */
  readonly literals: number
  /** Its place in the order of precedence over all rules: the highest one that matches decides. */
  rank: number
}

export function ranked(rule: Rule, layer: string): RankedRule {
  return { rule, layer, literals: literalSegments(rule.name, rule.glob), rank: 0 }
}

/**
 * Ascending: a default level before any rule for a name, then fewer literal segments, globs, fewer
 * conditions. Sorting is stable, so of two that are equal here the later one stays the higher.
 */
export function byPrecedence(a: RankedRule, b: RankedRule): number {
  return (
    Number(a.rule.target !== 'default') - Number(b.rule.target !== 'default') ||
    a.literals - b.literals ||
    Number(b.rule.glob) - Number(a.rule.glob) ||
    a.rule.conditions.length - b.rule.conditions.length
  )
}

export function highestFirst(a: RankedRule, b: RankedRule): number {
  return b.rank - a.rank
}

/** What puts `loser` behind `winner`, for people: the first difference in the order of `byPrecedence`. */
export function whyOutranked(loser: RankedRule, winner: RankedRule): string {
  if (loser.rule.target === 'default' && winner.rule.target !== 'default') return 'a default level'
  if (loser.literals < winner.literals) return 'fewer literal segments'
  if (loser.rule.glob && !winner.rule.glob) return 'a glob'
  if (loser.rule.conditions.length < winner.rule.conditions.length) return 'fewer conditions'
  return loser.layer === winner.layer ? 'earlier' : 'a lower layer'
}
