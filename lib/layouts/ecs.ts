import type { Bound } from '../line/bound'
import { CheckedEncoder } from '../line/checked-encoder'
import type { EncoderOptions } from '../line/encoder'
import type { Layout, Origin } from '../line/layout'
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
  return ECS_FIELDS.has(key) || key.includes('.') || key.startsWith('_') || key.trim() === ''
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
  private readonly paths: Record<'message' | 'none', string[]>

  constructor(options: EncoderOptions) {
    super(options)
    const { origin, logger } = options
    this.paths = { message: ownPaths(origin, logger, true), none: ownPaths(origin, logger, false) }
  }

  override fields(level: number, now: number, msg: string | undefined, fields: object, bound: Bound) {
    const line = super.fields(level, now, msg, fields, bound)
    if (line === undefined || !holdsObjects(fields)) return line
    return isOrdinary(line.slice(line.indexOf(VERSION) + VERSION.length)) ? line : undefined
  }

  protected override settle(text: string, hasMessage: boolean): string {
    if (text === '') return ''
    return entriesText(ecsFields(parseEntries(text), hasMessage ? this.paths.message : this.paths.none))
  }

  override traced(trace: string, bound: Bound): Bound {
    const ids = this.isReady(bound)
      ? trace.replace('"trace_id"', '"trace.id"').replace('"span_id"', '"span.id"')
      : trace
    return super.traced(ids, bound)
  }
}

/** What is inside of an object has not been looked at on the hot path. */
function holdsObjects(fields: object): boolean {
  for (const key in fields) {
    const value = (fields as Record<string, unknown>)[key]
    if (typeof value === 'object' && value !== null) return true
  }
  return false
}

/** Whether no key in it holds a dot or is blank, and no array holds objects. A text may be taken for such a key, never the reverse. */
function isOrdinary(json: string): boolean {
  return !json.includes('[') && !DOTTED.test(json) && !BLANK.test(json)
}

const DOTTED = /\.[^"]*":/
const BLANK = /"\s*":/
