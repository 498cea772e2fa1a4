import fc from 'fast-check'
import { withContext } from '../../lib/index'
import { type Capture, capture, type LoggerOptions, METHODS } from './capture'

/** A log call, with what is bound around it. */
export interface LogCall {
  readonly method: (typeof METHODS)[number]
  readonly message: string | undefined
  readonly fields: Record<string, unknown> | undefined
  readonly bound: Record<string, unknown> | undefined
  readonly context: Record<string, unknown> | undefined
}

const NAMES = [
  ...['time', 'level', 'logger', 'msg', 'err', 'pid', 'host', 'service', 'env', 'version', 'trace_id', 'fields'],
  ...['hostname', 'name', '@timestamp', 'message', 'error', 'user', 'http', 'url', 'labels', 'tags', 'event', 'log'],
  ...['user.name', 'user.id', 'http.response.status_code', 'http.request', 'a.b', 'a', 'a.b.c', 'labels.x', 'x'],
  ...['process.pid', 'service.name', 'ecs', 'client', 'client.ip', '_id', '', ' ', '.', 'a..b', '__proto__', '\ud800'],
]

const key = fc.oneof(
  fc.constantFrom(...NAMES),
  fc.string({ maxLength: 8 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
)
const innerKey = fc.oneof(
  fc.constantFrom('name', 'id', 'request', 'response', 'status_code', 'ip', 'a.b', '', 'pid', 'method', 'x', 'message'),
  fc.string({ maxLength: 5 }),
)
const scalar = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constantFrom(null, undefined, '10.0.0.1', '2026-11-22T21:57:31.123Z', 'GET', '', 'null', 'a b="c"', 2n ** 70n),
)
const { value } = fc.letrec<{ value: unknown; object: unknown }>(tie => ({
  value: fc.oneof({ depthSize: 'small' }, scalar, tie('object'), fc.array(tie('value'), { maxLength: 3 })),
  object: fc.dictionary(innerKey, tie('value'), { maxKeys: 4 }),
}))
const fields = fc.dictionary(key, value, { maxKeys: 6 })
const error = fc
  .record({ message: fc.string(), cause: fc.boolean(), code: fc.constantFrom(undefined, 'ENOENT', 5) })
  .map(({ message, cause, code }) => {
    const made = new TypeError(message, cause ? { cause: new RangeError('inner') } : undefined)
    return code === undefined ? made : Object.assign(made, { code, syscall: 'open' })
  })
const withError = fc
  .tuple(fields, fc.option(error, { nil: undefined, freq: 3 }))
  .map(([rest, err]) => (err === undefined ? rest : { ...rest, err }))
const maybe = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined })

export const logCalls: fc.Arbitrary<LogCall> = fc.record({
  method: fc.constantFrom(...METHODS),
  message: maybe(fc.string().filter(text => !text.includes('%'))),
  fields: maybe(withError),
  bound: maybe(fields),
  context: maybe(fields),
})

/**
 * Whether a finished line tells all of a call that a layout sees. It does not say whether `err` was bound or given, and
 * pino takes the message of one that is given; and an `err` that is no error may have a number beyond 2^53 for a
 * message, which is a text in the line.
 */
export function isTold({ message, fields, bound, context }: LogCall): boolean {
  if ([fields, bound, context].some(isOfNoClass)) return false
  const outer = [bound, context].map(messageIn)
  if (message === undefined && outer.some(text => typeof text === 'string')) return false
  return [...outer, messageIn(fields)].every(
    text => typeof text !== 'bigint' && (typeof text !== 'number' || Math.abs(text) < 2 ** 53),
  )
}

/** Without a prototype it has no class for pino to name; in a line it is like any other object. */
function isOfNoClass(given: Record<string, unknown> | undefined): boolean {
  const err = given?.['err']
  return typeof err === 'object' && err !== null && Object.getPrototypeOf(err) === null
}

function messageIn(given: Record<string, unknown> | undefined): unknown {
  return ((given?.['err'] ?? {}) as { message?: unknown }).message
}

/** Makes the call at the same time on a logger of each kind; their lines. */
export function linesOf(call: LogCall, ...loggers: readonly Capture[]): string[] {
  const { now } = Date
  const at = now()
  Date.now = () => at
  try {
    return loggers.map(one => lineOf(call, one))
  } finally {
    Date.now = now
  }
}

function lineOf({ method, message, fields: given, bound, context }: LogCall, { loose, take }: Capture): string {
  const logger = bound === undefined ? loose : loose.child(bound)
  const args = [given, message].filter(arg => arg !== undefined)
  const log = (): void => logger[method](...args)
  if (context === undefined) log()
  else withContext(context, log)
  const lines = take()
  if (lines.length !== 1) throw new Error(`${lines.length} lines, expected one`)
  return lines[0]!
}

/** A logger of a layout that writes into memory. */
export function ofLayout(layout: 'hewn' | 'ecs' | 'pino' | 'logfmt', options: LoggerOptions = {}): Capture {
  return capture({ ...options, layout })
}
