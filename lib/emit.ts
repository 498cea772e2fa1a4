import { Ambient, ambient } from './ambient'
import { currentContext } from './context'
import { effectiveLevel } from './levels/rules'
import type { Bound } from './line/bound'
import { type Call, readCall } from './line/call'
import type { Encoder } from './line/encoder'
import { isErrorLike, messageOf } from './line/error'
import type { Logger } from './logger'
import { Extra } from './scope'
import { traceFields } from './trace'

/** From a wanted call to a line in its output: a call of one or two arguments, with nothing in use that asks for more. */
export function emit(logger: Logger, level: number, a: unknown, b: unknown, count: number): void {
  const { scope } = logger
  const now = Date.now()
  let line: string | undefined | null
  if (count === 1 && typeof a === 'string') line = scope.encoder.message(level, now, a, logger.bound)
  else if (enter(logger, level)) {
    try {
      line = pair(scope.encoder, level, now, a, b, count, logger.bound)
      line ??= careful(logger, level, now, count === 2 ? [a, b] : count === 1 ? [a] : [], [logger.bound.text], line)
    } finally {
      nesting--
    }
  } else return
  line ??= careful(logger, level, now, [a], [logger.bound.text], line)
  scope.out.write(line, level, now)
}

/** A call of one or two arguments, with a configuration to read, rules with conditions, a context or a trace in use. */
export function emitAny(logger: Logger, level: number, a: unknown, b: unknown, count: number): void {
  if (!started(logger, level)) return
  const context = contextOfCall()
  if (!passes(logger, level, context) || !enter(logger, level)) return
  try {
    const { encoder, out } = logger.scope
    const now = Date.now()
    const trace = (ambient.extras & Ambient.trace) === 0 ? '' : traceFields()
    const bound = boundIn(logger, context, trace)
    let line = pair(encoder, level, now, a, b, count, bound)
    if (typeof line !== 'string') {
      const args = count === 2 ? [a, b] : count === 1 ? [a] : []
      line = careful(logger, level, now, args, inherited(logger, context, trace), line, bound)
    }
    out.write(line, level, now)
  } finally {
    nesting--
  }
}

/** A call of more arguments than two. */
export function emitMany(logger: Logger, level: number, args: readonly unknown[]): void {
  if (!started(logger, level)) return
  const context = contextOfCall()
  if (!passes(logger, level, context) || !enter(logger, level)) return
  try {
    const now = Date.now()
    const trace = (ambient.extras & Ambient.trace) === 0 ? '' : traceFields()
    const bound = boundIn(logger, context, trace)
    const line = careful(logger, level, now, args, inherited(logger, context, trace), null, bound)
    logger.scope.out.write(line, level, now)
  } finally {
    nesting--
  }
}

/** Sees to it that the configuration is read, and its rules of redaction hold for the logger; whether the call is still wanted then. */
function started(logger: Logger, level: number): boolean {
  const { scope } = logger
  if ((scope.extras & (Extra.start | Extra.renewal)) === 0) return true
  scope.home.start()
  scope.home.renew(logger)
  return logger.gate.min <= level
}

function contextOfCall(): Bound | undefined {
  return (ambient.extras & Ambient.context) === 0 ? undefined : currentContext()
}

/** What a logger binds, after a context's fields and a trace's. */
function boundIn({ bound, scope }: Logger, context: Bound | undefined, trace: string): Bound {
  const joined = context === undefined ? bound : bound.within(context)
  return trace === '' ? joined : scope.encoder.traced(trace, joined)
}

function inherited({ bound }: Logger, context: Bound | undefined, trace: string): string[] {
  return [trace, context === undefined ? '' : context.seenBy(bound.shape.book).text, bound.text]
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
  bound: Bound,
): string | undefined | null {
  try {
    if (typeof a === 'string') {
      if (count === 1) return encoder.message(level, now, a, bound)
      if (typeof b !== 'object' || b === null || a.includes('%')) return null
      return encoder.fields(level, now, a, isErrorLike(b) ? { err: b } : b, bound)
    }
    if (typeof a !== 'object' || a === null || (count === 2 && typeof b !== 'string')) return null
    const msg = b as string | undefined
    if (!isErrorLike(a)) return encoder.fields(level, now, msg, a, bound)
    return encoder.fields(level, now, msg ?? messageOf(a), { err: a }, bound)
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
  bound: Bound = logger.bound,
): string {
  const { encoder } = logger.scope
  const { book } = logger.bound.shape
  const call = readCall(args, book.guard)
  const line = tried === null ? simple(encoder, level, now, call, bound) : undefined
  return line ?? encoder.record(level, now, call, inherited, book)
}

/** What printf and lazy functions leave is often a message and an object literal again. */
function simple(encoder: Encoder, level: number, now: number, call: Call, bound: Bound): string | undefined {
  const { msg, fields } = call
  if (call.err !== undefined || msg === undefined || fields.length > 1) return undefined
  if (fields[0] === undefined) return encoder.message(level, now, msg, bound)
  try {
    return encoder.fields(level, now, msg, fields[0], bound)
  } catch {
    return undefined
  }
}

/** Whether the level's rules let the call through, for a gate that has rules with conditions. */
export function passes(logger: Logger, level: number, context: Bound | undefined): boolean {
  const { resolved } = logger.gate
  if (resolved === undefined) return true
  const own = valuesOf(logger.bound)
  const outer = context === undefined ? undefined : valuesOf(context.seenBy(logger.bound.shape.book))
  return effectiveLevel(resolved, field => own[field] ?? outer?.[field]) <= level
}

/** Bound fields read back, once for each logger and context that a rule asks about. */
function valuesOf(bound: Bound): Record<string, unknown> {
  const known = parsed.get(bound)
  if (known !== undefined) return known
  const values = Object.assign(Object.create(null), JSON.parse(`{${bound.text.slice(1)}}`)) as Record<string, unknown>
  parsed.set(bound, values)
  return values
}

const parsed = new WeakMap<Bound, Record<string, unknown>>()

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
