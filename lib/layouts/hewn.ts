import type { Layout } from '../line/layout'

/** hewn's own line: `{"time":…,"level":"info","logger":"http","msg":…,"pid":…,"host":…,…}`. The root logger has no `logger`. */
export const HEWN: Layout = {
  timeKey: 'time',
  messageKey: 'msg',
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
  head: (label, _level, logger) =>
    `,"level":${JSON.stringify(label)}${logger === '' ? '' : `,"logger":${JSON.stringify(logger.toWellFormed())}`}`,
}
