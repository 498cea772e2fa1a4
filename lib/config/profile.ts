import type { Config, ConfigFile } from './schema'

type Env = Readonly<Record<string, string | undefined>>

/** HEWN_ENV, else NODE_ENV, else `development`. */
export function environmentOf(env: Env): string {
  return env['HEWN_ENV'] || env['NODE_ENV'] || 'development'
}

/** The file's base with one profile merged over it: objects key by key, everything else (`transports` too) replaced. */
export function withProfile(file: ConfigFile, environment: string): Config {
  const { $schema: _, env: profiles, ...base } = file
  const profile = profiles !== undefined && Object.hasOwn(profiles, environment) ? profiles[environment] : undefined
  return profile === undefined ? base : merge(base, profile)
}

/** A later configuration over an earlier one. */
export function merge(base: Config, over: Config): Config {
  const merged: Record<string, unknown> = { ...base }
  for (const [key, value] of Object.entries(over)) {
    if (value !== undefined) merged[key] = mergeValue(merged[key], value)
  }
  return merged as Config
}

function mergeValue(base: unknown, over: unknown): unknown {
  return isObject(base) && isObject(over) ? { ...base, ...over } : over
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
