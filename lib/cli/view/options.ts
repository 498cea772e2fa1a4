import { parseLevels } from '../../levels/grammar'
import { STANDARD_LEVELS } from '../../levels/levels'
import { LevelRules } from '../../levels/rules'
import { type Problem, quote } from '../../problem'
import { type OptionTable, readArguments } from '../arguments'
import type { FilterOptions, WantedLevels } from './filter'
import { parseWhen } from './when'

export const VIEW_OPTIONS = {
  level: { type: 'string', short: 'l' },
  since: { type: 'string', short: 's' },
  until: { type: 'string', short: 'u' },
  fields: { type: 'string' },
  json: { type: 'boolean' },
  logfmt: { type: 'boolean' },
  follow: { type: 'boolean', short: 'f' },
  lines: { type: 'string', short: 'n' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const satisfies OptionTable

export type Format = 'pretty' | 'json' | 'logfmt'

/** What `hewn [options] [file…]` was asked for. */
export interface ViewOptions extends FilterOptions {
  readonly paths: readonly string[]
  readonly format: Format
  /** The fields shown beside time, level, name and message; undefined for all. */
  readonly fields: readonly string[] | undefined
  readonly follow: boolean
  /** Only so many of the last lines; undefined for all. */
  readonly lines: number | undefined
  readonly help: boolean
  readonly version: boolean
}

/** Never throws: mistakes are problems. `now` is what `10m` is counted from, in ms since 1970. */
export function readViewOptions(
  args: readonly string[],
  now: number,
): { readonly options: ViewOptions; readonly problems: readonly Problem[] } {
  const { values, positionals, problems: mistakes } = readArguments(args, VIEW_OPTIONS)
  const problems = [...mistakes]
  const text = (name: keyof typeof VIEW_OPTIONS): string | undefined => {
    const value = values[name]
    return typeof value === 'string' ? value : undefined
  }
  const levels = text('level') === undefined ? undefined : readLevels(text('level')!, problems)
  const when = (name: 'since' | 'until'): number | undefined => {
    const value = text(name)
    const time = value === undefined ? undefined : parseWhen(value, `--${name}`, now)
    if (typeof time === 'object') problems.push(time)
    return typeof time === 'number' ? time : undefined
  }
  const lines = readCount(text('lines'), problems)
  if (values['json'] === true && values['logfmt'] === true) {
    problems.push({ where: 'hewn', found: '--json and --logfmt', expected: 'one of them' })
  }
  const follow = values['follow'] === true
  const since = when('since')
  const options: ViewOptions = {
    paths: positionals,
    levels,
    since,
    until: when('until'),
    fields: text('fields')
      ?.split(',')
      .map(field => field.trim())
      .filter(field => field !== ''),
    format: values['json'] === true ? 'json' : values['logfmt'] === true ? 'logfmt' : 'pretty',
    follow,
    // As tail -f: what happens from now on, and a little of what led to it.
    lines: lines ?? (follow && since === undefined ? 10 : undefined),
    help: values['help'] === true,
    version: values['version'] === true,
  }
  return { options, problems }
}

function readLevels(text: string, problems: Problem[]): WantedLevels | undefined {
  const parsed = parseLevels(text, { where: '--level', levels: STANDARD_LEVELS })
  problems.push(...parsed.problems)
  for (const { target, name } of parsed.rules) {
    if (target !== 'transport') continue
    problems.push({
      where: '--level',
      found: quote(`to:${name}`),
      expected: 'levels of loggers: there are no transports here',
    })
  }
  const hasDefault = parsed.rules.some(({ target }) => target === 'default')
  const numbers = parsed.rules.map(({ level }) => level)
  const info = STANDARD_LEVELS.number('info') ?? 0
  return {
    rules: new LevelRules([{ name: '--level', rules: parsed.rules }]),
    lowest: Math.min(...numbers, hasDefault ? Infinity : info),
  }
}

function readCount(text: string | undefined, problems: Problem[]): number | undefined {
  if (text === undefined || text === 'all') return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text)
  problems.push({ where: '--lines', found: quote(text), expected: 'a number of lines' })
  return undefined
}
