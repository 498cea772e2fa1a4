import { ambient } from './ambient'
import { currentContext } from './context'
import { emit, emitAny, emitMany, passes } from './emit'
import { LEVELS } from './levels/levels'
import { Bound, bind } from './line/bound'
import { KeyKind, type Serializer } from './line/shape'
import { formatProblem, nearest, quote } from './problem'
import { report } from './report'
import { Extra, type Gate, type Scope } from './scope'

/**
 * A log call, in any of these forms; it never throws. A message may hold printf placeholders (`%s %d %i %f %j %o %O`),
 * and of the values after it those that no placeholder takes are fields (an object), the error, or added text.
 *
 * Cost when the level is off: a comparison. When it is on: one encoding and an append to the turn's buffer; from
 * `error` on, and with `durability: 'line'`, a write to the operating system.
 * What can be lost: with the process killed from outside, the lines of the current turn of the event loop.
 */
export interface LogMethod {
  (message: string, ...values: unknown[]): void
  (fields: object, message?: string, ...values: unknown[]): void
  /** Called for its result only if the line is wanted. */
  (lazy: () => unknown, message?: string, ...values: unknown[]): void
  /** Whatever was thrown. Without a message, the error's own. */
  (error: unknown, message?: string, ...values: unknown[]): void
}

export interface ChildOptions {
  /** The child's own level. Without it, the child follows its name's. */
  level?: string | undefined
  /**
   * By field name: what the field's value is replaced by before it is written. Pass the same object each time: what is
   * learnt of its keys is kept with it.
   */
  serializers?: Record<string, Serializer> | undefined
}

/** What every logger has beside its methods: no custom level can have such a name. */
export const LOGGER_FIELDS: ReadonlySet<string> = new Set(['scope', 'gate', 'bound', 'parent'])

const LOG_FORM: unique symbol = Symbol.for('hewn.log') as never
const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never

export type LoggerClass = new (scope: Scope, gate: Gate, bound: Bound, parent: Logger | undefined) => Logger

export interface Logger {
  trace: LogMethod
  debug: LogMethod
  info: LogMethod
  warn: LogMethod
  error: LogMethod
  fatal: LogMethod
}

/** A logger: what it logs carries its name and its bound fields. Loggers come from `getLogger`, `createLogger` and `child`. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the level methods are put on the prototype below, one literal for all.
export class Logger {
  // One shape for all loggers, and no field more than a call reads but for `parent`.
  /** @internal */
  readonly scope: Scope
  /** @internal */
  gate: Gate
  /** @internal */
  bound: Bound
  /** @internal Undefined for the logger of a name. */
  readonly parent: Logger | undefined

  /** @internal */
  constructor(scope: Scope, gate: Gate, bound: Bound, parent: Logger | undefined) {
    this.scope = scope
    this.gate = gate
    this.bound = bound
    this.parent = parent
  }

  /** The name, '' for the root. */
  get name(): string {
    return this.scope.name
  }

  /** The level's name. Setting it on a child sets the child's own; on a named logger, that of the name and all that follow it. */
  get level(): string {
    this.scope.home.start()
    return this.scope.home.levels.label(this.gate.level)
  }

  set level(level: string) {
    const { home, name } = this.scope
    const number = home.levels.number(level)
    if (number === undefined) unknownLevel(level, home.levels.names)
    else if (this.parent === undefined) home.assign(name, number)
    else this.ownLevel(number)
  }

  /** Whether a call at this level would be logged now, and here: in this context. Costs a look-up of the name. */
  isLevelEnabled(level: string): boolean {
    const { scope } = this
    scope.home.start()
    scope.home.renew(this)
    const number = scope.home.levels.number(level)
    return number !== undefined && this.gate.min <= number && passes(this, number, currentContext())
  }

  /** A logger with these fields on every line, rendered now, once. It follows its name's level unless it is given one. */
  child(bindings: object, options?: ChildOptions): this {
    const { scope } = this
    if ((scope.extras & Extra.renewal) !== 0) scope.home.renew(this)
    const serializers = options?.serializers
    const outer =
      typeof serializers === 'object' && serializers !== null ? withSerializers(this.bound, serializers) : this.bound
    const bound =
      typeof bindings === 'object' && bindings !== null
        ? bind(outer, bindings, outer.shape.book, scope.home.boundRoom)
        : outer
    const child = new scope.home.loggerClass(scope, this.gate, bound, this)
    if ((scope.extras & Extra.start) !== 0) scope.home.bornEarly(child)
    if (options?.level !== undefined) child.level = options.level
    return child as this
  }

  /** A copy of the bound fields, as they were rendered: redacted. */
  bindings(): Record<string, unknown> {
    this.scope.home.renew(this)
    return JSON.parse(`{${this.bound.text.slice(1)}}`) as Record<string, unknown>
  }

  /** Logs nothing: for those who pick a method by the level's name. */
  silent(..._values: unknown[]): void {}

  /** As a value of a line: objects that hold their logger are logged, and a logger holds all of hewn. */
  [LOG_FORM](): string {
    return this.name === '' ? '[logger]' : `[logger ${this.name}]`
  }

  /** @internal As `JSON.stringify` shows it. */
  toJSON(): string {
    return this[LOG_FORM]()
  }

  /** @internal As `console.log` and `util.inspect` show it. */
  [INSPECT](): string {
    return this[LOG_FORM]()
  }

  /** @internal Replaces the bound fields: for what the configuration binds to every logger, and for new rules of redaction. */
  rebind(bound: Bound): void {
    this.bound = bound
  }

  /** Children made from now on follow; those made before keep the gate they have. */
  private ownLevel(level: number): void {
    if (this.gate.owner !== this) this.gate = { min: level, level, resolved: undefined, owner: this }
    else Object.assign(this.gate, { min: level, level })
  }
}

/**
 * The method of one level. All are closures of this one literal, so they share what the engine learns of it.
 * `arguments` is handed on by Reflect.apply alone: then no call makes an object of it.
 */
export function levelMethod(name: string, level: number): LogMethod {
  function many(this: Logger, ...args: unknown[]): void {
    emitMany(this, level, args)
  }
  function stray(this: unknown, ...args: unknown[]): void {
    detached(name, args)
  }
  return function (this: Logger | undefined, a?: unknown, b?: unknown): void {
    try {
      const gate = this?.gate
      if (gate === undefined) {
        Reflect.apply(stray, this, arguments)
        return
      }
      if (gate.min > level) return
      const logger = this as Logger
      const count = arguments.length
      if (count > 2) Reflect.apply(many, logger, arguments)
      else if ((logger.scope.extras | ambient.extras) !== 0) emitAny(logger, level, a, b, count)
      else emit(logger, level, a, b, count)
    } catch {
      // A method put on an object of another kind; or, with a logger, a stack that is used up.
      if (this instanceof Logger) this.scope.home.lost(level)
      else Reflect.apply(stray, this, arguments)
    }
  }
}

for (const [name, level] of Object.entries(LEVELS)) {
  Object.defineProperty(Logger.prototype, name, { value: levelMethod(name, level), writable: true, configurable: true })
}

/** A method called without its logger logs through the process's root. */
function detached(name: string, args: readonly unknown[]): void {
  const root = detachedRoot?.()
  const method = root?.[name as keyof Logger]
  if (typeof method === 'function') Reflect.apply(method, root, args)
}

let detachedRoot: (() => Logger) | undefined

/** Where detached methods log. */
export function setDetachedRoot(root: () => Logger): void {
  detachedRoot = root
}

function unknownLevel(level: string, names: readonly string[]): void {
  const known = [...names, 'silent']
  const hint = typeof level === 'string' ? nearest(level, known) : undefined
  const found = typeof level === 'string' ? quote(level) : typeof level
  report('logger.level', formatProblem({ where: 'logger.level', found, expected: known.join(', '), suggestion: hint }))
}

function withSerializers({ text, shape }: Bound, serializers: Record<string, Serializer>): Bound {
  const book = shape.book.withSerializers(serializers)
  const own = shape.kind === KeyKind.full ? book.full : (book.root.follow(shape.keys()) ?? book.full)
  return new Bound(text, own)
}
