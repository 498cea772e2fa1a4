import { resolve } from 'node:path'
import { isatty } from 'node:tty'
import { defaultConfig } from '../config/defaults'
import { findConfig } from '../config/find'
import { type Loaded, loadConfig } from '../config/load'
import { environmentOf, merge, type Settings } from '../config/profile'
import type { Config } from '../config/schema'
import { type OptionTable, textOf } from './arguments'

type Env = Readonly<Record<string, string | undefined>>

/** The options of commands that read a configuration. */
export const SETUP_OPTIONS = {
  config: { type: 'string', short: 'c' },
  env: { type: 'string', short: 'e' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies OptionTable

/** A configuration as an application would read it that is started here. */
export interface Setup {
  readonly loaded: Loaded
  /** HEWN_ENV, else NODE_ENV, else `development`. */
  readonly environment: string
  /** What has said so; undefined if nothing has. */
  readonly environmentFrom: 'HEWN_ENV' | 'NODE_ENV' | '--env' | undefined
  readonly defaults: Config
  /** The defaults and over them the file, if it is a good one. */
  readonly config: Settings
  readonly env: Env
}

/**
 * Reads the configuration for the application in this folder, or for its entry script. `values` are SETUP_OPTIONS'.
 * Opens nothing. Never throws.
 */
export function readSetup(
  values: Readonly<Record<string, string | boolean | undefined>>,
  script: string | undefined,
  from: Env,
): Setup {
  const config = textOf(values['config'])
  const named = textOf(values['env'])
  const env: Env = {
    ...from,
    ...(config === undefined ? {} : { HEWN_CONFIG: resolve(config) }),
    ...(named === undefined ? {} : { HEWN_ENV: named }),
  }
  const loaded = loadConfig(findConfig(env, script ?? process.cwd()), env)
  const environment = environmentOf(env)
  const defaults = defaultConfig(environment, isatty(1))
  const environmentFrom = named ? '--env' : env['HEWN_ENV'] ? 'HEWN_ENV' : env['NODE_ENV'] ? 'NODE_ENV' : undefined
  return { loaded, environment, environmentFrom, defaults, config: merge(defaults, loaded.config ?? {}), env }
}
