import { closeSync, openSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import {
  type Contestant,
  type Fields,
  flatReader,
  type Log,
  REDACTED,
  type Target,
  type Variant,
} from './contestants/contestant'
import type { Payload } from './inputs'

/**
 * What a case costs when its one line is written by hand: a template literal that knows the fields, takes the line's
 * start up to the message from a cache that lasts a millisecond, and escapes each string that varies. To the same
 * destination, with nothing in between. This is what a logger can hope to come near.
 */
export function floorFor(payload: Payload): Contestant {
  return {
    open: (target, variant) => open(payload, target, variant),
    read: flatReader({ level: 'level', time: 'time', message: 'msg', own: ['pid', 'host'] }),
  }
}

function open(payload: Payload, target: Target, variant: Variant): Log {
  const put = destination(target, variant)
  const own = `","pid":${process.pid},"host":${JSON.stringify(hostname())}`
  const tail = Object.entries(variant.bound ?? {}).reduce((text, [key, value]) => `${text},"${key}":"${value}"`, own)
  const rest = variant.redact === undefined ? RESTS[payload](tail) : redacted(payload, tail)
  const end = flat(`${tail}}\n`)
  const info = startOf('info')
  const error = startOf('error')
  return {
    message: message => put(`${info()}${escaped(message)}${end}`),
    fields: (values, message) => put(`${info()}${escaped(message)}${rest(values)}`),
    error: (cause, message) => put(`${error()}${escaped(message)}${rest(cause as unknown as Fields)}`),
    child: bound => childOf(put, info, rest(bound)),
  }
}

/** A child by hand: an object that holds its lines' end. */
function childOf(put: (line: string) => void, start: () => string, end: string): Pick<Log, 'message'> {
  return { message: message => put(`${start()}${escaped(message)}${end}`) }
}

/**
 * The line from the end of its message on, given what is the same on every line. Values are read by their keys, and
 * what is a string is known from the inputs.
 */
const RESTS: Readonly<Record<Payload, (tail: string) => (values: Fields) => string>> = {
  message: tail => () => flat(`${tail}}\n`),
  field1: tail => {
    const status = flat(`${tail},"status":`)
    return values => `${status}${values.status}}\n`
  },
  field3: tail => {
    const id = flat(`${tail},"requestId":"`)
    return values => `${id}${escaped(values.requestId)}","status":${values.status},"ms":${values.ms}}\n`
  },
  other3: tail => {
    const user = flat(`${tail},"user":"`)
    return values => `${user}${escaped(values.user)}","status":${values.status},"ms":${values.ms}}\n`
  },
  field10: tail => {
    const id = flat(`${tail},"requestId":"`)
    return ({ requestId, path, ip, user, status, ms, bytes, port, attempt, cached }) =>
      `${id}${escaped(requestId)}","path":"${escaped(path)}","ip":"${escaped(ip)}","user":"${escaped(user)}","status":${status},"ms":${ms},"bytes":${bytes},"port":${port},"attempt":${attempt},"cached":${cached}}\n`
  },
  error: tail => {
    const type = flat(`${tail},"err":{"type":"`)
    return ({ name, message, stack }) =>
      `${type}${escaped(name)}","message":"${escaped(message)}","stack":"${escaped(stack)}"}}\n`
  },
  long: bodyOf,
  text: bodyOf,
  deep: tail => {
    const user = flat(`${tail},"user":`)
    return values =>
      `${user}${JSON.stringify(values.user)},"request":${JSON.stringify(values.request)},"items":${JSON.stringify(values.items)}}\n`
  },
}

/** The same where some values are not to be written, which are known here, too. */
function redacted(payload: Payload, tail: string): (values: Fields) => string {
  if (payload !== 'deep') {
    const user = flat(`${tail},"user":"${REDACTED}","status":`)
    return values => `${user}${values.status},"ms":${values.ms}}\n`
  }
  const rest = RESTS.deep(tail)
  return values => {
    const { user, request, items } = values as Record<string, Record<string, object>>
    const session = { ...user!.session, token: REDACTED }
    const headers = { ...request!.headers, authorization: REDACTED }
    return rest({ user: { ...user, password: REDACTED, session }, request: { ...request, headers }, items })
  }
}

function bodyOf(tail: string): (values: Fields) => string {
  const body = flat(`${tail},"body":"`)
  return values => `${body}${escaped(values.body)}"}\n`
}

/** `{"time":"2026-11-22T21:57:31.123Z","level":"info","msg":"`, made once a millisecond. */
function startOf(level: string): () => string {
  let at = 0
  let start = ''
  return () => {
    const now = Date.now()
    if (now !== at) {
      at = now
      start = flat(`{"time":"${new Date(now).toISOString()}","level":"${level}","msg":"`)
    }
    return start
  }
}

/** A string in one piece: whoever writes a line walks through all the pieces of its constants, each time. */
function flat(text: string): string {
  return Buffer.from(text).toString()
}

const NODE = Number.parseInt(process.versions.node, 10)
const SHORT = 12
const LONG = NODE >= 25 ? 256 : Number.POSITIVE_INFINITY
const UNSAFE_IN_LINES = /[\u0000-\u0009\u000b-\u001f"\\\u007f-\u009f\u2028\u2029\ud800-\udfff]/
const UNSAFE = /[\u0000-\u001f"\\\u007f-\u009f\u2028\u2029\ud800-\udfff]/

/**
 * The inside of a JSON string. Most need nothing: short ones are looked through by hand, others by a regular expression,
 * long ones by JSON.stringify where it is the fastest. Stacks and texts have line breaks and little else.
 */
function escaped(value: unknown): string {
  const text = value as string
  if (text.length > SHORT) return text.length >= LONG || UNSAFE.test(text) ? rewritten(text) : text
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 32 || code === 34 || code === 92 || code > 126) return rewritten(text)
  }
  return text
}

function rewritten(text: string): string {
  if (NODE < 22 && !UNSAFE_IN_LINES.test(text)) return text.replaceAll('\n', '\\n')
  const json = JSON.stringify(text)
  return json.length === text.length + 2 ? text : json.slice(1, -1)
}

/** Lines to the destination with nothing between: by the line, or by the turn of the event loop as hewn's default does. */
function destination(target: Target, variant: Variant): (line: string) => void {
  if (target.kind === 'memory') return target.write
  const fd = target.kind === 'stdout' ? 1 : openSync(target.path, 'a')
  if (target.kind === 'file') process.on('exit', () => closeSync(fd))
  if (variant.durability === 'line') return line => void writeSync(fd, line)
  let pending = ''
  const write = () => {
    if (pending !== '') writeSync(fd, pending)
    pending = ''
  }
  return line => {
    if (pending === '') setImmediate(write)
    pending += line
    if (pending.length >= TURN) write()
  }
}

const TURN = 65_536
