import { GelfFields } from './gelf-fields'
import { isObject, type JsonObject, jsonText } from './json'

/**
 * A line of hewn's as a message of GELF 1.1, one JSON object. `host` is for a line without one; `own` are fields of the
 * sender's, of which one in the line takes the place. Anything else than a line of hewn's becomes the message's text. Never
 * throws. Cost: some µs, growing with the line.
 */
export function gelfMessage(line: string, host: string, own: Readonly<Record<string, string>> = {}): string {
  try {
    const record: unknown = JSON.parse(line)
    if (isObject(record)) return messageOf({ ...own, ...record }, host)
  } catch {
    // No JSON, or nested deeper than can be read.
  }
  return messageOf({ ...own, msg: line }, host)
}

function messageOf(record: JsonObject, fallback: string): string {
  const { time, level, logger, msg, err, host, ...rest } = record
  const fields = new GelfFields()
  const { pid, service, env, version, trace_id, span_id, ...given } = rest
  const own = { level_name: level, logger, pid, service, env, version, trace_id, span_id }
  for (const [name, value] of Object.entries(own)) fields.add(name, value)
  const stacks: string[] = []
  if (err !== undefined) fields.add('err', withoutStacks(err, '', stacks))
  const timestamp = secondsOf(time)
  if (!tellsAll(timestamp, time)) fields.add('time', time)
  if (!isText(host)) fields.add('host', host)
  for (const [name, value] of Object.entries(given)) fields.add(name, value)
  const full = [...stacks, ...fields.long.map(([name, text]) => `${name}: ${text}`)].join('\n\n')
  return jsonText({
    version: '1.1',
    host: isText(host) ? host : fallback,
    short_message: shortMessage(msg, err),
    ...(full === '' ? {} : { full_message: full }),
    ...(timestamp === undefined ? {} : { timestamp }),
    level: severityOf(level),
    ...Object.fromEntries(fields.entries()),
  })
}

/** Graylog refuses a message without a text that is not blank. */
function shortMessage(msg: unknown, err: unknown): string {
  if (isText(msg)) return msg
  if (msg !== undefined && typeof msg !== 'string') return jsonText(msg)
  const { message, type } = isObject(err) ? err : {}
  return [message, type].find(isText) ?? '-'
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && NOT_BLANK.test(value)
}

/** Java counts these control characters as blank. */
const NOT_BLANK = /[^\s\u001c-\u001f]/

/**
 * An error without its stack and those of its causes, which are added to `stacks`, each with where it comes from. Its code
 * is a text, as Graylog gives a field one type for good, and some errors have a number and others a word.
 */
function withoutStacks(error: unknown, path: string, stacks: string[]): unknown {
  if (Array.isArray(error)) return error.map((item, index) => withoutStacks(item, `${path}[${index}]`, stacks))
  if (!isObject(error)) return error
  const { stack, code, cause, errors, ...rest } = error
  if (isText(stack)) stacks.push(path === '' ? stack : `${path}: ${stack}`)
  const left: Record<string, unknown> = { ...rest }
  if (!isText(stack) && stack !== undefined) left['stack'] = stack
  if (code !== undefined) left['code'] = typeof code === 'number' ? String(code) : code
  const within = path === '' ? '' : `${path}.`
  if (cause !== undefined) left['cause'] = withoutStacks(cause, `${within}cause`, stacks)
  if (errors !== undefined) left['errors'] = withoutStacks(errors, `${within}errors`, stacks)
  return left
}

/** Seconds since 1970 from what a line may have as its time; undefined leaves it to the receiver's clock. */
function secondsOf(time: unknown): number | undefined {
  const ms = typeof time === 'number' ? time : typeof time === 'string' ? msOf(time) : Number.NaN
  // Graylog takes what is not after 1970 for a mistake.
  return ms > 0 && ms <= LAST ? ms / 1000 : undefined
}

/** False for a time with more digits than Graylog keeps, or in another form than our own. */
function tellsAll(seconds: number | undefined, time: unknown): boolean {
  if (seconds === undefined) return false
  return typeof time === 'number' || new Date(Math.round(seconds * 1000)).toISOString() === time
}

function msOf(time: string): number {
  return NANOS.test(time) ? Number(time.slice(0, -6)) : Date.parse(time)
}

const NANOS = /^\d{16,19}$/
/** The last moment that a date can hold. */
const LAST = 8.64e15

/** Syslog's severity; a level that is none of the standard ones by syslog's own names, else as information. */
function severityOf(level: unknown): number {
  return (typeof level === 'string' ? SEVERITIES.get(level.toLowerCase()) : undefined) ?? 6
}

const SEVERITIES: ReadonlyMap<string, number> = new Map([
  ['trace', 7],
  ['debug', 7],
  ['info', 6],
  ['notice', 5],
  ['warn', 4],
  ['warning', 4],
  ['error', 3],
  ['fatal', 2],
  ['crit', 2],
  ['critical', 2],
  ['alert', 1],
  ['emerg', 0],
  ['emergency', 0],
])
