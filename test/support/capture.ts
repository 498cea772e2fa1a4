import { configure, createLogger } from '../../lib/index'
import { type Json, type JsonObject, parseStrict } from './strict-json'

/** A log method as JavaScript sees it: anything may come. */
export type LooseMethod = (...args: unknown[]) => void

/** A logger without the help of the compiler. */
export interface LooseLogger extends Record<(typeof METHODS)[number], LooseMethod> {
  level: string
  readonly name: string
  child(bindings: unknown, options?: unknown): LooseLogger
  bindings(): Record<string, unknown>
  isLevelEnabled(level: string): boolean
}

export const METHODS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const

export type LoggerOptions = NonNullable<Parameters<typeof createLogger>[0]>

/** A logger of its own, and the lines it wrote so far. */
export interface Capture {
  readonly logger: ReturnType<typeof createLogger>
  readonly loose: LooseLogger
  readonly lines: string[]
  /** Takes the lines written since the last time. */
  take(): string[]
  /** Takes the one line that must have been written, and parses it. Throws if it is not one good line. */
  line(): JsonObject
}

/** Logs into memory at `trace`, each line in its call. */
export function capture(options: LoggerOptions = {}): Capture {
  const lines: string[] = []
  const write = (line: string): void => {
    lines.push(line)
  }
  const logger = createLogger({ level: 'trace', ...options, destination: { write } })
  const take = (): string[] => lines.splice(0)
  return { logger, loose: logger as unknown as LooseLogger, lines, take, line: () => parseLine(one(take())) }
}

/** As `capture`, for the process's own root logger: what detached methods log through. The last one called gets the lines. */
export function captureRoot(): Pick<Capture, 'take' | 'line'> {
  const lines: string[] = []
  const write = (line: string): void => {
    lines.push(line)
  }
  configure({ level: 'trace', destination: { write } })
  const take = (): string[] => lines.splice(0)
  return { take, line: () => parseLine(one(take())) }
}

/** What must be true of every line, whatever was logged. Throws what is not. */
export function parseLine(line: string, most = Number.POSITIVE_INFINITY): JsonObject {
  if (!line.endsWith('\n')) throw new Error('does not end its line')
  const text = line.slice(0, -1)
  const bytes = Buffer.byteLength(text)
  if (bytes > most) throw new Error(`${bytes} bytes, more than ${most}`)
  const value = parseStrict(text)
  if (!isObject(value)) throw new Error('is no object')
  const { time, level, msg, logger } = value
  if (typeof time !== 'string' || !TIME.test(time)) throw new Error(`time is ${JSON.stringify(time)}`)
  if (!METHODS.some(method => method === level)) throw new Error(`level is ${JSON.stringify(level)}`)
  if (msg !== undefined && typeof msg !== 'string') throw new Error(`msg is ${JSON.stringify(msg).slice(0, 100)}`)
  if (logger !== undefined && typeof logger !== 'string') throw new Error(`logger is ${JSON.stringify(logger)}`)
  return value
}

/** Follows keys and indexes; undefined where they lead nowhere. */
export function at(value: Json | undefined, ...path: (string | number)[]): Json | undefined {
  let here = value
  for (const step of path) {
    if (typeof here !== 'object' || here === null) return undefined
    here = (here as JsonObject)[step]
  }
  return here
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function one(lines: string[]): string {
  const [line] = lines
  if (line === undefined || lines.length !== 1) throw new Error(`${lines.length} lines, expected one`)
  return line
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
