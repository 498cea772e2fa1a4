import { sep } from 'node:path'
import { Clock } from './pretty-clock'
import { errorLines, isWrittenError } from './pretty-error'
import { append, block, Fields, isBlock, type Page } from './pretty-page'
import { requestMark } from './pretty-request'
import { COLORED, COLORED_256, keyWord, type Paint, PLAIN, type Style, visible, visibleLine } from './pretty-text'

export type { Page } from './pretty-page'
export { colorDepth, visible, visibleLine, wantsColor } from './pretty-text'

export interface PrettyOptions {
  readonly colors: boolean
  /** How many colours the terminal has, in bits. From 8 on requests are told apart by 12 colours instead of 5. Default: 4. */
  readonly colorDepth?: number | undefined
  /** The terminal's width in characters. What is no width counts as 100. */
  readonly columns: number
  /** Places in stacks below this folder are shown relative to it. Default: none. */
  readonly cwd?: string | undefined
  /** Also show what is the same on every line: pid, host, service, env and version. Default: no. */
  readonly base?: boolean | undefined
  /** Where a place of a stack (`/srv/dist/a.js:1:2`) stands in the source; undefined if that is not known. Default: never. */
  readonly sourceOf?: ((place: string) => string | undefined) | undefined
}

/**
 * One finished line of hewn (or several) for people at a terminal; ends in a newline if `text` does. What is no
 * record passes through. Nothing of it reaches the terminal raw: control characters are shown, not sent.
 * Never throws. Cost: some 5 µs for an ordinary line; grows with its length, for 256 KiB of tiny values to some 100 ms.
 */
export function prettyLine(text: string, options: PrettyOptions): string {
  const end = text.endsWith('\n') ? '\n' : ''
  const page = pageFor(options)
  const lines = text.slice(0, text.length - end.length).split('\n')
  return lines.map(line => one(line, page)).join('\n') + end
}

/** Records of one terminal share a page. */
export function pageFor(options: PrettyOptions): Page {
  const { colors, colorDepth = 4, columns, cwd = '', base = false, sourceOf } = options
  const root = cwd === '' || cwd.endsWith(sep) ? cwd : cwd + sep
  const width = Number.isFinite(columns) && columns > 0 ? Math.min(Math.max(columns, 40), 1000) : 100
  const paint = colors ? (colorDepth >= 8 ? COLORED_256 : COLORED) : PLAIN
  return { paint, columns: width, root, base, sourceOf, clock: new Clock() }
}

function one(line: string, page: Page): string {
  try {
    const record = recordOf(line)
    if (record !== undefined) return prettyRecord(record, page)
  } catch {
    // Not JSON, or nested so deep that it can't be walked: as text it can still be shown.
  }
  return visibleLine(line.replace(/\r$/, ''))
}

/** A record with hewn's names for what every record has. */
export type LogRecord = Readonly<Record<string, unknown>>

/** JSON that says what level it is of, or of what time. */
function recordOf(line: string): LogRecord | undefined {
  if (!line.startsWith('{')) return undefined
  const value = JSON.parse(line) as LogRecord
  return isScalar(value.level) || isScalar(value.time) ? value : undefined
}

function isScalar(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number'
}

/** How far what belongs to a line stands below it. */
const INDENT = 4
/** The same on every line of a process, also under pino's name. */
export const BASE: ReadonlySet<string> = new Set(['pid', 'host', 'hostname', 'service', 'env', 'version'])

/** A parsed record, without a newline at the end. Throws where it is nested so deep that it can't be walked. */
export function prettyRecord(record: LogRecord, page: Page): string {
  const request = requestMark(record)
  const { text, width, rest } = headOf(record, page, request?.hue)
  const fields = new Fields(page, text, width, INDENT)
  const errors: string[] = []
  if (rest !== undefined) fields.addBelow(block(rest, page, INDENT))
  // Not Object.entries, which makes an array a field.
  for (const key in record) {
    const value = record[key]
    if (isHead(key, value) || (!page.base && BASE.has(key))) continue
    if (isWrittenError(key, value)) {
      append(errors, errorLines(value, key === 'err' ? '' : `${keyWord(key)}: `, page, INDENT))
    } else fields.add(key, value, key === request?.key ? request.hue : undefined)
  }
  fields.addBelow(errors)
  return fields.end().join('\n')
}

function isHead(key: string, value: unknown): boolean {
  if (key === 'logger' || key === 'msg') return typeof value === 'string'
  return (key === 'time' || key === 'level') && isScalar(value)
}

/** Time (in its request's colour), level, name and message, of which the first line; `rest` is what follows it. */
function headOf(
  record: LogRecord,
  page: Page,
  hue: number | undefined,
): { text: string; width: number; rest: string | undefined } {
  const { time, level, logger, msg } = record
  const label = isScalar(level) ? labelOf(level) : ''
  const message = typeof msg === 'string' ? msg : ''
  const end = isBlock(message) ? message.indexOf('\n') : message.length
  const first = visible(message.slice(0, end).trimEnd())
  const parts: [Style | number | undefined, string][] = []
  if (isScalar(time)) parts.push([hue ?? 'dim', page.clock.text(time)])
  if (label !== '') parts.push([styleOf(label), visible(label.toUpperCase()).padEnd(5)])
  if (typeof logger === 'string' && logger !== '') parts.push(['name', visible(logger) + (first === '' ? '' : ':')])
  if (first !== '') parts.push([QUIET.has(label) ? undefined : 'bold', first])
  return {
    text: parts.map(([style, text]) => painted(page.paint, style, text)).join(' '),
    width: parts.reduce((sum, [, text]) => sum + text.length + 1, -1),
    rest: end < message.length ? message.slice(end + 1) : undefined,
  }
}

function painted(paint: Paint, style: Style | number | undefined, text: string): string {
  return style === undefined ? text : paint(style, text)
}

const QUIET = new Set(['trace', 'debug'])
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const

/** pino's numbers have names. */
function labelOf(level: string | number): string {
  return typeof level === 'string' ? level : (LEVELS[level / 10 - 1] ?? String(level))
}

function styleOf(label: string): Style {
  const lower = label.toLowerCase()
  return LEVELS.find(level => level === lower) ?? 'custom'
}
