import { parseLevels } from '../levels/grammar'
import { type LevelTable, STANDARD_LEVELS } from '../levels/levels'
import { nearest, type Problem, quote } from '../problem'
import { keyOf, type Path, printPlace } from './path'
import { isObject } from './profile'
import { holdsSecret } from './secrecy'

export interface LevelCheck {
  readonly levels?: LevelTable
  /** Texts at these paths (by `keyOf`) came from the environment and are not to be shown. */
  readonly secret?: ReadonlySet<string>
  /** Texts at these paths are not known, and not looked at. */
  readonly skip?: ReadonlySet<string>
  readonly place?: (path: Path) => Path
}

/**
 * What cannot be read in the level texts of a configuration: `level`, and the thresholds of its transports. Not a
 * matter of the schema, because a mistake in one rule does not spoil the others.
 */
export function levelProblems(config: unknown, where: string, check: LevelCheck = {}): Problem[] {
  if (!isObject(config)) return []
  const { levels = STANDARD_LEVELS, secret, skip, place = (path: Path) => path } = check
  const problems: Problem[] = []
  const { level, transports } = config
  const at = printPlace(where, place(['level']))
  if (typeof level === 'string' && skip?.has(LEVEL) !== true) {
    const hidden = secret?.has(LEVEL) === true || holdsSecret(level)
    for (const problem of parseLevels(level, { where: at, levels }).problems)
      problems.push(hidden ? hide(problem) : problem)
  }
  for (const [index, transport] of Array.isArray(transports) ? transports.entries() : []) {
    const threshold: unknown = isObject(transport) ? transport['level'] : undefined
    if (typeof threshold !== 'string' || levels.number(threshold) !== undefined) continue
    const path = ['transports', index, 'level']
    if (skip?.has(keyOf(path)) === true) continue
    const known = [...levels.names, 'silent']
    const problem = { where: printPlace(where, place(path)), expected: `a level (${known.join(', ')})` }
    if (secret?.has(keyOf(path)) === true) problems.push({ ...problem, found: 'another word' })
    else problems.push({ ...problem, found: quote(threshold), suggestion: nearest(threshold, known) })
  }
  return problems
}

/** Without the text and its words. */
function hide({ where, expected, at }: Problem): Problem {
  return { where, found: `a mistake at character ${(at ?? 0) + 1}`, expected }
}

const LEVEL = keyOf(['level'])
