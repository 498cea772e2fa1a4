import { formatProblem, type Problem } from '../problem'
import { type Found, findConfig } from './find'
import { interpolate } from './interpolate'
import { onlyKnown } from './known'
import { levelProblems } from './level-problems'
import type { Path } from './path'
import { environmentOf, isObject, profileProblems, withProfile } from './profile'
import { readConfig } from './read'
import { type Config, configSchema, profileSchema } from './schema'
import { validate } from './validate'

export interface Sources {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The entry script: see entryScript(). */
  readonly entry: string | undefined
}

/** What reading the configuration came to. */
export interface Loaded {
  readonly environment: string
  /** Where it stands; undefined if there is none. */
  readonly path: string | undefined
  /** The profile merged in; undefined where there is no file, or a bad one. Holds nothing that hewn does not know. */
  readonly config: Config | undefined
  /** What makes the file a bad one. */
  readonly errors: readonly Problem[]
  /** What does not: unknown options, level rules that cannot be read, mistakes in other environments' profiles. */
  readonly warnings: readonly Problem[]
}

/** Finds and reads the configuration. Never throws: a bad file is told by its errors. Cost: reading one or two small files. */
export function loadConfig(sources: Sources): Loaded {
  const environment = environmentOf(sources.env)
  const found = findConfig(sources.env, sources.entry)
  if (found === undefined) return { environment, path: undefined, config: undefined, errors: [], warnings: [] }
  const read = readConfig(found)
  const result = 'problem' in read ? bad([read.problem]) : check(read.value, nameOf(found), environment, sources.env)
  return { environment, path: found.path, ...result }
}

type Checked = Pick<Loaded, 'config' | 'errors' | 'warnings'>

function check(value: unknown, where: string, environment: string, env: Sources['env']): Checked {
  const everything = validate(value, configSchema, where, { skip: templatesOf(value) })
  const shape = everything.filter(({ kind, path }) => kind === 'invalid' && isOutline(path, environment))
  if (shape.length > 0 || !isObject(value)) return bad(shape)

  const { value: merged, place } = withProfile(value, environment)
  const filled = interpolate(merged, env, where, place)
  const inForce = { secret: filled.filled, skip: filled.unfilled, place }
  const invalid = validate(filled.value, profileSchema, where, inForce).filter(({ kind }) => kind === 'invalid')
  const errors = [...filled.problems, ...invalid]
  const warnings = [
    ...profileProblems(env, value['env']),
    ...everything,
    ...levelProblems(filled.value, where, inForce),
    ...otherLevels(value['env'], environment, where),
  ].filter(unlike(errors))
  if (errors.length > 0) return { config: undefined, errors, warnings }
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

function nameOf({ path, kind }: Found): string {
  return kind === 'package' ? `${path}#hewn` : path
}

function bad(errors: readonly Problem[]): Checked {
  return { config: undefined, errors, warnings: [] }
}
