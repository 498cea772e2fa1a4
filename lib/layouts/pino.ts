import type { Bound } from '../line/bound'
import type { Call } from '../line/call'
import { CheckedEncoder } from '../line/checked-encoder'
import { END, type EncoderOptions, LONG } from '../line/encoder'
import { escapeText } from '../line/escape'
import { plainFields } from '../line/fields'
import { flat } from '../line/flat'
import type { Layout, Origin } from '../line/layout'
import { readProperty } from '../line/read'
import type { RecordText } from '../line/record'
import type { KeyBook } from '../line/shape'
import { renderString } from '../line/value'
import { textOf } from './hewn'
import { entriesText, isObject, type JsonObject, parseEntries } from './json'
import { pinoError } from './pino-error'

/** pino's line: `{"level":30,"time":1795384651123,"pid":4132,"hostname":"web-1","name":"http",…,"msg":…}`. */
export const PINO: Layout = {
  name: 'pino',
  timeStart: ',"time":',
  time: 'epoch',
  messageKey: 'msg',
  rules: { reserved: new Set(['fields']), special: key => SPECIAL.has(key) },
  serializers: { err: pinoError },
  head: (_label, level) => `{"level":${level}`,
  base: ({ pid, host, service, env, version }, logger) =>
    `,"pid":${pid}${textOf('hostname', host)}${logger === '' ? '' : textOf('name', logger)}` +
    `${textOf('service', service)}${textOf('env', env)}${textOf('version', version)}`,
  encoder: options => new PinoEncoder(options),
}

/** What a line may have by itself. pino writes such a key twice. */
const NAMES = ['level', 'time', 'pid', 'hostname', 'name', 'service', 'env', 'version', 'msg']
const SPECIAL: ReadonlySet<string> = new Set([...NAMES, 'trace_id', 'span_id'])
const MAYBE_TWICE = new RegExp(`"(?:${NAMES.join('|')}|fields)":`)

/** The names that a line has by itself, but for `msg`. */
export function ownNames({ service, env, version }: Partial<Origin>, logger: string): Set<string> {
  const names = new Set(['level', 'time', 'pid', 'hostname'])
  if (logger !== '') names.add('name')
  if (service !== undefined) names.add('service')
  if (env !== undefined) names.add('env')
  if (version !== undefined) names.add('version')
  return names
}

/** Each key once: what the line has by itself already goes into `fields`. `given` is what the caller called `fields`. */
export function pinoFields(
  entries: JsonObject,
  given: unknown,
  own: ReadonlySet<string>,
  hasMessage: boolean,
): JsonObject {
  const kept: Record<string, unknown> = Object.create(null)
  const moved: Record<string, unknown> = Object.create(null)
  for (const [key, value] of Object.entries(entries)) {
    if (own.has(key) || (hasMessage && key === 'msg')) moved[key] = value
    else kept[key] = value
  }
  if (Object.keys(moved).length > 0) kept['fields'] = given === undefined ? moved : { ...moved, fields: given }
  else if (given !== undefined) kept['fields'] = given
  return kept
}

/** The message comes last. */
class PinoEncoder extends CheckedEncoder {
  private readonly own: ReadonlySet<string>
  private readonly levels: string[]
  private readonly rest: string
  /** False while an error alone is written: looking for names in its stack costs as much as writing it. */
  private mayClash = true

  constructor(options: EncoderOptions) {
    super(options)
    const { layout, origin, logger, levels, clock } = options
    this.own = ownNames(origin, logger)
    this.levels = new Array<string>(Math.max(...levels.keys()) + 1).fill('')
    for (const [level, label] of levels) this.levels[level] = layout.head(label, level, logger)
    this.rest = flat(clock.close + layout.base(origin, logger))
    this.base = ''
  }

  override message(level: number, now: number, msg: string, bound: Bound): string | undefined {
    if (msg.length > LONG) return undefined
    const text = bound.text === '' ? '' : this.lead(bound, now)
    const line = `${this.start(level, now) + text},"msg":"${escapeText(msg)}"}\n`
    return line.length <= this.safeLength ? line : undefined
  }

  override fields(level: number, now: number, msg: string | undefined, fields: object, bound: Bound) {
    if (!this.isReady(bound) || (msg !== undefined && msg.length > LONG)) return undefined
    const text = bound.text === '' ? '' : this.lead(bound, now)
    const end = msg === undefined ? END : `,"msg":"${escapeText(msg)}"}\n`
    const line = plainFields(this.start(level, now) + text, fields, bound.shape, this.safeLength, end)
    return line !== undefined && line.length <= this.safeLength ? line : undefined
  }

  override record(level: number, now: number, call: Call, inherited: readonly string[], book: KeyBook): string {
    this.mayClash = call.fields.length > 0 || inherited.some(text => MAYBE_TWICE.test(text))
    const line = super.record(level, now, inherited.some(holdsMessage) ? call : withMessageOf(call), inherited, book)
    this.mayClash = true
    return line
  }

  /** The line up to the fields. */
  protected override start(level: number, now: number): string {
    if (now === this.startNow && level === this.startLevel) return this.startText
    const text = this.levels[level] + this.clock.open(now) + this.rest
    if (this.clock.steady) {
      this.startNow = now
      this.startLevel = level
      this.startText = text
    }
    return text
  }

  protected override assemble(level: number, now: number, { msg, fields }: RecordText, room: number): string {
    const line = this.start(level, now) + (this.mayClash ? this.settle(fields, msg !== undefined) : fields)
    return msg === undefined ? line + END : `${line},"msg":${renderString(msg, room)}${END}`
  }

  protected override settle(text: string, hasMessage: boolean): string {
    if (!MAYBE_TWICE.test(text)) return text
    const { fields: holder, ...entries } = parseEntries(text)
    const given = isObject(holder) ? holder['fields'] : undefined
    const clashes = Object.keys(entries).some(key => this.own.has(key) || (hasMessage && key === 'msg'))
    if (!clashes && holder === undefined) return text
    return entriesText(Object.entries(pinoFields(entries, given, this.own, hasMessage)))
  }
}

/** Whether a text of bound fields has a `msg`, which no other may then become. */
function holdsMessage(text: string): boolean {
  if (!text.includes('"msg":')) return false
  const { msg, fields } = parseEntries(text)
  return msg !== undefined || (isObject(fields) && fields['msg'] !== undefined)
}

/** Without a message, pino takes that of the `err` among the fields. */
function withMessageOf(call: Call): Call {
  if (call.msg !== undefined || call.err !== undefined) return call
  const fields = call.fields.at(-1)
  if (fields === undefined || !readProperty(fields, 'err').value || readProperty(fields, 'msg').value !== undefined)
    return call
  const { value: err } = readProperty(fields, 'err')
  const { threw, value } =
    typeof err === 'object' && err !== null ? readProperty(err, 'message') : { threw: true, value: '' }
  return !threw && typeof value === 'string' ? { ...call, msg: value } : call
}
