import { readLevel } from './level'
import { isoTime, readTime } from './time'

export type Fields = Readonly<Record<string, unknown>>

/**
 * A record of any of the loggers with hewn's names; the same object if it has them already, undefined if it is no
 * record: it says neither its level nor its time.
 */
export function normalise(value: Fields): Fields | undefined {
  if (isHewns(value)) return value
  const source = ECS_MARKS.some(key => key in value) ? fromEcs(value) : value
  const time = keyOf(source, TIMES, isScalar)
  const level = keyOf(source, LEVELS, isScalar)
  if (time === undefined && level === undefined) return undefined
  const logger = keyOf(source, NAMES, isText)
  const msg = keyOf(source, MESSAGES, isText)
  const pid = keyOf(source, PIDS, isScalar)
  const host = keyOf(source, HOSTS, isText)
  const error = ERRORS.find(key => asError(source[key]) !== undefined) ?? keyOf(source, STACKS, isText)
  const fields: Record<string, unknown> = {}
  if (time !== undefined) fields['time'] = timeText(source[time])
  if (level !== undefined) fields['level'] = readLevel(source[level] as string | number).label
  if (logger !== undefined) fields['logger'] = source[logger]
  if (msg !== undefined) fields['msg'] = source[msg]
  if (error !== undefined) fields['err'] = asError(source[error]) ?? fromStack(String(source[error]))
  if (pid !== undefined) fields['pid'] = source[pid]
  if (host !== undefined) fields['host'] = source[host]
  for (const key in source) {
    const isTaken =
      key === time || key === level || key === logger || key === msg || key === error || key === pid || key === host
    if (!isTaken && !(key === 'v' && isBunyans(source))) put(fields, key, source[key])
  }
  return fields
}

const TIMES = ['time', '@timestamp', 'timestamp', 'ts']
const LEVELS = ['level', 'severity', 'lvl']
const NAMES = ['logger', 'name', 'label']
const MESSAGES = ['msg', 'message', 'short_message']
const PIDS = ['pid']
const HOSTS = ['host', 'hostname']
const ERRORS = ['err', 'error', 'exception']
/** winston leaves an error's stack beside the message. */
const STACKS = ['stack']

/** The first of these keys that has a value of this kind. */
function keyOf(source: Fields, keys: readonly string[], fits: (value: unknown) => boolean): string | undefined {
  for (const key of keys) if (fits(source[key])) return key
  return undefined
}

/** A key that is free by now may be `__proto__`, and would not become one by assignment. */
function put(fields: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') fields[key] = value
  else Object.defineProperty(fields, key, { value, enumerable: true, configurable: true, writable: true })
}

function timeText(time: unknown): unknown {
  return isoTime(readTime(time)) ?? time
}

function isBunyans({ v, level }: Fields): boolean {
  return v === 0 && typeof level === 'number'
}

/** Most lines: nothing but a look at a few keys. */
function isHewns(value: Fields): boolean {
  const { time, level, msg } = value
  if (typeof level !== 'string' || typeof time !== 'string' || !KNOWN.has(level)) return false
  if (msg === undefined ? 'message' in value : typeof msg !== 'string') return false
  return !FOREIGN.some(key => key in value) && ISO.test(time)
}

const KNOWN = new Set(['trace', 'debug', 'info', 'warn', 'error', 'fatal'])
const FOREIGN = ['hostname', '@timestamp', 'log.level', 'ecs.version', 'ecs', 'stack']
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number'
}

function isText(value: unknown): boolean {
  return typeof value === 'string'
}

function fromStack(stack: string): Fields {
  const [title = ''] = stack.split('\n', 1)
  const at = title.indexOf(': ')
  return { type: at === -1 ? 'Error' : title.slice(0, at), message: at === -1 ? '' : title.slice(at + 2), stack }
}

/** bunyan calls an error's type `name`, ECS its stack `stack_trace`. */
function asError(value: unknown): Fields | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const { type, name, message, stack, stack_trace, ...rest } = value as Fields
  const trace = stack ?? stack_trace
  if (typeof message !== 'string' || (typeof type !== 'string' && typeof trace !== 'string')) return undefined
  const kind = typeof type === 'string' ? type : typeof name === 'string' ? name : 'Error'
  const extra = typeof type === 'string' && name !== undefined ? { name } : {}
  return { type: kind, message, ...(trace === undefined ? {} : { stack: trace }), ...extra, ...rest }
}

const ECS_MARKS = ['@timestamp', 'log.level', 'ecs.version', 'ecs']

/** ECS's names, with dots or nested, and hewn's. */
const ECS: Readonly<Record<string, string>> = {
  '@timestamp': 'time',
  'log.level': 'level',
  'log.logger': 'logger',
  message: 'msg',
  'process.pid': 'pid',
  'host.hostname': 'host',
  'host.name': 'host',
  'service.name': 'service',
  'service.version': 'version',
  'service.environment': 'env',
  'trace.id': 'trace_id',
  'span.id': 'span_id',
  'error.type': 'err.type',
  'error.message': 'err.message',
  'error.stack_trace': 'err.stack',
  'error.code': 'err.code',
}
const ECS_NESTED = new Set(['log', 'process', 'host', 'service', 'trace', 'span', 'error'])

function fromEcs(value: Fields): Fields {
  const named = new Map<string, unknown>()
  const error = new Map<string, unknown>()
  const put = (key: string, item: unknown): boolean => {
    const name = Object.hasOwn(ECS, key) ? ECS[key]! : undefined
    if (name === undefined) return false
    if (name.startsWith('err.')) error.set(name.slice(4), item)
    else if (!named.has(name)) named.set(name, item)
    return true
  }
  for (const [key, item] of Object.entries(value)) {
    if (key === 'ecs.version' || key === 'ecs' || put(key, item)) continue
    if (!ECS_NESTED.has(key) || typeof item !== 'object' || item === null) {
      named.set(key, item)
      continue
    }
    const rest = Object.entries(item).filter(([inner, leaf]) => !put(`${key}.${inner}`, leaf))
    if (rest.length > 0) named.set(key, objectOf(rest))
  }
  if (error.size > 0) named.set('err', { type: 'Error', message: '', ...Object.fromEntries(error) })
  return objectOf(named)
}

/** Not by assignment: a key may be `__proto__`. */
function objectOf(entries: Iterable<readonly [string, unknown]>): Fields {
  return Object.fromEntries(entries) as Fields
}
