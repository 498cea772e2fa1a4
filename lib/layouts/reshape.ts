import { LEVELS } from '../levels/levels'
import { ownPaths } from './ecs'
import { ecsFields } from './ecs-document'
import { ECS_VERSION } from './ecs-table'
import { isObject, type JsonObject, jsonText } from './json'
import type { LayoutName } from './layouts'
import { logfmtText } from './logfmt-text'
import { ownNames, pinoFields } from './pino'
import { pinoErrorFrom } from './pino-error'

/**
 * A finished line of hewn in another format, without a line's end; undefined for what is no line of hewn's. The result
 * is what the layout writes of the same call. Never throws. Cost: some µs, growing with the line.
 */
export function reshape(line: string, layout: LayoutName): string | undefined {
  const record = recordOf(line)
  if (record === undefined) return undefined
  switch (layout) {
    case 'ecs':
      return jsonText(ecsDocument(record))
    case 'pino':
      return jsonText(pinoRecord(record))
    case 'logfmt':
      return logfmtText(record)
    default:
      return line.trimEnd()
  }
}

function recordOf(line: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isObject(value) && value['time'] !== undefined && typeof value['level'] === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

/** A record of hewn's own line as a document of the Elastic Common Schema. Fields in `more` go before any of the user's. */
export function ecsDocument(record: JsonObject, more: Readonly<Record<string, unknown>> = {}): JsonObject {
  const { time, level, logger, msg, pid, host, service, env, version, ...fields } = record
  const document: Record<string, unknown> = Object.create(null)
  const own = {
    '@timestamp': isoTime(time),
    'log.level': level,
    'log.logger': logger,
    message: msg,
    'process.pid': pid,
    'host.hostname': host,
    'service.name': service,
    'service.environment': env,
    'service.version': version,
    'ecs.version': ECS_VERSION,
    ...more,
  }
  for (const [key, value] of Object.entries(own)) if (value !== undefined) document[key] = value
  const taken = ownPaths(
    record as { service?: string; env?: string; version?: string },
    String(logger ?? ''),
    msg !== undefined,
  )
  for (const [key, value] of ecsFields(fields, [...taken, ...Object.keys(more)])) document[key] = value
  return document
}

/** ISO 8601 from ms or ns since 1970; anything else as it is. */
function isoTime(time: unknown): unknown {
  if (typeof time === 'number' && Math.abs(time) <= 8.64e15) return new Date(time).toISOString()
  if (typeof time !== 'string' || !NANOS.test(time)) return time
  return `${new Date(Number(time.slice(0, -6))).toISOString().slice(0, -1)}${time.slice(-6)}Z`
}

const NANOS = /^\d{16,19}$/

/** A record of hewn's own line as one of pino's. A level that is none of the standard ones keeps its name. */
export function pinoRecord(record: JsonObject): JsonObject {
  const { time, level, logger, msg, pid, host, service, env, version, err, fields: holder, ...plain } = record
  const { fields: given, ...reserved } = isObject(holder) ? holder : {}
  const entries: Record<string, unknown> = Object.assign(Object.create(null), plain)
  if (err !== undefined) entries['err'] = pinoErrorFrom(err)
  for (const [key, value] of Object.entries(reserved)) {
    if (key !== 'err') entries[key] = value
    else if (err === undefined) entries[key] = pinoErrorFrom(value)
  }
  const line: Record<string, unknown> = Object.create(null)
  const own = {
    level: LEVELS[level as keyof typeof LEVELS] ?? level,
    time: epoch(time),
    pid,
    hostname: host,
    name: logger,
    service,
    env,
    version,
  }
  for (const [key, value] of Object.entries(own)) if (value !== undefined) line[key] = value
  const message = msg ?? (entries['msg'] === undefined ? messageOf(err ?? reserved['err']) : undefined)
  const names = ownNames(record as { service?: string; env?: string; version?: string }, String(logger ?? ''))
  Object.assign(line, pinoFields(entries, given, names, message !== undefined))
  if (message !== undefined) line['msg'] = message
  return line
}

function messageOf(err: unknown): unknown {
  return isObject(err) && typeof err['message'] === 'string' ? err['message'] : undefined
}

function epoch(time: unknown): unknown {
  if (typeof time !== 'string') return time
  const ms = NANOS.test(time) ? Number(time.slice(0, -6)) : Date.parse(time)
  return Number.isNaN(ms) ? time : ms
}
