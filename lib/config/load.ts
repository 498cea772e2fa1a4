import type { Redact } from '../line/redact/options'
import { formatProblem, type Problem } from '../problem'
import { type Found, nameOf } from './find'
import { interpolate } from './interpolate'
import { onlyKnown } from './known'
import { levelProblems } from './level-problems'
import type { Path } from './path'
import { environmentOf, isObject, profileProblems, withProfile } from './profile'
import { protective } from './protective'
import { readConfig } from './read'
import { redactProblems } from './redact-problems'
import { type Config, configSchema, profileSchema } from './schema'
import { signalProblems } from './signal-problems'
import { validate } from './validate'

/** What reading the configuration came to. */
export interface Loaded {
  /** Where it stands; undefined if there is none. */
  readonly found: Found | undefined
  /** The profile merged in; undefined where there is no file, or a bad one. Holds nothing that hewn does not know. */
  readonly config: Config | undefined
  /** Of a bad file, what it says must not be written: that holds all the same. */
  readonly redact?: Redact | undefined
  /** What makes the file a bad one. */
  readonly errors: readonly Problem[]
  /** What does not: unknown options, level rules, paths of redaction and signals that cannot be used, mistakes in other environments' profiles. */
  readonly warnings: readonly Problem[]
}

type Env = Readonly<Record<string, string | undefined>>

/** Reads what was found. Never throws: a bad file is told by its errors. Cost: reading a small file. */
export function loadConfig(found: Found | undefined, env: Env): Loaded {
  if (found === undefined) return { found, config: undefined, errors: [], warnings: [] }
  const read = readConfig(found)
  const result =
    'problem' in read ? bad([read.problem], undefined) : check(read.value, nameOf(found), environmentOf(env), env)
  return { found, ...result }
}

type Checked = Omit<Loaded, 'found'>

function check(value: unknown, where: string, environment: string, env: Env): Checked {
  const everything = validate(value, configSchema, where, { skip: templatesOf(value) })
  const shape = everything.filter(({ kind, path }) => kind === 'invalid' && isOutline(path, environment))
  if (shape.length > 0 || !isObject(value)) return bad(shape, value)

  const { value: merged, place } = withProfile(value, environment)
  const filled = interpolate(merged, env, where, place)
  const inForce = { secret: filled.filled, skip: filled.unfilled, place }
  const invalid = validate(filled.value, profileSchema, where, inForce).filter(({ kind }) => kind === 'invalid')
  const errors = [...filled.problems, ...invalid]
  const warnings = [
    ...profileProblems(env, value['env']),
    ...everything,
    ...levelProblems(filled.value, where, inForce),
    ...signalProblems(filled.value, where, inForce),
    ...redactProblems(filled.value, where, inForce),
    ...otherLevels(value['env'], environment, where),
  ].filter(unlike(errors))
  if (errors.length > 0) return { ...bad(errors, filled.value), warnings }
  return { config: onlyKnown(filled.value, profileSchema) as Config, errors, warnings }
}

/** Mistakes here leave nothing to merge. */
function isOutline(path: Path, environment: string): boolean {
  return (
    path.length === 0 || (path[0] === 'env' && (path.length === 1 || (path.length === 2 && path[1] === environment)))
  )
}

/** A mistake in production's profile should be told while developing, though its variables are not set here. */
function otherLevels(profiles: unknown, environment: string, where: string): Problem[] {
  if (!isObject(profiles)) return []
  const others = Object.entries(profiles).filter(([name]) => name !== environment)
  return others.flatMap(([name, profile]) => {
    return levelProblems(profile, where, { skip: templatesOf(profile), place: path => ['env', name, ...path] })
  })
}

/** The paths of all strings with a `${…}`: what they come to is known in their environment only. */
function templatesOf(value: unknown): Set<string> {
  const { filled, unfilled } = interpolate(value, {}, '')
  return new Set([...filled, ...unfilled])
}

function unlike(others: readonly Problem[]): (problem: Problem) => boolean {
  const told = new Set(others.map(formatProblem))
  return problem => !told.has(formatProblem(problem))
}

function bad(errors: readonly Problem[], value: unknown): Checked {
  return { config: undefined, redact: protective(value), errors, warnings: [] }
}
