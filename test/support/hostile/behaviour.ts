import type { Hostile } from '../hostile'
import { fail, OUT_OF_ORDER, raise, revoked, wall } from './trouble'

/** Values that run code when they are looked at: getters, toJSON, conversions. */
export const behaviours: readonly Hostile[] = [
  { name: 'a throwing getter', marked: OUT_OF_ORDER, most: 4096, make: () => withGetter(() => fail()) },
  ...[null, undefined, 7, 'a text', Symbol('thrown'), {}, () => 1, 10n].map(thrown => ({
    name: `a getter that throws ${typeof thrown === 'object' ? JSON.stringify(thrown) : typeof thrown}`,
    marked: true,
    most: 4096,
    make: () => withGetter(() => raise(thrown)),
  })),
  {
    name: 'a getter that throws a proxy that throws',
    marked: true,
    most: 4096,
    make: () => withGetter(() => raise(wall())),
  },
  {
    name: 'a getter that throws a revoked proxy',
    marked: true,
    most: 4096,
    make: () => withGetter(() => raise(revoked({}))),
  },
  {
    name: 'a getter that throws an error whose message throws',
    marked: true,
    most: 4096,
    make: () => withGetter(() => raise(Object.defineProperty(new Error(), 'message', { get: fail }))),
  },
  {
    name: 'a getter that throws 10 MB',
    marked: true,
    most: 8192,
    make: () => withGetter(() => raise(new Error('x'.repeat(1e7)))),
  },
  { name: 'a getter that adds a getter', marked: false, changes: true, make: growing },
  { name: 'a getter that deletes its neighbours', marked: false, most: 4096, changes: true, make: shrinking },
  { name: 'a getter that gives the object itself', marked: /circular|cycl/i, most: 4096, make: selfGetter },
  { name: 'a getter that gives a new one for ever', marked: /deep|depth|nest|cut/i, make: endless },
  { name: 'a getter that forks for ever', marked: /deep|depth|nest|cut/i, make: forking },
  { name: 'a throwing toJSON', marked: OUT_OF_ORDER, most: 4096, make: () => ({ toJSON: fail }) },
  {
    name: 'a toJSON that is a throwing getter',
    marked: false,
    most: 4096,
    make: () => Object.defineProperty({ a: 1 }, 'toJSON', { get: fail }),
  },
  {
    name: 'a toJSON that gives itself',
    marked: false,
    most: 4096,
    make: () => ({
      a: 1,
      toJSON() {
        return this
      },
    }),
  },
  { name: 'a toJSON that gives a function', marked: false, most: 4096, make: () => ({ toJSON: () => () => 1 }) },
  { name: 'a toJSON that gives undefined', marked: false, most: 4096, make: () => ({ toJSON: () => undefined }) },
  { name: 'a toJSON that gives a cycle', marked: /circular|cycl/i, most: 4096, make: () => ({ toJSON: cycle }) },
  { name: 'a toJSON that gives another for ever', marked: /deep|depth|nest|cut/i, most: 8192, make: endlessToJson },
  { name: 'a toJSON that gives 10 MB', marked: /cut|trunc/i, make: () => ({ toJSON: () => 'x'.repeat(1e7) }) },
  { name: 'a toJSON that is no function', marked: false, most: 4096, make: () => ({ toJSON: 'text', a: 1 }) },
  {
    name: 'a Symbol.toPrimitive that throws',
    marked: false,
    most: 4096,
    make: () => ({ [Symbol.toPrimitive]: fail, a: 1 }),
  },
  {
    name: 'valueOf and toString that throw',
    marked: false,
    most: 4096,
    make: () => ({ valueOf: fail, toString: fail }),
  },
  {
    name: 'a Symbol.toStringTag that throws',
    marked: false,
    most: 4096,
    make: () => Object.defineProperty({ a: 1 }, Symbol.toStringTag, { get: fail }),
  },
  {
    name: 'a constructor that throws',
    marked: false,
    most: 4096,
    make: () => Object.defineProperty({ a: 1 }, 'constructor', { get: fail }),
  },
  {
    name: 'a then that throws',
    marked: false,
    most: 4096,
    make: () => Object.defineProperty({ a: 1 }, 'then', { get: fail }),
  },
  { name: 'a frozen object', marked: false, most: 4096, make: () => Object.freeze({ a: Object.freeze({ b: 1 }) }) },
  {
    name: 'a getter on a prototype',
    marked: false,
    most: 4096,
    make: () =>
      Object.create({
        get a() {
          return fail()
        },
      }),
  },
]

function withGetter(get: () => unknown): object {
  return Object.defineProperty({ first: 1, last: 2 }, 'getter', { get, enumerable: true })
}

export function cycle(): object {
  const object: Record<string, unknown> = { a: 1 }
  object['self'] = object
  return object
}

function growing(): object {
  let count = 0
  const object = {}
  const add = (): void => {
    const name = `key${count++}`
    Object.defineProperty(object, name, { enumerable: true, configurable: true, get: () => add() })
  }
  add()
  return object
}

function shrinking(): object {
  const object: Record<string, unknown> = {}
  const get = (): number => {
    delete object['b']
    delete object['c']
    return 1
  }
  Object.defineProperty(object, 'a', { get, enumerable: true })
  return Object.assign(object, { b: 2, c: 3, d: 4 })
}

function selfGetter(): object {
  return Object.defineProperty({}, 'self', {
    enumerable: true,
    get(this: object) {
      return this
    },
  })
}

function endless(): object {
  return Object.defineProperty({}, 'next', { enumerable: true, get: endless })
}

function forking(): object {
  const get = forking
  return Object.defineProperties([], {
    0: { get, enumerable: true },
    1: { get, enumerable: true },
    2: { get, enumerable: true },
  })
}

function endlessToJson(): object {
  return { toJSON: endlessToJson }
}
