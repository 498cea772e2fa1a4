import fs from 'node:fs'
import { runInThisContext } from 'node:vm'

/**
 * The thread's own global object and process. Inside a vm context (each of Jest's test files is one) `process` is a
 * copy that never emits 'exit' and hears no signal, and `globalThis` dies with the file; Node's built-in modules come
 * from the thread's own realm, so a script run by one of them finds the real ones.
 * Cost: one comparison; in a vm context about 0.1 ms, once.
 */
const own: typeof globalThis =
  Object.getPrototypeOf(fs) === Object.prototype ? globalThis : (runInThisContext('globalThis') as typeof globalThis)

export const realProcess: NodeJS.Process = own.process

/** Is `process` here the one that emits 'exit'? */
export const inOwnRealm = realProcess === process

/**
 * The one `T` of this thread under `key`, made by whichever copy of hewn asks first; later copies, of any version
 * that knows the key, use that one. So a key carries a version, and what is under it never changes its shape.
 */
export function shared<T extends object>(key: string, make: () => T): T {
  const symbol = Symbol.for(key)
  const found: unknown = Reflect.get(own, symbol)
  if (found !== undefined) return found as T
  const made = make()
  Object.defineProperty(own, symbol, { value: made })
  return made
}
