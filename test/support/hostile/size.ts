import type { Hostile } from '../hostile'
import { cycle } from './behaviour'

const CUT = /cut|trunc|more|omit|…/i
const DEEP = /deep|depth|nest|cut/i
const CIRCULAR = /circular|cycl/i

/** Values too deep, too wide, too long, or without an end. */
export const sizes: readonly Hostile[] = [
  { name: 'an object in itself', marked: CIRCULAR, most: 4096, make: cycle },
  { name: 'a cycle through arrays', marked: CIRCULAR, most: 4096, make: arrayCycle },
  { name: 'a cycle through a Map', marked: CIRCULAR, most: 4096, make: mapCycle },
  { name: 'a Map that is its own key', marked: CIRCULAR, most: 4096, make: mapKeyCycle },
  { name: 'a cycle through a Set', marked: CIRCULAR, most: 4096, make: setCycle },
  { name: 'a long cycle', marked: /circular|cycl|deep|depth|nest|cut/i, most: 8192, make: longCycle },
  { name: 'one object twice side by side', marked: false, most: 4096, make: () => twice({ a: 1 }) },
  { name: 'objects 100,000 deep', marked: DEEP, most: 8192, once: true, make: () => nested(inner => ({ inner })) },
  { name: 'arrays 100,000 deep', marked: DEEP, most: 8192, once: true, make: () => nested(inner => [inner]) },
  {
    name: 'Maps 100,000 deep',
    marked: DEEP,
    most: 8192,
    once: true,
    make: () => nested(inner => new Map([['inner', inner]])),
  },
  { name: 'Sets 100,000 deep', marked: DEEP, most: 8192, once: true, make: () => nested(inner => new Set([inner])) },
  {
    name: 'Map keys 100,000 deep',
    marked: DEEP,
    most: 8192,
    once: true,
    make: () => nested(inner => new Map([[inner, 1]])),
  },
  { name: '22 levels of shared references', marked: DEEP, make: () => shared(x => [x, x]) },
  { name: '22 levels of shared references in objects', marked: DEEP, make: () => shared(x => ({ a: x, b: x })) },
  {
    name: '22 levels of shared Maps',
    marked: DEEP,
    make: () =>
      shared(
        x =>
          new Map([
            ['a', x],
            ['b', x],
          ]),
      ),
  },
  { name: 'an array of 2^32 - 1 holes', marked: CUT, make: () => new Array(2 ** 32 - 1) },
  { name: 'a sparse array with a last item', marked: CUT, make: sparse },
  { name: 'an array of 1,000,000 items', marked: CUT, once: true, make: () => million(i => i) },
  { name: 'an array of 1,000,000 empty objects', marked: CUT, once: true, make: () => million(() => ({})) },
  {
    name: 'an object of 1,000,000 keys',
    marked: CUT,
    once: true,
    slow: true,
    make: () => Object.fromEntries(million(i => [`key${i}`, i])),
  },
  { name: 'a Map of 1,000,000 entries', marked: CUT, once: true, make: () => new Map(million(i => [`key${i}`, i])) },
  { name: 'a Set of 1,000,000 items', marked: CUT, once: true, make: () => new Set(million(i => i)) },
  { name: 'an object with 10,000 symbols', marked: false, most: 4096, once: true, make: symbols },
  { name: 'an object without a prototype, 10,000 keys wide', marked: CUT, once: true, make: bareKeys },
  { name: '100 arrays of 100 arrays of 100 items', marked: CUT, once: true, make: cube },
  {
    name: 'a long list of long texts',
    marked: CUT,
    once: true,
    make: () => Array.from({ length: 500 }, () => 'long '.repeat(2000)),
  },
  {
    name: 'many long properties',
    marked: CUT,
    once: true,
    make: () => Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`key${i}`, 'long '.repeat(2000)])),
  },
  { name: 'arguments', marked: false, most: 4096, make: () => argumentsOf(1, 'two', { three: 3 }) },
  { name: 'an object with a numeric length', marked: false, most: 4096, make: () => ({ length: 4e9, 0: 'a' }) },
  { name: 'an object with a length of NaN', marked: false, most: 4096, make: () => ({ length: NaN }) },
  { name: 'a Buffer of 10 MB', marked: CUT, make: () => bytes },
  { name: 'a Uint8Array of 10 MB', marked: CUT, make: () => new Uint8Array(bytes.buffer, 0, 10_000_000) },
  { name: 'a Float64Array of 10 MB', marked: CUT, make: () => new Float64Array(bytes.buffer, 0, 1_250_000) },
  { name: 'an ArrayBuffer of 10 MB', marked: CUT, make: () => bytes.buffer },
  { name: 'a DataView of 10 MB', marked: CUT, make: () => new DataView(bytes.buffer, 0, 10_000_000) },
]

function arrayCycle(): unknown[] {
  const array: unknown[] = [1]
  array.push([array])
  return array
}

function mapCycle(): Map<string, unknown> {
  const map = new Map<string, unknown>()
  return map.set('list', [{ map }])
}

function mapKeyCycle(): Map<unknown, unknown> {
  const map = new Map<unknown, unknown>()
  return map.set(map, 1).set('a', map)
}

function setCycle(): Set<unknown> {
  const set = new Set<unknown>()
  return set.add(set).add([set])
}

function longCycle(): object {
  const first: Record<string, unknown> = {}
  let last = first
  for (let i = 0; i < 1000; i++) last = last['next'] = {}
  last['next'] = first
  return first
}

function twice(value: object): object {
  return { first: value, second: value, list: [value, value] }
}

function nested(wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = 'the core'
  for (let i = 0; i < 100_000; i++) value = wrap(value)
  return value
}

function shared(wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = 'shared'
  for (let i = 0; i < 22; i++) value = wrap(value)
  return value
}

function sparse(): unknown[] {
  const array: unknown[] = ['first']
  array[2 ** 32 - 2] = 'last'
  return array
}

function argumentsOf(..._values: unknown[]): IArguments {
  return arguments
}

function million<Item>(item: (index: number) => Item): Item[] {
  return Array.from({ length: 1e6 }, (_, i) => item(i))
}

function bareKeys(): object {
  const object: Record<string, number> = Object.create(null)
  for (let i = 0; i < 10_000; i++) object[`key${i}`] = i
  return object
}

function symbols(): object {
  return Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [Symbol(i), i]))
}

function cube(): unknown {
  return Array.from({ length: 100 }, () => Array.from({ length: 100 }, () => new Array<number>(100).fill(7)))
}

const bytes = Buffer.alloc(10_000_000, 0xe2)
