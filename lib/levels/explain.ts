import { allHold, type FieldLookup } from './fields'
import type { LevelTable } from './levels'
import { type RankedRule, whyOutranked } from './precedence'
import { printRule } from './rule'

/** Why a name has the level it has. Plain data; `text` says it for people. */
export interface Explanation {
  /** The logger's name; '' is the root. */
  readonly name: string
  /** The level that decides, as text. */
  readonly level: string
  /** Its number. */
  readonly number: number
  readonly decidedBy: ExplainedRule
  /** Rules that match the name and would have decided if those above them had not, highest first. */
  readonly over: readonly (ExplainedRule & { readonly why: string })[]
  /** Rules that outrank `decidedBy` and decide where their conditions hold, highest first. */
  readonly conditional: readonly ExplainedRule[]
  /** What transports take, whatever the logger's level. */
  readonly transports: readonly ExplainedRule[]
  readonly text: string
}

export interface ExplainedRule {
  /** The rule in the grammar of levels. */
  readonly rule: string
  /** Where it stands. */
  readonly layer: string
}

interface Question {
  readonly name: string
  /** All rules that match, the highest first; the last one has no conditions. */
  readonly matches: readonly RankedRule[]
  readonly thresholds: readonly RankedRule[]
  readonly lookup: FieldLookup | undefined
  readonly levels: LevelTable
}

export function explain({ name, matches, thresholds, lookup, levels }: Question): Explanation {
  const show = ({ rule, layer }: RankedRule): ExplainedRule => ({ rule: printRule(rule, levels), layer })
  const decides = ({ rule }: RankedRule): boolean =>
    rule.conditions.length === 0 || (lookup !== undefined && allHold(rule.conditions, lookup))
  const at = matches.findIndex(decides)
  const winner = matches[at]!
  const facts = {
    name,
    level: levels.label(winner.rule.level),
    number: winner.rule.level,
    decidedBy: show(winner),
    over: matches.slice(at + 1).map(match => ({ ...show(match), why: whyOutranked(match, winner) })),
    conditional: matches.slice(0, at).map(show),
    transports: thresholds.map(show),
  }
  return { ...facts, text: describe(facts, lookup !== undefined) }
}

const MAX_LINES = 20

function describe(facts: Omit<Explanation, 'text'>, asked: boolean): string {
  const { name, level, decidedBy, over, conditional, transports } = facts
  const rows: Row[] = [
    ...conditional.map((rule): Row => [asked ? 'does not hold' : 'where it holds', rule, '']),
    ['decided by', decidedBy, ''],
    ...over.map((rule): Row => ['over', rule, rule.why]),
    ...transports.map((rule): Row => ['transport', rule, '']),
  ]
  const shown = rows.slice(0, MAX_LINES)
  const width = Math.min(48, Math.max(...shown.map(([, { rule }]) => rule.length)))
  const lines = shown.map(([label, { rule, layer }, why]) => {
    const reason = why === '' ? '' : ` (${why})`
    return `  ${label.padEnd(14)}  ${rule.padEnd(width)}  ${layer}${reason}`
  })
  if (rows.length > MAX_LINES) lines.push(`  and ${rows.length - MAX_LINES} more`)
  return [`${name === '' ? 'the root' : name}: ${level}`, ...lines].join('\n')
}

type Row = readonly [label: string, rule: ExplainedRule, why: string]
