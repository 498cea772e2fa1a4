import { readLevel } from './level'
import { isoTime, readTime } from './time'

export type Fields = Readonly<Record<string, unknown>>

/**
 * A record of any of the loggers with hewn's names; the same object if it has them already, undefined if it is no
 * record: it says neither its level nor its time.
 */
export function normalise(value: Fields): Fields | undefined {
  if (isHewns(value)) return value
  const source = ECS_MARKS.some(key => key in value) ? fromEcs(value) : new Map(Object.entries(value))
  const time = take(source, ['time', '@timestamp', 'timestamp', 'ts'], isScalar)
  const level = take(source, ['level', 'severity', 'lvl'], isScalar)
  if (time === undefined && level === undefined) return undefined
  const isBunyan = source.get('v') === 0 && typeof level === 'number'
  if (isBunyan) source.delete('v')
  const head: [string, unknown][] = [
    ['time', typeof time === 'string' || typeof time === 'number' ? (isoTime(readTime(time)) ?? time) : undefined],
    ['level', typeof level === 'string' || typeof level === 'number' ? readLevel(level).label : undefined],
    ['logger', take(source, ['logger', 'name', 'label'], isText)],
    ['msg', take(source, ['msg', 'message', 'short_message'], isText)],
    ['err', errorOf(source)],
    ['pid', take(source, ['pid'], isScalar)],
    ['host', take(source, ['host', 'hostname'], isText)],
  ]
  return objectOf([...head.filter(([, item]) => item !== undefined), ...source])
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

function isScalar(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number'
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

/** The value under the first of these keys that has one of this kind; it is then no longer among the rest. */
function take<T>(
  source: Map<string, unknown>,
  keys: readonly string[],
  fits: (value: unknown) => value is T,
): T | undefined {
  for (const key of keys) {
    const value = source.get(key)
    if (!fits(value)) continue
    source.delete(key)
    return value
  }
  return undefined
}

/** `err` or `error` as hewn writes it; winston leaves an error's stack beside the message. */
function errorOf(source: Map<string, unknown>): unknown {
  for (const key of ['err', 'error', 'exception']) {
    const error = asError(source.get(key))
    if (error === undefined) continue
    source.delete(key)
    return error
  }
  const stack = source.get('stack')
  if (typeof stack !== 'string') return undefined
  source.delete('stack')
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

function fromEcs(value: Fields): Map<string, unknown> {
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
  return named
}

/** Not by assignment: a key may be `__proto__`. */
function objectOf(entries: Iterable<readonly [string, unknown]>): Fields {
  return Object.fromEntries(entries) as Fields
}
