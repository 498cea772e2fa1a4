import { type Outcome, readProperty } from './read'

/** The method by which a type says how it is logged. */
export const LOG: unique symbol = Symbol.for('hewn.log') as never

/** What a value's own method makes of it; undefined where it has none, or gives itself back. Never throws. */
export function ownForm(value: object): Outcome | undefined {
  const { threw, value: method } = readProperty(value, LOG)
  if (threw || typeof method !== 'function') return undefined
  try {
    const made: unknown = Reflect.apply(method, value, [])
    return made === value ? undefined : { threw: false, value: made }
  } catch (error) {
    return { threw: true, value: error }
  }
}
