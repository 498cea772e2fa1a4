import { Encoder } from '../line/encoder'
import type { Layout } from '../line/layout'
import type { KeyRules } from '../line/shape'

/** The names that hewn's own line keeps for itself. */
export const HEWN_RULES: KeyRules = {
  reserved: new Set([
    'time',
    'level',
    'logger',
    'msg',
    'err',
    'pid',
    'host',
    'service',
    'env',
    'version',
    'trace_id',
    'span_id',
    'fields',
  ]),
  messageField: 'msg',
}

/** hewn's own line: `{"time":…,"level":"info","logger":"http","msg":…,"pid":…,"host":…,…}`. The root logger has no `logger`. */
export const HEWN: Layout = {
  name: 'hewn',
  timeStart: '{"time":',
  time: 'iso',
  messageKey: 'msg',
  rules: HEWN_RULES,
  head: (label, _level, logger) =>
    `,"level":${JSON.stringify(label)}${logger === '' ? '' : `,"logger":${JSON.stringify(logger.toWellFormed())}`}`,
  base: ({ pid, host, service, env, version }) =>
    `,"pid":${pid}${textOf('host', host)}${textOf('service', service)}${textOf('env', env)}${textOf('version', version)}`,
  encoder: options => new Encoder(options),
}

/** A constant of the line: `,"host":"web-1"`, or nothing. */
export function textOf(key: string, value: string | undefined): string {
  return value === undefined ? '' : `,"${key}":${JSON.stringify(value.toWellFormed())}`
}
