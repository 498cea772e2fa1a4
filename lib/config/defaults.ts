import type { Config } from './schema'

/** What holds without any configuration: readable on a developer's terminal, JSON lines everywhere else. */
export function defaultConfig(environment: string, terminal: boolean): Config {
  if (environment === 'production') return { level: 'info', transports: [{ type: 'stdout' }] }
  const level = environment === 'test' ? 'warn' : terminal ? 'debug' : 'info'
  return { level, transports: [terminal ? { type: 'pretty' } : { type: 'stdout' }] }
}
