import { hostname } from 'node:os'
import { COMMON_KEYS, UNBOUND } from './context'
import { HEWN } from './layouts/hewn'
import { LEVELS, type LevelTable, SILENT } from './levels/levels'
import { LevelState } from './levels/state'
import { Bound, bind, rejoin } from './line/bound'
import { readCall } from './line/call'
import { Encoder } from './line/encoder'
import type * as Bounds from './line/redact/bound'
import type * as RedactingEncoders from './line/redact/encoder'
import { type Redact, sameRules } from './line/redact/options'
import type * as Redactions from './line/redact/redaction'
import type { Redaction } from './line/redact/redaction'
import type { KeyBook, Serializer } from './line/shape'
import { type Clock, clockFor, type TimeOption } from './line/time'
import { Logger, type LoggerClass, levelMethod } from './logger'
import type { Loss } from './output/losses'
import { Outputs } from './outputs'
import { Extra, type Gate, type Home, type Scope } from './scope'
import { lookForTraces } from './trace'

/** What the lines of a configuration have in common. */
export interface LineSettings {
  readonly time: TimeOption
  readonly maxLineBytes: number
  readonly service?: string | undefined
  readonly env?: string | undefined
  readonly version?: string | undefined
  /** Bound to every logger. */
  readonly fields?: object | undefined
  /** What is never written. */
  readonly redact?: Redact | undefined
}

export const DEFAULT_LINE: LineSettings = { time: 'iso', maxLineBytes: 262_144 }

/**
 * The loggers of one configuration, and what their names come to. There is one for the process, and one for each
 * createLogger. Works everything out when levels, settings or outputs change; a call reads what stands in its scope.
 */
export class Registry implements Home {
  readonly levels: LevelTable
  readonly loggerClass: LoggerClass
  readonly state: LevelState
  private readonly plainKeys: KeyBook
  private redaction: Redaction | undefined
  /** Loggers may hold what was bound under older rules of redaction. */
  private renewal = 0
  private readonly scopes = new Map<string, Scope>()
  private readonly loggers = new Map<string, Logger>()
  private readonly early = new Set<WeakRef<Logger>>()
  private readonly starter: (() => void) | undefined
  /** Told after every change of the levels. */
  onLevels: (() => void) | undefined
  private line = DEFAULT_LINE
  private clock: Clock
  private base: string
  private rootBound: Bound = UNBOUND
  private outputs = new Outputs([])
  private started: boolean
  private applied = false
  private readonly afterStart: (() => void)[] = []
  private readonly losses = new Map<number, number>()

  /** `starter` reads the configuration when the first call needs it; without one, the registry is ready as it is. */
  constructor(levels: LevelTable, serializers?: Record<string, Serializer>, starter?: () => void) {
    this.levels = levels
    this.loggerClass = classFor(levels)
    this.plainKeys = serializers === undefined ? COMMON_KEYS : COMMON_KEYS.withSerializers(serializers)
    this.starter = starter
    this.started = starter === undefined
    this.state = new LevelState({ levels, onChange: () => this.levelsChanged() })
    this.clock = clockFor(this.line.time, HEWN.timeKey, lookForTraces)
    this.base = baseText(this.line)
  }

  /** The keys of a logger that has no serializers of its own. */
  private get keys(): KeyBook {
    return this.redaction === undefined ? this.plainKeys : this.plainKeys.withGuard(this.redaction.root)
  }

  get boundRoom(): number {
    return Math.floor(this.line.maxLineBytes / 8)
  }

  /** The logger of a name, the same one each time. '' is the root. */
  getLogger(name: string): Logger {
    const key = typeof name === 'string' ? name : String(name ?? '')
    let logger = this.loggers.get(key)
    if (logger === undefined) {
      const scope = this.scopeOf(key)
      logger = new this.loggerClass(scope, scope.gate, this.started ? this.rootBound : this.startBound(), undefined)
      this.loggers.set(key, logger)
    }
    return logger
  }

  start(): void {
    if (this.started) return
    // Before the starter runs: what it logs itself must not start it again.
    this.started = true
    lookForTraces()
    this.starter?.()
    this.bindAll()
    this.resolveAll()
    for (const then of this.afterStart.splice(0)) then()
  }

  /** Calls `then` when the configuration has been read: at once, if it has. */
  onStart(then: () => void): void {
    if (this.started) then()
    else this.afterStart.push(then)
  }

  /** Puts new settings and outputs in force for all loggers at once; returns the outputs that were in force. */
  apply(line: LineSettings, outputs: Outputs): Outputs {
    const before = this.outputs
    if (line !== this.line) {
      this.redact(line.redact)
      this.line = line
      this.clock = clockFor(line.time, HEWN.timeKey, lookForTraces)
      this.base = baseText(line, this.redaction)
      for (const scope of this.scopes.values()) scope.encoder = this.encoderFor(scope.name)
    }
    this.started = true
    this.applied = true
    this.outputs = outputs
    this.bindAll()
    this.resolveAll()
    for (const then of this.afterStart.splice(0)) then()
    return before
  }

  assign(name: string, level: number): void {
    this.start()
    this.state.assign(name, level)
  }

  bornEarly(child: Logger): void {
    if (this.early.size < MAX_EARLY) this.early.add(new WeakRef(child))
    else this.renewal = Extra.renewal
  }

  renew(logger: Logger): void {
    const { redaction } = this
    const { book } = logger.bound.shape
    if (redaction === undefined || book.guard === redaction.root) return
    const { redactBound } = require('./line/redact/bound') as typeof Bounds
    logger.rebind(redactBound(logger.bound, book.withGuard(redaction.root)))
  }

  /** New rules. Loggers take them up one by one, when they next log: nobody keeps a list of them. */
  private redact(redact: Redact | undefined): void {
    if (sameRules(redact, this.line.redact) || (redact === undefined && this.redaction === undefined)) return
    const { Redaction } = require('./line/redact/redaction') as typeof Redactions
    // Loggers under rules that are taken back go on with rules that say nothing.
    this.redaction = new Redaction(redact ?? [])
    if (this.applied) this.renewal = Extra.renewal
  }

  lost(level: number): void {
    this.losses.set(level, (this.losses.get(level) ?? 0) + 1)
  }

  /** Lines that could not even be made, by level number. */
  get lostLines(): ReadonlyMap<number, number> {
    return this.losses
  }

  /** The line that tells of lines given up. */
  lossLine(loss: Loss): string {
    const { encoder } = this.scopeOf('hewn')
    const dropped = Object.fromEntries(Array.from(loss.counts, ([level, lines]) => [this.levels.label(level), lines]))
    const [from, to] = [new Date(loss.from), new Date(loss.to)]
    const fields = [{ target: loss.target, reason: loss.reason, dropped, from, to }]
    const call = { msg: 'log lines dropped', err: undefined, fields }
    return encoder.record(LEVELS.warn, Date.now(), call, [this.rootBound.text], this.keys)
  }

  /** An early record of hewn/api, with the time of its call. */
  replay(name: string, label: string, time: number, args: readonly unknown[], bindings: readonly unknown[]): void {
    const { scope, gate } = this.getLogger(name)
    const level = this.levels.number(label)
    if (level === undefined || gate.min > level) return
    const fields = bindings.filter((item): item is object => typeof item === 'object' && item !== null)
    const bound = fields.reduce((outer: Bound, own) => bind(outer, own, this.keys, this.boundRoom), this.rootBound)
    scope.out.write(
      scope.encoder.record(level, time, readCall(args, this.keys.guard), [bound.text], this.keys),
      level,
      Date.now(),
    )
  }

  get outlets(): Outputs {
    return this.outputs
  }

  private startBound(): Bound {
    return new Bound('', this.keys.root)
  }

  /** The fields of the configuration, on every logger of a name and on the children made before it was read. */
  private bindAll(): void {
    const { fields } = this.line
    const none = this.startBound()
    this.rootBound = fields === undefined ? none : bind(none, fields, this.keys, this.boundRoom)
    for (const logger of this.loggers.values()) logger.rebind(this.rootBound)
    for (const ref of this.early) {
      const child = ref.deref()
      if (child === undefined) continue
      this.renew(child)
      child.rebind(rejoin(this.rootBound, child.bound, this.boundRoom))
    }
    this.early.clear()
  }

  private scopeOf(name: string): Scope {
    let scope = this.scopes.get(name)
    if (scope === undefined) {
      const gate: Gate = { min: -1, level: 0, resolved: undefined, owner: undefined }
      scope = { name, gate, encoder: this.encoderFor(name), out: this.outputs, extras: Extra.start, home: this }
      this.scopes.set(name, scope)
      if (this.started) this.resolve(scope)
    }
    return scope
  }

  private encoderFor(name: string): Encoder {
    const labels = new Map(this.levels.names.map(label => [this.levels.number(label) ?? SILENT, label]))
    const { clock, base } = this
    const { redaction } = this
    const options = { layout: HEWN, clock, levels: labels, base, maxLineBytes: this.line.maxLineBytes }
    if (redaction === undefined) return new Encoder({ ...options, logger: name })
    const { RedactingEncoder } = require('./line/redact/encoder') as typeof RedactingEncoders
    return new RedactingEncoder({ ...options, logger: redaction.text(name) }, redaction)
  }

  private levelsChanged(): void {
    this.resolveAll()
    this.onLevels?.()
  }

  private resolveAll(): void {
    if (!this.started) return
    for (const route of this.outputs.routes) {
      route.min = this.state.rules.threshold(route.name) ?? route.threshold
    }
    for (const scope of this.scopes.values()) this.resolve(scope)
  }

  /** The one place where a gate is set. */
  private resolve(scope: Scope): void {
    const resolved = this.state.rules.resolve(scope.name)
    const conditional = resolved.conditional.length > 0
    scope.gate.min = Math.max(resolved.lowest, this.outputs.min)
    scope.gate.level = resolved.level
    scope.gate.resolved = conditional ? resolved : undefined
    scope.out = this.outputs.taker
    scope.extras = (conditional ? Extra.conditions : 0) | this.renewal
  }
}

/** What is the same on every line of the process. */
function baseText(line: LineSettings, redaction?: Redaction): string {
  const quoted = (text: string) => JSON.stringify((redaction?.text(text) ?? text).toWellFormed())
  let text = `,"pid":${process.pid},"host":${quoted(hostname())}`
  for (const key of ['service', 'env', 'version'] as const) {
    const value = line[key]
    if (value !== undefined) text += `,"${key}":${quoted(value)}`
  }
  return text
}

/** The standard class, or one with a method for each custom level. */
function classFor(levels: LevelTable): LoggerClass {
  const custom = levels.names.filter(name => !(name in Logger.prototype))
  if (custom.length === 0) return Logger
  const made = class extends Logger {}
  for (const name of custom) {
    Object.defineProperty(made.prototype, name, {
      value: levelMethod(name, levels.number(name) ?? SILENT),
      writable: true,
      configurable: true,
    })
  }
  return made
}

/** Children made before the first line: those of modules, made while a program loads. */
const MAX_EARLY = 10_000
