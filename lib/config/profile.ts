import type { Redact } from '../line/redact/options'
import { nearest, type Problem, quote } from '../problem'
import type { Path } from './path'
import type { Config } from './schema'

type Env = Readonly<Record<string, string | undefined>>
type Fields = Readonly<Record<string, unknown>>

/** HEWN_ENV, else NODE_ENV, else `development`. */
export function environmentOf(env: Env): string {
  return env['HEWN_ENV'] || env['NODE_ENV'] || 'development'
}

/** A configuration as it stands in a file, with one of its profiles merged over it. */
export interface Profiled {
  readonly value: unknown
  /** Where a path of `value` stands in the file. */
  readonly place: (path: Path) => Path
}

/**
 * Merges a profile of a parsed file over its base: objects key by key, at any depth; everything else (`transports`,
 * `level`) replaces what the base says. Looks at nothing but the shape, so a file need not be valid yet.
 */
export function withProfile(file: Fields, environment: string): Profiled {
  const { env: profiles, ...base } = file
  const profile = isObject(profiles) && Object.hasOwn(profiles, environment) ? profiles[environment] : undefined
  if (!isObject(profile)) return { value: base, place: path => path }
  return {
    value: overlay(base, profile),
    place: path => (isFrom(profile, path) ? ['env', environment, ...path] : path),
  }
}

/** A configuration as code can give it: with functions. */
export interface Settings extends Omit<Config, 'redact'> {
  /** What is never written: names at any depth, paths, patterns. A list is short for `{ paths }`. */
  readonly redact?: Redact | undefined
}

/** A later configuration over an earlier one: `fields`, `redact` and `reload` key by key, everything else replaced. */
export function merge(base: Settings, over: Settings): Settings {
  const merged: Record<string, unknown> = { ...base }
  for (const [key, value] of Object.entries(over)) {
    const before = merged[key]
    if (value !== undefined) merged[key] = isObject(before) && isObject(value) ? { ...before, ...value } : value
  }
  return merged
}

/** What is wrong with the environment's name: it has no profile, and one has a name very like it. */
export function profileProblems(env: Env, profiles: unknown): Problem[] {
  const variable = env['HEWN_ENV'] ? 'HEWN_ENV' : 'NODE_ENV'
  const name = env[variable]
  if (!name || !isObject(profiles) || Object.hasOwn(profiles, name)) return []
  const names = Object.keys(profiles)
  const suggestion = nearest(name, names)
  if (suggestion === undefined) return []
  return [{ where: variable, found: quote(name), expected: `one of the profiles ${names.join(', ')}`, suggestion }]
}

/** What nests deeper than a configuration does is replaced, so that no file fills the stack. */
function overlay(base: Fields, over: Fields, depth = 0): Fields {
  const merged = new Map(Object.entries(base))
  for (const [key, value] of Object.entries(over)) {
    const before = merged.get(key)
    merged.set(
      key,
      isObject(before) && isObject(value) && depth < MAX_DEPTH ? overlay(before, value, depth + 1) : value,
    )
  }
  return Object.fromEntries(merged)
}

function isFrom(profile: Fields, path: Path): boolean {
  let inside: unknown = profile
  for (const step of path) {
    if (!isObject(inside)) return true
    if (!Object.hasOwn(inside, step)) return false
    inside = inside[step]
  }
  return true
}

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const MAX_DEPTH = 100
