import type { Outcome } from './read'

/**
 * The method by which a type says how it is logged. Object literals have no type and are not asked: that would cost each
 * of them as much as a property does.
 */
const LOG: unique symbol = Symbol.for('hewn.log') as never

/** What a value's own method makes of it; undefined where it has none, or gives itself back. Never throws. */
export function ownForm(value: object): Outcome | undefined {
  let method: unknown
  try {
    method = (value as { [LOG]?: unknown })[LOG]
  } catch {
    // What cannot even be asked is written as it would be without such methods.
    return undefined
  }
  return typeof method === 'function' ? made(value, method) : undefined
}

function made(value: object, method: CallableFunction): Outcome | undefined {
  try {
    const form: unknown = Reflect.apply(method, value, [])
    return form === value ? undefined : { threw: false, value: form }
  } catch (error) {
    return { threw: true, value: error }
  }
}
