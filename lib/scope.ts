import type { LevelTable } from './levels/levels'
import type { ResolvedLevel } from './levels/rules'
import type { Encoder } from './line/encoder'
import type { Logger, LoggerClass } from './logger'

/** A threshold, shared by all loggers that follow it: changing `min` changes them all at once. */
export interface Gate {
  /** Calls below this number go no further. -1 until the configuration is read, so that the first call reads it. */
  min: number
  /** The level as set, which `min` can be above when no transport wants what the level would let through. */
  level: number
  /** Rules that depend on bound or context fields: then `min` is the lowest that any of them allows. */
  resolved: ResolvedLevel | undefined
  /** The child whose own gate it is; undefined for a name's. */
  readonly owner: Logger | undefined
}

/** Takes finished lines. */
export interface LineTaker {
  write(line: string, level: number, now: number): void
}

/** What a logger's name comes to: worked out when the configuration or the levels change, read by every call. */
export interface Scope {
  readonly name: string
  readonly gate: Gate
  encoder: Encoder
  out: LineTaker
  /** Bits of `Extra`: what a call must look at for this name. Zero mostly. */
  extras: number
  readonly home: Home
}

export const enum Extra {
  /** The configuration has not been read. */
  start = 1,
  /** The gate has rules with conditions. */
  conditions = 2,
  /** The rules of redaction have changed since there are loggers: what those hold may be older. */
  renewal = 4,
}

/** What a logger asks of the configuration it belongs to; never in a log call, but for the very first. */
export interface Home {
  readonly levels: LevelTable
  readonly loggerClass: LoggerClass
  /** What bound fields may take of a line, in UTF-16 units. */
  readonly boundRoom: number
  /** Reads the configuration if that has not been done. Never throws. */
  start(): void
  /** Sets a name's level, for it and all that follow it. */
  assign(name: string, level: number): void
  /** A child made before the configuration was read: it does not have the fields that the configuration binds. */
  bornEarly(child: Logger): void
  /** Brings what a logger has bound under the rules of redaction in force. */
  renew(logger: Logger): void
  /** A line that could not be made or written at all. */
  lost(level: number): void
}
