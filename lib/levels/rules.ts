import { type Explanation, explain } from './explain'
import { allHold, type FieldLookup } from './fields'
import { LEVELS, type LevelTable, STANDARD_LEVELS } from './levels'
import { NameIndex } from './name-index'
import { byPrecedence, highestFirst, type RankedRule, ranked } from './precedence'
import type { Condition, Rule } from './rule'

/** The rules of one origin: 'defaults', a file's path, 'configure()', 'LOG_LEVEL', 'setLevels()'. */
export interface Layer {
  readonly name: string
  readonly rules: readonly Rule[]
}

/** What the rules come to for one name. */
export interface ResolvedLevel {
  /** The threshold where no condition holds. */
  readonly level: number
  /** The conditional rules that outrank it, first the one that is asked first. Mostly empty. */
  readonly conditional: readonly ConditionalLevel[]
  /** The lowest and the highest threshold that can come out. */
  readonly lowest: number
  readonly highest: number
}

export interface ConditionalLevel {
  readonly level: number
  readonly conditions: readonly Condition[]
}

/**
 * All rules of all layers, ready to be asked. Precedence: the more literal segments win, then exact before
 * glob, then more conditions, then the later one; a layer's rules are later than those of the layers before
 * it. A default level decides only where no rule for a name does.
 *
 * Built and asked when levels change, not when a line is logged. Building sorts the rules; `resolve` depends
 * on the name's length and on how many rules match it, not on how many there are.
 */
export class LevelRules {
  private readonly index = new NameIndex<RankedRule>()
  private readonly defaults: RankedRule[] = [BUILT_IN]
  private readonly thresholds = new Map<string, RankedRule>()

  /** `layers`: the lowest first. */
  constructor(
    layers: readonly Layer[],
    private readonly levels: LevelTable = STANDARD_LEVELS,
  ) {
    const all = layers.flatMap(({ name, rules }) => rules.map(rule => ranked(rule, name)))
    all.sort(byPrecedence).forEach((candidate, rank) => {
      candidate.rank = rank
      const { target, name, glob } = candidate.rule
      if (target === 'default') this.defaults.push(candidate)
      else if (target === 'transport') this.thresholds.set(name, candidate)
      else if (glob) this.index.addGlob(name, candidate)
      else this.index.addName(name, candidate)
    })
  }

  /** What the rules come to for a logger's name; '' is the root. */
  resolve(name: string): ResolvedLevel {
    const matches = this.index.find(name)
    const decisive = this.decisive(matches)
    const level = decisive.rule.level
    const outranking = matches.filter(match => match.rank > decisive.rank)
    if (outranking.length === 0) return { level, conditional: NONE, lowest: level, highest: level }
    outranking.sort(highestFirst)
    let lowest = level
    let highest = level
    const conditional = outranking.map(({ rule }) => {
      lowest = Math.min(lowest, rule.level)
      highest = Math.max(highest, rule.level)
      return { level: rule.level, conditions: rule.conditions }
    })
    return { level, conditional, lowest, highest }
  }

  /** The threshold set for a transport by `to:name=level`. */
  threshold(transport: string): number | undefined {
    return this.thresholds.get(transport)?.rule.level
  }

  /** The transports that have a threshold here, so that one that does not exist can be told. */
  transports(): readonly string[] {
    return [...this.thresholds.keys()]
  }

  /** Why a name has the level it has. With `lookup`, for a call with these fields; without, where no condition holds. */
  explain(name: string, lookup?: FieldLookup): Explanation {
    const defaults = this.defaults.length > 1 ? this.defaults.slice(1) : this.defaults
    const matches = [...this.index.find(name), ...defaults].sort(highestFirst)
    const thresholds = [...this.thresholds.values()]
    return explain({ name, matches, thresholds, lookup, levels: this.levels })
  }

  /** The highest one without conditions: what outranks it decides only where its conditions hold. */
  private decisive(matches: readonly RankedRule[]): RankedRule {
    let best = this.defaults.at(-1)!
    for (const match of matches) if (match.rule.conditions.length === 0 && match.rank > best.rank) best = match
    return best
  }
}

/**
 * The threshold for one call: that of the first conditional rule whose conditions all hold, else the name's.
 * Never throws: a look-up that does counts as no value. Costs a look-up for each condition asked.
 */
export function effectiveLevel(resolved: ResolvedLevel, lookup: FieldLookup): number {
  for (const { level, conditions } of resolved.conditional) if (allHold(conditions, lookup)) return level
  return resolved.level
}

/** What decides if no layer gives a default. */
const BUILT_IN: RankedRule = Object.freeze({
  rule: { target: 'default', name: '', glob: false, conditions: [], level: LEVELS.info },
  layer: 'built in',
  literals: 0,
  rank: -1,
} satisfies RankedRule)

const NONE: readonly ConditionalLevel[] = Object.freeze([])
