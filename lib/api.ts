/**
 * `hewn/api`, for authors of libraries: a library logs through it without depending on hewn. It imports nothing,
 * is silent until the application uses hewn, and then hands every call to the application's own logger.
 *
 * Until then a call below `warn` does nothing. From `warn` on, the first 256 of the last 30 s are kept, and logged
 * with their own time when hewn arrives: messages, primitive fields, errors with their text and causes. In place of
 * anything else (a nested object, a text beyond 10,000 characters) stands `[not kept]`. What is not kept at all is
 * counted. `isLevelEnabled` answers true for what would be kept.
 *
 * No call throws, also not one of a method detached from its logger. Minified this file is under 1 KB, which is why
 * it is terser than the rest.
 */
export function getLogger(name: string): ApiLogger {
  return loggerFor(name, () => state.backend?.getLogger(name), [])
}

export type ApiLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'

/** What a library may count on. hewn's Logger is one, and so is pino's. */
export interface ApiLogger {
  readonly trace: ApiLogCall
  readonly debug: ApiLogCall
  readonly info: ApiLogCall
  readonly warn: ApiLogCall
  readonly error: ApiLogCall
  readonly fatal: ApiLogCall
  /** Whether a call at this level would be logged now. */
  isLevelEnabled(level: ApiLevel): boolean
  /** A logger that adds these fields to each line. Until hewn arrives the object is held, not copied. */
  child(bindings: object): ApiLogger
}

/** Message and values, fields and message, or whatever was thrown and a message: as on hewn's Logger. */
export interface ApiLogCall {
  (message: string, ...values: unknown[]): void
  (fields: object, message?: string, ...values: unknown[]): void
  (error: unknown, message?: string, ...values: unknown[]): void
}

/**
 * The protocol, version 1, between every copy of this file and hewn: one object at
 * `globalThis[Symbol.for('hewn.api.1')]`, made by whoever comes first. It never changes; another version would live
 * under another symbol.
 *
 * hewn arrives by setting `backend`, once for the life of the process. It then empties `early`, skips what is more
 * than 30 s old, and logs the rest in order, each with the time that `at` stands for. `seen` less the number it
 * logged is what was lost.
 */
export interface ApiState {
  backend?: ApiBackend
  /** At most 256, oldest first. Nobody adds to it once there is a backend. */
  early: EarlyRecord[]
  /** Calls of `warn` and above so far, kept or not. */
  seen: number
}

/** Neither it nor any method of its loggers throws, and these methods work detached. */
export interface ApiBackend {
  readonly version: 1
  /** The application's logger of that name. It is kept by the caller: its level may change, the object stays. */
  getLogger(name: string): ApiLogger
}

/** A call as it was made, with everything in it copied. */
export interface EarlyRecord {
  readonly name: string
  readonly level: ApiLevel
  readonly args: readonly unknown[]
  /** Copies of the objects given to `child`, outermost first: each an object, or a mark where it could not be read. */
  readonly bound: readonly unknown[]
  /** performance.now() at the call, ms: no clock that is set back makes a record old or young. */
  readonly at: number
}

type Scope = { [key: symbol]: ApiState }
// biome-ignore lint/suspicious/noAssignInExpressions: shorter, in a file that counts its bytes.
const state = ((globalThis as Scope)[Symbol.for('hewn.api.1')] ??= { early: [], seen: 0 })

/** The real logger if it can be had, else one that asks for it at every call and then keeps it. */
function loggerFor(name: string, find: () => ApiLogger | undefined, bindings: readonly object[]): ApiLogger {
  let real: ApiLogger | undefined
  const target = (): ApiLogger | undefined => (real ??= find())
  const kept =
    (level: 'warn' | 'error' | 'fatal'): ApiLogCall =>
    (...args: [unknown]) => {
      if (target()) return real![level](...args)
      const { early } = state
      const at = performance.now()
      state.seen++
      while (at - (early[0]?.at as number) > 30_000) early.shift()
      if (!early[255]) early.push({ name, level, args: args.map(copy), bound: bindings.map(copy), at })
    }
  return (
    target() ?? {
      // One call site each, for what is called most and logged least: 1 ns more than the real call, instead of 10.
      trace: (...args: [unknown]) => target()?.trace(...args),
      debug: (...args: [unknown]) => target()?.debug(...args),
      info: (...args: [unknown]) => target()?.info(...args),
      warn: kept('warn'),
      error: kept('error'),
      fatal: kept('fatal'),
      isLevelEnabled: level => target()?.isLevelEnabled(level) ?? /^[wef]/.test(level),
      child: fields => loggerFor(name, () => target()?.child(fields), [...bindings, fields]),
    }
  )
}

/**
 * Holds on to nothing of the caller's, so that nothing can change before hewn arrives. A function is called: it is a
 * lazy value, or reads a property that may throw. Two unused parameters, because map() passes them. `left` is how
 * much deeper an error may lie, so that an error's causes end, however they are linked. Never throws.
 */
function copy(value: unknown, _index: number, _all: unknown, left = 3): unknown {
  try {
    const from = (typeof value === 'function' ? value() : value) as Record<string, unknown>
    // A text that has a character at 10,000 would be held on to in full. (`in` then throws, and it ends as a mark.)
    if (Object(from) !== from && !from?.[10_000]) return from
    const error = 'stack' in from
    if (error ? left : left > 2)
      return {
        __proto__: Object.getPrototypeOf(from),
        ...Object.fromEntries(
          [...Object.keys(from).slice(0, 32), ...(error ? ['name', 'message', 'stack', 'cause'] : [])].map(key => [
            key,
            copy(() => from[key], 0, 0, left - 1),
          ]),
        ),
      }
  } catch {}
  return '[not kept]'
}
