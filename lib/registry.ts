import { hostname } from 'node:os'
import { COMMON_KEYS, UNBOUND } from './context'
import { HEWN } from './layouts/hewn'
import type * as Redacted from './layouts/redacted'
import { LEVELS, type LevelTable, SILENT } from './levels/levels'
import { LevelState } from './levels/state'
import { Bound, bind, rejoin } from './line/bound'
import { readCall } from './line/call'
import { CheckedEncoder } from './line/checked-encoder'
import type { Encoder } from './line/encoder'
import type { Layout, Origin } from './line/layout'
import type * as Bounds from './line/redact/bound'
import { type Redact, sameRules } from './line/redact/options'
import type * as Redactions from './line/redact/redaction'
import type { Redaction } from './line/redact/redaction'
import { KeyBook, type Serializer } from './line/shape'
import { type Clock, clockFor, type TimeOption } from './line/time'
import { Logger, type LoggerClass, levelMethod } from './logger'
import type { Loss } from './output/losses'
import { Outputs } from './outputs'
import { Extra, type Gate, type Home, type Scope } from './scope'
import { lookForTraces } from './trace'

/** What the lines of a configuration have in common. */
export interface LineSettings {
  readonly layout: Layout
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

export const DEFAULT_LINE: LineSettings = { layout: HEWN, time: HEWN.time, maxLineBytes: 262_144 }

/**
 * The loggers of one configuration, and what their names come to. There is one for the process, and one for each
 * createLogger. Works everything out when levels, settings or outputs change; a call reads what stands in its scope.
 */
export class Registry implements Home {
  readonly levels: LevelTable
  readonly loggerClass: LoggerClass
  readonly state: LevelState
  private keys: KeyBook
  private readonly serializers: Readonly<Record<string, Serializer>> | undefined
  /** The layout of `line`, under the rules of redaction if there are any. */
  private layout: Layout = HEWN
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
  private origin: Origin
  private applied = false
  /** Whether the layout has changed after the start: then children of the old form may be about. */
  private mixed = false
  private rootBound: Bound = UNBOUND
  private outputs = new Outputs([])
  private started: boolean
  private readonly afterStart: (() => void)[] = []
  private readonly losses = new Map<number, number>()

  /** `starter` reads the configuration when the first call needs it; without one, the registry is ready as it is. */
  constructor(levels: LevelTable, serializers?: Record<string, Serializer>, starter?: () => void) {
    this.levels = levels
    this.loggerClass = classFor(levels)
    this.serializers = serializers
    this.keys = this.keysFor(HEWN)
    this.starter = starter
    this.started = starter === undefined
    this.state = new LevelState({ levels, onChange: () => this.levelsChanged() })
    this.clock = clockFor(this.line.time, HEWN.timeStart, lookForTraces)
    this.origin = originOf(this.line)
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
      this.changeLayout(line.layout)
      this.line = line
      this.clock = clockFor(line.time, this.layout.timeStart, lookForTraces)
      this.origin = originOf(line)
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
      child.rebind(rejoin(this.rootBound, child.bound, this.boundRoom, this.bookLike(child.bound.shape.book)))
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
    const { origin, clock, layout } = this
    const { maxLineBytes } = this.line
    const options = { layout, origin, clock, levels: labels, logger: name, maxLineBytes }
    return this.mixed && layout === HEWN ? new CheckedEncoder(options) : layout.encoder(options)
  }

  /** Loggers of names get fields of the new form; a child made after the start keeps those it has, which its encoder sees. */
  private changeLayout(layout: Layout): void {
    const { rules } = this.layout
    if (this.redaction === undefined) this.layout = layout
    else {
      const { redactedLayout } = require('./layouts/redacted') as typeof Redacted
      this.layout = redactedLayout(layout, this.redaction)
    }
    this.mixed ||= this.applied && this.layout.rules !== rules
    this.keys = this.keysFor(this.layout)
  }

  /** The book for a child that was made by the rules of hewn's own line. */
  private bookLike(early: KeyBook): KeyBook {
    if (early.rules === this.keys.rules) return early
    return early.serializers.size === 0 ? this.keys : this.keys.withSerializers(Object.fromEntries(early.serializers))
  }

  private keysFor({ rules, serializers }: Layout): KeyBook {
    const book = rules === COMMON_KEYS.rules ? COMMON_KEYS : new KeyBook(rules)
    const own = serializers === undefined ? book : book.withSerializers(serializers)
    const all = this.serializers === undefined ? own : own.withSerializers(this.serializers)
    return this.redaction === undefined ? all : all.withGuard(this.redaction.root)
  }

  private levelsChanged(): void {
    this.resolveAll()
    this.onLevels?.()
  }

  private resolveAll(): void {
    if (!this.started) return
    this.outputs.applyLevels(name => this.state.rules.threshold(name))
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

function originOf({ service, env, version }: LineSettings): Origin {
  return { pid: process.pid, host: hostname(), service, env, version }
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
