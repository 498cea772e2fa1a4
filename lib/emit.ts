import { Ambient, ambient } from './ambient'
import { currentContext } from './context'
import { effectiveLevel } from './levels/rules'
import { type Call, readCall } from './line/call'
import { type Bound, END, type Encoder } from './line/encoder'
import { isErrorLike, messageOf } from './line/error'
import type { Shape } from './line/shape'
import type { Logger } from './logger'
import { Extra } from './scope'
import { traceFields } from './trace'

/** From a wanted call to a line in its output: a call of one or two arguments, with nothing in use that asks for more. */
export function emit(logger: Logger, level: number, a: unknown, b: unknown, count: number): void {
  const { scope } = logger
  const now = Date.now()
  let line: string | undefined | null
  if (count === 1 && typeof a === 'string') line = scope.encoder.message(level, now, a, logger.end)
  else if (enter(logger, level)) {
    try {
      line = pair(scope.encoder, level, now, a, b, count, logger.bound, logger.shape)
      line ??= careful(logger, level, now, count === 2 ? [a, b] : count === 1 ? [a] : [], [logger.bound], line)
    } finally {
      nesting--
    }
  } else return
  line ??= careful(logger, level, now, [a], [logger.bound], line)
  scope.out.write(line, level, now)
}

/** Any call: the configuration may not be read yet, rules may have conditions, there may be a context or a trace. */
export function emitAny(logger: Logger, level: number, args: IArguments): void {
  const { scope } = logger
  if ((scope.extras & Extra.start) !== 0) {
    scope.home.start()
    if (logger.gate.min > level) return
  }
  const context = (ambient.extras & Ambient.context) === 0 ? undefined : currentContext()
  if (!passes(logger, level, context) || !enter(logger, level)) return
  try {
    const now = Date.now()
    scope.out.write(render(logger, level, now, args, context), level, now)
  } finally {
    nesting--
  }
}

function render(logger: Logger, level: number, now: number, args: IArguments, context: Bound | undefined): string {
  const { encoder } = logger.scope
  const trace = (ambient.extras & Ambient.trace) === 0 ? '' : traceFields()
  const shape = context === undefined ? logger.shape : context.shape.joined(logger.shape)
  let line: string | undefined | null
  if (shape !== undefined && args.length <= 2) {
    const text = trace + (context === undefined ? '' : context.text) + logger.bound
    line = pair(encoder, level, now, args[0], args[1], args.length, text, shape)
  } else if (shape !== undefined) line = null
  const inherited = [trace, context === undefined ? '' : context.text, logger.bound]
  return line ?? careful(logger, level, now, args, inherited, line, shape)
}

/**
 * The hot forms: a message, fields, an error, and two of them with a message. Null for a call of another form,
 * undefined for one that needs care (and whose getters may have been read).
 */
function pair(
  encoder: Encoder,
  level: number,
  now: number,
  a: unknown,
  b: unknown,
  count: number,
  text: string,
  shape: Shape,
): string | undefined | null {
  try {
    if (typeof a === 'string') {
      if (count === 1) return encoder.message(level, now, a, text === '' ? END : text + END)
      if (typeof b !== 'object' || b === null || a.includes('%')) return null
      return encoder.fields(level, now, a, isErrorLike(b) ? { err: b } : b, text, shape)
    }
    if (typeof a !== 'object' || a === null || (count === 2 && typeof b !== 'string')) return null
    const msg = b as string | undefined
    if (!isErrorLike(a)) return encoder.fields(level, now, msg, a, text, shape)
    return encoder.fields(level, now, msg ?? messageOf(a), { err: a }, text, shape)
  } catch {
    // A getter threw: the careful way finds out which, and keeps the rest.
    return undefined
  }
}

/** `tried` is what `pair` said: null if it did not look at the arguments. */
function careful(
  logger: Logger,
  level: number,
  now: number,
  args: ArrayLike<unknown>,
  inherited: readonly string[],
  tried: undefined | null,
  shape: Shape | undefined = logger.shape,
): string {
  const { encoder } = logger.scope
  const call = readCall(args)
  const line =
    tried === null && shape !== undefined ? simple(encoder, level, now, call, inherited.join(''), shape) : undefined
  return line ?? encoder.record(level, now, call, inherited, logger.shape.book)
}

/** What printf and lazy functions leave is often a message and an object literal again. */
function simple(
  encoder: Encoder,
  level: number,
  now: number,
  call: Call,
  text: string,
  shape: Shape,
): string | undefined {
  const { msg, fields } = call
  if (call.err !== undefined || msg === undefined || fields.length > 1) return undefined
  if (fields[0] === undefined) return encoder.message(level, now, msg, text === '' ? END : text + END)
  try {
    return encoder.fields(level, now, msg, fields[0], text, shape)
  } catch {
    return undefined
  }
}

/** Whether the level's rules let the call through, for a gate that has rules with conditions. */
export function passes(logger: Logger, level: number, context: Bound | undefined): boolean {
  const { resolved } = logger.gate
  if (resolved === undefined) return true
  const own = valuesOf(logger)
  const outer = context === undefined ? undefined : valuesOf(context)
  return effectiveLevel(resolved, field => own[field] ?? outer?.[field]) <= level
}

/** Bound fields read back, once for each logger and context that a rule asks about. A configuration can bind others. */
function valuesOf(holder: Logger | Bound): Record<string, unknown> {
  const text = 'bound' in holder ? holder.bound : holder.text
  const known = parsed.get(holder)
  if (known?.text === text) return known.values
  const values = Object.assign(Object.create(null), JSON.parse(`{${text.slice(1)}}`)) as Record<string, unknown>
  parsed.set(holder, { text, values })
  return values
}

const parsed = new WeakMap<object, { text: string; values: Record<string, unknown> }>()

/** A getter that logs what it is read for would never end: past a few levels of that, the inner call is counted as lost. */
function enter(logger: Logger, level: number): boolean {
  if (nesting >= MAX_NESTING) {
    logger.scope.home.lost(level)
    return false
  }
  nesting++
  return true
}

const MAX_NESTING = 5
let nesting = 0
