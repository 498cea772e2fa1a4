import type { Bound } from '../line/bound'
import { CheckedEncoder } from '../line/checked-encoder'
import { END, type EncoderOptions, LONG } from '../line/encoder'
import { escapeText } from '../line/escape'
import { plainFields } from '../line/fields'
import type { Layout, Origin } from '../line/layout'
import { recordsBegun } from '../line/value'
import { ecsFields } from './ecs-document'
import { ECS_VERSION } from './ecs-table'
import { ECS_FIELDS } from './ecs-types'
import { HEWN_RULES, textOf } from './hewn'
import { entriesText, parseEntries } from './json'

/**
 * Elastic Common Schema: `{"@timestamp":…,"log.level":"info","log.logger":"http","message":…,"process.pid":…}`. Names
 * with dots mean the same to Elasticsearch as objects in objects.
 */
export const ECS: Layout = {
  name: 'ecs',
  timeStart: '{"@timestamp":',
  time: 'iso',
  messageKey: 'message',
  rules: { ...HEWN_RULES, special: isSpecial },
  head: (label, _level, logger) =>
    `,"log.level":${JSON.stringify(label)}${logger === '' ? '' : textOf('log.logger', logger)}`,
  base: ({ pid, host, service, env, version }) =>
    `,"process.pid":${pid}${textOf('host.hostname', host)}${textOf('service.name', service)}` +
    `${textOf('service.environment', env)}${textOf('service.version', version)}${VERSION}`,
  encoder: options => new EcsEncoder(options),
}

const VERSION = `,"ecs.version":"${ECS_VERSION}"`

/** Names of the schema, and such as Elasticsearch takes for more than a name: only with the value can be said where they go. */
function isSpecial(key: string): boolean {
  return ECS_FIELDS.has(key) || key === 'err' || key.includes('.') || key.startsWith('_') || key.trim() === ''
}

/** Whether a bound key's path cannot be the start of a plain key's, nor the reverse. */
function isApart(key: string): boolean {
  return !key.includes('.') || ECS_FIELDS.has(key.slice(0, key.indexOf('.')))
}

/** The fields that a line has by itself, for `ecsFields`. */
export function ownPaths({ service, env, version }: Partial<Origin>, logger: string, hasMessage: boolean): string[] {
  const paths = ['@timestamp', 'log.level', 'process.pid', 'host.hostname', 'ecs.version']
  if (logger !== '') paths.push('log.logger')
  if (hasMessage) paths.push('message')
  if (service !== undefined) paths.push('service.name')
  if (env !== undefined) paths.push('service.environment')
  if (version !== undefined) paths.push('service.version')
  return paths
}

class EcsEncoder extends CheckedEncoder {
  private readonly apart = new WeakMap<Bound, boolean>()
  private readonly paths: Record<'message' | 'none', string[]>

  constructor(options: EncoderOptions) {
    super(options)
    const { origin, logger } = options
    this.paths = { message: ownPaths(origin, logger, true), none: ownPaths(origin, logger, false) }
  }

  override fields(level: number, now: number, msg: string | undefined, fields: object, bound: Bound) {
    const before = recordsBegun()
    const line =
      this.isReady(bound) || msg === undefined || msg.length > LONG
        ? super.fields(level, now, msg, fields, bound)
        : this.afterSettled(level, now, msg, fields, bound)
    // What is inside of objects has not been looked at.
    if (line === undefined || recordsBegun() === before) return line
    return this.isOrdinary(line.slice(line.indexOf(VERSION) + VERSION.length)) ? line : undefined
  }

  /** Bound fields of the schema, `user.id` say: no plain key of a call has to do with where they went. */
  private afterSettled(level: number, now: number, msg: string, fields: object, bound: Bound): string | undefined {
    let apart = this.apart.get(bound)
    if (apart === undefined) {
      apart =
        bound.shape.book.rules === this.rules && bound.shape.keys().every(isApart) && bound.shape.parent !== undefined
      this.apart.set(bound, apart)
    }
    if (!apart) return undefined
    const start = this.start(level, now) + escapeText(msg) + this.lead(bound, now)
    const line = plainFields(start, fields, bound.shape, this.safeLength, END)
    return line !== undefined && line.length <= this.safeLength ? line : undefined
  }

  protected override settle(text: string, hasMessage: boolean): string {
    if (text === '') return ''
    return (
      errorText(text) ?? entriesText(ecsFields(parseEntries(text), hasMessage ? this.paths.message : this.paths.none))
    )
  }

  override traced(trace: string, bound: Bound): Bound {
    if (!this.isReady(bound)) return super.traced(trace, bound)
    const traced = super.traced(trace.replace('"trace_id"', '"trace.id"').replace('"span_id"', '"span.id"'), bound)
    traced.lead = this.base + traced.text
    traced.leadOf = this
    return traced
  }

  /** Whether no key in it has a dot or is blank, and no array holds an object. A text may be taken for one of them, never the reverse. */
  protected override isOrdinary(json: string): boolean {
    return !(json.includes('[{') || json.includes(',{') || DOTTED.test(json) || BLANK.test(json))
  }
}

/** An error without causes and properties of its own, where it is all there is: one key for another, and no parsing. */
function errorText(text: string): string | undefined {
  if (!text.startsWith(ERROR)) return undefined
  const message = text.indexOf(MESSAGE)
  const stack = text.indexOf(STACK, message)
  // Within a string, its quotes have a backslash before them.
  if (message === -1 || stack === -1 || text.indexOf('"', stack + STACK.length) < text.length - 2) return undefined
  const type = text.slice(ERROR.length, message)
  return `,"error.type":"${type}","error.message":"${text.slice(message + MESSAGE.length, stack)}","error.stack_trace":"${text.slice(stack + STACK.length, -1)}`
}

const ERROR = ',"err":{"type":"'
const MESSAGE = '","message":"'
const STACK = '","stack":"'

const DOTTED = /\.[^"]*":/
const BLANK = /"\s*":/
