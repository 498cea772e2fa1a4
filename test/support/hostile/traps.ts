import type { Hostile } from '../hostile'
import { fail, OUT_OF_ORDER, revoked, throwingTraps, wall } from './trouble'

/** Proxies, and instances of classes that override what a logger might call. */
export const traps: readonly Hostile[] = [
  { name: 'a proxy whose traps all throw', marked: true, most: 4096, make: wall },
  {
    name: 'an array proxy whose traps all throw',
    marked: true,
    most: 4096,
    make: () => new Proxy([1], throwingTraps()),
  },
  {
    name: 'a function proxy whose traps all throw',
    marked: true,
    most: 4096,
    make: () => new Proxy(() => 1, throwingTraps()),
  },
  {
    name: 'an error proxy whose traps all throw',
    marked: true,
    most: 4096,
    make: () => new Proxy(new Error('inside'), throwingTraps()),
  },
  { name: 'a proxy whose keys grow', marked: false, make: growingKeys },
  { name: 'a proxy that lies about its keys', marked: false, most: 4096, make: lying },
  { name: 'a proxy whose prototypes never end', marked: false, most: 4096, make: endlessPrototypes },
  { name: 'a proxy that is every property', marked: false, make: everything },
  { name: 'a revoked object proxy', marked: true, most: 4096, make: () => revoked({}) },
  { name: 'a revoked array proxy', marked: true, most: 4096, make: () => revoked([]) },
  { name: 'a revoked function proxy', marked: true, most: 4096, make: () => revoked(() => 1) },
  {
    name: 'an array with a throwing item',
    marked: OUT_OF_ORDER,
    most: 4096,
    make: () => Object.defineProperty([1, 2, 3], 1, { get: fail }),
  },
  { name: 'an array subclass that overrides everything', marked: false, most: 4096, make: () => new Rebel(1, 2, 3) },
  { name: 'an array proxy whose length throws', marked: true, most: 4096, make: lengthless },
  {
    name: 'an array proxy whose length is a text',
    marked: false,
    most: 4096,
    make: () => new Proxy([1], { get: (o, k) => (k === 'length' ? 'a text' : Reflect.get(o, k)) }),
  },
  {
    name: 'an array with a throwing iterator',
    marked: false,
    most: 4096,
    make: () => Object.defineProperty([1, 2], Symbol.iterator, { get: fail }),
  },
  {
    name: 'an array with toJSON',
    marked: false,
    most: 4096,
    make: () => Object.assign([1, 2], { toJSON: () => 'as text' }),
  },
  { name: 'a Map subclass that overrides everything', marked: false, most: 4096, make: () => new RebelMap([['a', 1]]) },
  {
    name: 'a Date with a throwing toJSON',
    marked: true,
    most: 4096,
    make: () => Object.assign(new Date(0), { toJSON: fail }),
  },
  {
    name: 'a Date with a toISOString that throws',
    marked: false,
    most: 4096,
    make: () => Object.assign(new Date(0), { toISOString: fail }),
  },
  {
    name: 'a setter without a getter',
    marked: false,
    most: 4096,
    make: () => Object.defineProperty({}, 'a', { set() {}, enumerable: true }),
  },
]

function growingKeys(): object {
  let count = 1
  const names = (): string[] => {
    count = Math.min(count * 2, 1 << 16)
    return Array.from({ length: count }, (_, i) => `key${i}`)
  }
  return new Proxy(
    {},
    {
      ownKeys: names,
      getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }),
      get: (_, key) => (key === 'toJSON' ? undefined : 1),
    },
  )
}

function lying(): object {
  return new Proxy({}, { ownKeys: () => ['a', 'b'], getOwnPropertyDescriptor: () => undefined, has: () => true })
}

function endlessPrototypes(): object {
  return new Proxy({}, { getPrototypeOf: endlessPrototypes })
}

function everything(): object {
  const proxy: object = new Proxy(() => proxy, {
    get: (_, key) => (key === Symbol.toPrimitive ? () => 'all' : proxy),
    apply: () => proxy,
  })
  return proxy
}

function lengthless(): object {
  return new Proxy([1, 2], { get: (target, key) => (key === 'length' ? fail() : Reflect.get(target, key)) })
}

class Rebel extends Array<number> {
  static override get [Symbol.species](): ArrayConstructor {
    return fail()
  }
  override [Symbol.iterator](): never {
    return fail()
  }
  override map(): never {
    return fail()
  }
  override slice(): never {
    return fail()
  }
  override join(): never {
    return fail()
  }
}

class RebelMap extends Map<string, number> {
  override get size(): number {
    return fail()
  }
  override entries(): never {
    return fail()
  }
  override forEach(): never {
    return fail()
  }
  override [Symbol.iterator](): never {
    return fail()
  }
}
