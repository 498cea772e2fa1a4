import { readFileSync } from 'node:fs'
import { parseLevels } from '../levels/grammar'
import { STANDARD_LEVELS } from '../levels/levels'
import { nearest, type Problem, quote } from '../problem'
import { type Found, findConfig } from './find'
import { interpolate } from './interpolate'
import { environmentOf, withProfile } from './profile'
import { type Config, type ConfigFile, configSchema } from './schema'
import { type OptionProblem, validate } from './validate'

export interface Sources {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The entry script: process.argv[1]. */
  readonly entry: string | undefined
}

/** What reading the configuration came to. */
export interface Loaded {
  readonly environment: string
  /** Where it stands; undefined if there is none. */
  readonly path: string | undefined
  /** The profile merged in; undefined where there is no file, or a bad one. */
  readonly config: Config | undefined
  /** What makes the file a bad one. */
  readonly errors: readonly Problem[]
  /** What was left out of a good one: unknown options, level rules that cannot be read. */
  readonly warnings: readonly Problem[]
}

/** Finds and reads the configuration. Never throws: a bad file is told by its errors. Cost: reading one or two small files. */
export function loadConfig(sources: Sources): Loaded {
  const environment = environmentOf(sources.env)
  const found = findConfig(sources.env, sources.entry)
  if (found === undefined) return { environment, path: undefined, config: undefined, errors: [], warnings: [] }
  const read = readConfig(found)
  if ('problem' in read) return bad(environment, found.path, [read.problem])
  return check(read.value, found.path, environment, sources)
}

function check(value: unknown, path: string, environment: string, sources: Sources): Loaded {
  const shape = validateRaw(value, path)
  if (shape !== undefined) return bad(environment, path, [shape])
  const profiled = onlyProfile(value as ConfigFile, environment)
  const { value: filled, problems: unset, secret } = interpolate(profiled, sources.env, path)
  const found = validate(filled, configSchema, path, { secret })
  const errors = [...unset, ...found.filter(({ kind }) => kind === 'invalid')]
  if (errors.length > 0) return bad(environment, path, errors)
  const unknown = found.filter(({ kind }) => kind === 'unknown')
  const config = withProfile(filled as ConfigFile, environment)
  return { environment, path, config, errors: [], warnings: [...unknown, ...levelProblems(config, path)] }
}

/** Other environments' variables are not set here, so their profiles are not looked into. */
function onlyProfile(file: ConfigFile, environment: string): ConfigFile {
  const { env, ...base } = file
  if (env === undefined || !Object.hasOwn(env, environment)) return base
  return { ...base, env: { [environment]: env[environment] ?? {} } }
}

function validateRaw(value: unknown, path: string): OptionProblem | undefined {
  return validate(value, { type: 'object' }, path)[0] ?? validate((value as ConfigFile).env ?? {}, { type: 'object' }, `${path} env`)[0]
}

function bad(environment: string, path: string, errors: readonly Problem[]): Loaded {
  return { environment, path, config: undefined, errors, warnings: [] }
}

function readConfig({ path, kind }: Found): { value: unknown } | { problem: Problem } {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'an error'
    return { problem: { where: path, found: `${code} when reading it`, expected: 'a configuration in JSON' } }
  }
  try {
    const value: unknown = JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text)
    return { value: kind === 'package' ? (value as { hewn: unknown }).hewn : value }
  } catch (error) {
    return { problem: syntaxProblem(path, text, error as SyntaxError) }
  }
}

/** The parser's message names a position in most versions of Node; where it does not, only the message is told. */
function syntaxProblem(path: string, text: string, error: SyntaxError): Problem {
  const position = /position (\d+)/.exec(error.message)?.[1]
  if (position === undefined) {
    const atEnd = /end of (JSON|input)/i.test(error.message)
    return { where: path, found: atEnd ? 'the end of the file' : 'a syntax error', expected: 'JSON' }
  }
  const at = Math.min(Number(position), text.length)
  const before = text.slice(0, at)
  const line = before.split('\n').length
  const start = before.lastIndexOf('\n') + 1
  const end = text.indexOf('\n', at)
  const found = at === text.length ? 'the end of the file' : quote(text.charAt(at))
  const place = { text: text.slice(start, end === -1 ? text.length : end), at: at - start }
  return { where: `${path}:${line}:${at - start + 1}`, found, expected: 'JSON', ...place }
}

/** A mistake in a rule does not spoil the file: the other rules hold. */
function levelProblems(config: Config, path: string): Problem[] {
  const problems = [...parseLevels(config.level ?? '', { where: `${path} level`, levels: STANDARD_LEVELS }).problems]
  for (const [index, { level }] of (config.transports ?? []).entries()) {
    if (level === undefined || STANDARD_LEVELS.number(level) !== undefined) continue
    const known = [...STANDARD_LEVELS.names, 'silent']
    const where = `${path} transports[${index}].level`
    problems.push({ where, found: quote(level), expected: known.join(', '), suggestion: nearest(level, known) })
  }
  return problems
}
