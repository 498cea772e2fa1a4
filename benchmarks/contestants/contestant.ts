export type Fields = Readonly<Record<string, unknown>>

/** Where a contestant's lines go. */
export type Target =
  | { readonly kind: 'memory'; write(text: string): void }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'stdout' }

/** How a contestant is set up for one case. Each heeds what concerns it; all of it fits in JSON. */
export interface Variant {
  /** Fields bound to a child logger that then does the logging. */
  readonly bound?: Fields
  readonly level?: string
  readonly name?: string
  readonly durability?: 'turn' | 'line'
  readonly layout?: 'ecs' | 'pino'
  /** pino at its best: sonic-boom 4.2.0, and a child logger alone. */
  readonly best?: boolean
  readonly sync?: boolean
  readonly minLength?: number
  /** Fields of an asynchronous context that is there during the calls. */
  readonly context?: Fields
  /** Paths of values that are not to be written. */
  readonly redact?: readonly string[]
  /** Into a spool on disk, from where another process would send it: hewn alone. */
  readonly spool?: boolean
  /** The tree whose hewn is meant; this one if absent. */
  readonly root?: string
}

/** What stands for a value that is not to be written, whoever writes the line. */
export const REDACTED = '[redacted]'

/** A logger, set up. The methods are what an application would write at its call site. */
export interface Log {
  message(message: string): void
  fields(fields: Fields, message: string): void
  error(error: Error, message: string): void
  /** A new child logger with these fields; absent where there is no such thing. */
  child?(bound: Fields): Pick<Log, 'message'>
  /** Called where a pass over the inputs begins: what counts up from line to line starts anew. */
  rewind?(): void
  /** Pushes out a tail that would wait for more lines; called until all bytes have arrived. */
  push?(): void
  /** Runs the calls inside the variant's context. */
  within?(calls: () => void): void
}

/** What a line says, whatever it calls its parts. */
export interface Reading {
  readonly level: string
  /** ms since 1970. */
  readonly time: number
  readonly message: string
  readonly fields: Fields
}

/** What a disabled call is made on. */
export interface Site {
  debug(fields: Fields, message: string): void
}

export interface Contestant {
  open(target: Target, variant: Variant): Log
  /** Loggers whose level is above debug, as unlike each other as they get; the first is what an application has most of. */
  sites?(): readonly [Site, Site, Site, Site, Site]
  /** A parsed line, in common terms: constant parts that the logger adds by itself are left out. */
  read(line: Fields): Reading
}

/** A reader for lines that are one flat object. Everything not named here is a field of the call. */
export function flatReader(keys: { level: string; time: string; message: string; own: readonly string[] }) {
  const known = new Set([keys.level, keys.time, keys.message, ...keys.own])
  return (line: Fields): Reading => ({
    level: levelName(line[keys.level]),
    time: milliseconds(line[keys.time]),
    message: String(line[keys.message]),
    fields: Object.fromEntries(Object.entries(line).filter(([key]) => !known.has(key))),
  })
}

/** bunyan's and pino's numbers are the same. */
export function levelName(level: unknown): string {
  if (typeof level !== 'number') return String(level).toLowerCase()
  return { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' }[level] ?? String(level)
}

export function milliseconds(time: unknown): number {
  return typeof time === 'number' ? time : Date.parse(String(time))
}

export type FieldsFirst = Record<'info', (first: Fields | string, message?: string) => void>
export type MessageFirst = Record<'info', (message: string, fields?: Fields) => void>

/** The call sites of a peer that takes the fields first. Peers stand beside hewn on messages and fields alone. */
export function fieldsFirst(log: FieldsFirst): Log {
  return {
    message: message => log.info(message),
    fields: (fields, message) => log.info(fields, message),
    error: absent,
  }
}

/** The same of one that takes the message first. */
export function messageFirst(log: MessageFirst): Log {
  return {
    message: message => log.info(message),
    fields: (fields, message) => log.info(message, fields),
    error: absent,
  }
}

/** For a case that a logger does not take part in. */
export function absent(): never {
  throw new Error('this logger takes no part in that case')
}
