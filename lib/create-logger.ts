import type { Schema } from './config/json-schema'
import { levelProblems } from './config/level-problems'
import { censorProblems, redactProblems } from './config/redact-problems'
import { loggerSchema, loggerSettings } from './config/schema'
import { validate } from './config/validate'
import type { SpoolSettings } from './delivery/spool-schema'
import { type LayoutName, layoutFor, layoutProblems } from './layouts/layouts'
import { LEVELS, LevelTable, STANDARD_LEVELS } from './levels/levels'
import type { Redact } from './line/redact/options'
import type { Serializer } from './line/shape'
import type { TimeOption } from './line/time'
import { keepTrack } from './live-outputs'
import { LOGGER_FIELDS, Logger, type LogMethod } from './logger'
import { lineLimit, openOutputs } from './open-outputs'
import type { Destination } from './output/custom'
import { HewnError, type Problem, quote } from './problem'
import { DEFAULT_LINE, Registry } from './registry'
import type { TransportDescription } from './transport'

/** What createLogger takes. All optional: without any, JSON lines from `info` on go to standard output. */
export interface LoggerOptions<Custom extends string = never> {
  /** The logger's name, on each of its lines. */
  readonly name?: string | undefined
  /** A level, or any text of the level grammar. Default: 'info'. */
  readonly level?: string | undefined
  /** Fields on every line. */
  readonly fields?: object | undefined
  /** Written on every line. */
  readonly service?: string | undefined
  readonly env?: string | undefined
  readonly version?: string | undefined
  /** `turn`: lines are written once for each turn of the event loop. `line`: in each call. Default: 'turn'. */
  readonly durability?: 'turn' | 'line' | undefined
  /** The longest line, in bytes. Default: 262144. */
  readonly maxLineBytes?: number | undefined
  /** How long a reader that has stopped may hold up the process's end, in ms. Default: 2000. */
  readonly exitTimeout?: number | undefined
  /** False: hewn does not write what it holds before SIGTERM and SIGINT. Default: true. */
  readonly signals?: boolean | undefined
  /** Own levels beside the standard ones, by number: `{ notice: 35 }` gives a method `notice`. Whole numbers from 1 to 999. */
  readonly customLevels?: Readonly<Record<Custom, number>> | undefined
  /** By field name: what the field's value is replaced by before it is written. */
  readonly serializers?: Readonly<Record<string, Serializer>> | undefined
  /** What is never written: names at any depth, paths, patterns. A list is short for `{ paths }`. Children inherit it. */
  readonly redact?: Redact | undefined
  /**
   * The format of the lines: hewn's own, Elastic Common Schema, pino's or logfmt. Default: 'hewn', as always where
   * `pretty` is the only transport.
   */
  readonly layout?: LayoutName | undefined
  /** How `time` is written, or a function that gives it. Default: 'iso'; with the layout 'pino', 'epoch'. 'ecs' takes 'iso' alone. */
  readonly time?: TimeOption | undefined
  /** Where lines go. Default: `[stdout()]`. */
  readonly transports?: readonly TransportDescription[] | undefined
  /** Where lines for network transports wait on disk, and within which bounds. */
  readonly spool?: SpoolSettings | undefined
  /** How long the process's end may be held up to send what waits for network transports, in ms. Default: 2000. */
  readonly closeTimeout?: number | undefined
  /** Gets each line in the log call itself, ending in a newline, instead of the transports. */
  readonly destination?: Destination | undefined
}

export type CustomLogger<Custom extends string> = [Custom] extends [never]
  ? Logger
  : Logger & Readonly<Record<Custom, LogMethod>>

/**
 * A logger that stands alone: with its own level, transports and names, untouched by the process's configuration,
 * LOG_LEVEL and setLevels. Its transports are open when this returns.
 *
 * Throws a HewnError that names every option that is wrong.
 */
export function createLogger<const Custom extends string = never>(
  options: LoggerOptions<Custom> = {},
): CustomLogger<Custom> {
  const problems = optionProblems(options)
  if (problems.length > 0) throw new HewnError(problems)
  const levels = new LevelTable(options.customLevels)
  const registry = new Registry(levels, options.serializers)
  const unread = [...levelProblems(options, WHERE, { levels }), ...redactProblems(options, WHERE)]
  if (unread.length > 0) throw new HewnError(unread)
  registry.state.setLayer('configure', `${WHERE} level`, options.level ?? 'info')
  const { service, env, version, fields, redact } = options
  const transports = options.destination === undefined ? (options.transports ?? [{ type: 'stdout' }]) : []
  const layout = layoutFor(options.layout, transports)
  const line = {
    layout,
    time: options.time ?? layout.time,
    maxLineBytes: lineLimit(options.maxLineBytes ?? DEFAULT_LINE.maxLineBytes, transports),
    service,
    env,
    version,
    fields,
    redact,
  }
  const outputs = openOutputs({
    transports,
    destination: options.destination,
    durability: options.durability ?? 'turn',
    exitTimeout: options.exitTimeout ?? 2000,
    signals: options.signals ?? true,
    lossLine: loss => registry.lossLine(loss),
    levels,
    network: {
      layout: options.layout,
      service,
      spool: options.spool,
      closeTimeout: options.closeTimeout ?? 2000,
    },
  })
  registry.apply(line, keepTrack(outputs))
  return registry.getLogger(options.name ?? '') as CustomLogger<Custom>
}

const WHERE = 'createLogger()'

function optionProblems(options: LoggerOptions<string>): Problem[] {
  const problems: Problem[] = validate(options, loggerSchema, WHERE)
  if (problems.length > 0) return problems
  const { time, destination, serializers = {}, customLevels = {} } = options
  if (typeof time !== 'function') problems.push(...validate({ time }, timeSchema, WHERE))
  if (destination !== undefined && typeof destination.write !== 'function') {
    problems.push({
      where: `${WHERE} destination`,
      found: 'no method write',
      expected: 'an object with a method write(line)',
    })
  }
  problems.push(...censorProblems(options.redact, WHERE))
  problems.push(...layoutProblems(options, WHERE))
  for (const [name, serializer] of Object.entries(serializers)) {
    const where = `${WHERE} serializers.${name}`
    if (typeof serializer !== 'function')
      problems.push({ where, found: `a ${typeof serializer}`, expected: 'a function' })
  }
  for (const [name, number] of Object.entries(customLevels)) problems.push(...customLevelProblems(name, number))
  return problems
}

function customLevelProblems(name: string, number: unknown): Problem[] {
  const where = `${WHERE} customLevels.${name}`
  if (
    name in Logger.prototype ||
    LOGGER_FIELDS.has(name) ||
    !/^[a-z]\w*$/i.test(name) ||
    STANDARD_LEVELS.number(name) !== undefined
  ) {
    return [{ where, found: quote(name), expected: 'a name of letters and digits that a logger does not have yet' }]
  }
  const standard = Object.entries(LEVELS).find(([, known]) => known === number)?.[0]
  if (standard !== undefined)
    return [{ where, found: `${number}, which is ${standard}`, expected: 'a number of its own' }]
  if (typeof number === 'number' && Number.isInteger(number) && number >= 1 && number <= 999) return []
  return [{ where, found: String(number), expected: 'a whole number from 1 to 999' }]
}

const timeSchema: Schema = { type: 'object', properties: { time: loggerSettings.time } }
