import { Socket } from 'node:net'
import * as nodePath from 'node:path'
import { runInNewContext } from 'node:vm'
import type { Hostile } from '../hostile'
import { fail } from './trouble'

/** What JSON has no word for: other types, other realms, the runtime's own objects. */
export const builtIns: readonly Hostile[] = [
  { name: 'undefined', marked: false, most: 4096, make: () => undefined },
  { name: 'null', marked: false, most: 4096, make: () => null },
  { name: 'a small BigInt', marked: /12/, most: 4096, make: () => 12n },
  { name: 'a BigInt beyond 2^53', marked: /9007199254740993/, most: 4096, make: () => 2n ** 53n + 1n },
  { name: 'a BigInt below -2^53', marked: /-9007199254740993/, most: 4096, make: () => -(2n ** 53n) - 1n },
  { name: '10^400', marked: /10{400}|cut|digits/i, most: 8192, make: () => 10n ** 400n },
  { name: 'a BigInt of a million digits', marked: /cut|trunc|digits/i, once: true, make: () => 2n ** 3_321_928n },
  { name: 'a symbol', marked: /lonely/, most: 4096, make: () => Symbol('lonely') },
  { name: 'a symbol without a description', marked: /symbol/i, most: 4096, make: () => Symbol() },
  { name: 'a symbol of 10 MB', marked: /cut|trunc|…|symbol/i, make: () => Symbol('x'.repeat(1e7)) },
  { name: 'a symbol as a key', marked: /beside/, most: 4096, make: () => ({ [Symbol('hidden')]: fail, a: 'beside' }) },
  { name: 'minus zero', marked: false, most: 4096, make: () => -0 },
  { name: 'NaN', marked: false, most: 4096, make: () => NaN },
  { name: 'Infinity', marked: false, most: 4096, make: () => -Infinity },
  { name: '2^53', marked: /9007199254740992/, most: 4096, make: () => 2 ** 53 },
  { name: '-2^60', marked: /-11529215046068(46976|47000)/, most: 4096, make: () => -(2 ** 60) },
  { name: 'Number.MAX_VALUE', marked: false, most: 4096, make: () => Number.MAX_VALUE },
  { name: 'Number.MIN_VALUE', marked: false, most: 4096, make: () => Number.MIN_VALUE },
  { name: '1e21 and below 1e-7', marked: false, most: 4096, make: () => [1e21, 1e-7, -1e21, 1.5e300] },
  { name: 'an invalid Date', marked: false, most: 4096, make: () => new Date(NaN) },
  { name: 'a Date of year 275760', marked: /275760/, most: 4096, make: () => new Date(8.64e15) },
  {
    name: 'a Date with an own toJSON',
    marked: false,
    most: 4096,
    make: () => Object.assign(new Date(0), { toJSON: () => 5n }),
  },
  { name: 'a Date of another realm', marked: /1970/, most: 4096, make: () => runInNewContext('new Date(0)') },
  {
    name: 'boxed primitives',
    marked: /boxed/,
    most: 4096,
    make: () => [Object('boxed'), Object(1), Object(true), Object(5n), Object(Symbol('inside'))],
  },
  { name: 'a String object', marked: /boxed/, most: 4096, make: () => new String('boxed') },
  {
    name: 'a boxed primitive whose valueOf throws',
    marked: false,
    most: 4096,
    make: () => Object.assign(new Number(5), { valueOf: fail, toString: fail }),
  },
  { name: 'a boxed primitive whose valueOf gives itself', marked: false, most: 8192, make: selfBoxed },
  { name: 'a function', marked: false, most: 4096, make: () => function named(): void {} },
  {
    name: 'a function with a throwing name',
    marked: false,
    most: 4096,
    make: () => Object.defineProperty(() => 1, 'name', { get: fail }),
  },
  {
    name: 'a function with a long name',
    marked: false,
    most: 8192,
    make: () => Object.defineProperty(() => 1, 'name', { value: 'n'.repeat(1e7) }),
  },
  { name: 'a class', marked: false, most: 4096, make: () => class Unused {} },
  { name: 'an async function', marked: false, most: 4096, make: () => async () => 1 },
  { name: 'a class instance with private fields', marked: /in sight/, most: 4096, make: () => new Guarded() },
  {
    name: 'an object without a prototype',
    marked: /bare/,
    most: 4096,
    make: () => Object.assign(Object.create(null), { a: 'bare' }),
  },
  {
    name: 'an object of another realm',
    marked: /from afar/,
    most: 4096,
    make: () => runInNewContext('({ a: "from afar", b: [1, new Map([["k", 1]])] })'),
  },
  {
    name: 'a Map of another realm',
    marked: /from afar/,
    most: 4096,
    make: () => runInNewContext('new Map([["a", "from afar"]])'),
  },
  { name: 'a Map with keys of every kind', marked: /kept/, most: 8192, make: oddMap },
  {
    name: 'a Map with colliding keys',
    marked: /kept/,
    most: 4096,
    make: () =>
      new Map<unknown, unknown>([
        [1, 'kept'],
        ['1', 'also'],
      ]),
  },
  {
    name: 'a Map with keys that become the same',
    marked: /kept/,
    most: 4096,
    make: () =>
      new Map([
        ['\ud800', 'kept'],
        ['\udbff', 'also'],
      ]),
  },
  { name: 'a Map with a key __proto__', marked: /kept/, most: 4096, make: () => new Map([['__proto__', 'kept']]) },
  { name: 'an empty Map', marked: false, most: 4096, make: () => new Map() },
  { name: 'a Set', marked: /kept/, most: 4096, make: () => new Set<unknown>(['kept', 1, {}, Symbol('x'), undefined]) },
  { name: 'typed arrays', marked: false, most: 8192, make: typedArrays },
  {
    name: 'small buffers',
    marked: false,
    most: 4096,
    make: () => [Buffer.from('text'), new ArrayBuffer(4), new DataView(new ArrayBuffer(4)), new SharedArrayBuffer(4)],
  },
  { name: 'a detached ArrayBuffer', marked: false, most: 4096, make: () => structuredCloneAway(new ArrayBuffer(8)) },
  { name: 'a view of a detached ArrayBuffer', marked: false, most: 4096, make: detachedViews },
  { name: 'a generator', marked: false, most: 4096, make: endlessNumbers },
  { name: 'a promise', marked: false, most: 4096, make: () => Promise.resolve(1) },
  {
    name: 'WeakMap, WeakSet and WeakRef',
    marked: false,
    most: 4096,
    make: () => [new WeakMap(), new WeakSet(), new WeakRef({})],
  },
  { name: 'a RegExp', marked: /looked for/, most: 4096, make: () => /looked for/g },
  {
    name: 'a RegExp whose source throws',
    marked: false,
    most: 4096,
    make: () => Object.defineProperty(/x/, 'source', { get: fail }),
  },
  { name: 'a URL', marked: /example\.org/, most: 4096, make: () => new URL('https://example.org/a?b=c') },
  { name: 'URLSearchParams', marked: false, most: 4096, make: () => new URLSearchParams('a=1&a=2') },
  { name: 'Headers', marked: false, most: 4096, make: () => new Headers({ accept: 'text/html' }) },
  { name: 'a module namespace', marked: false, changes: true, make: () => nodePath },
  { name: 'globalThis', marked: false, changes: true, make: () => globalThis },
  { name: 'process', marked: false, changes: true, make: () => process },
  { name: 'a socket', marked: false, changes: true, make: () => new Socket() },
  { name: 'Math, JSON, Reflect and Intl', marked: false, most: 8192, make: () => [Math, JSON, Reflect, Intl] },
  { name: 'Object.prototype', marked: false, most: 4096, make: () => Object.prototype },
  { name: 'Array.prototype', marked: false, most: 4096, make: () => Array.prototype },
  {
    name: 'prototypes without their instance',
    marked: false,
    most: 8192,
    make: () => [
      Date.prototype,
      Map.prototype,
      Error.prototype,
      RegExp.prototype,
      Uint8Array.prototype,
      Promise.prototype,
    ],
  },
  { name: 'an object with Map as prototype', marked: false, most: 4096, make: () => Object.create(Map.prototype) },
  { name: 'an object with Date as prototype', marked: false, most: 4096, make: () => Object.create(Date.prototype) },
  { name: 'an AbortSignal', marked: false, most: 8192, make: () => AbortSignal.abort() },
  { name: 'a Request', marked: false, most: 16_384, make: () => new Request('https://example.org') },
  { name: 'an Intl formatter', marked: false, most: 4096, make: () => new Intl.DateTimeFormat() },
  ...temporal(),
]

class Guarded {
  readonly #secret = 'hidden'
  readonly open = 'in sight'

  get derived(): string {
    return this.#secret
  }
}

function selfBoxed(): object {
  const boxed = new Number(5)
  return Object.assign(boxed, { valueOf: () => boxed })
}

function oddMap(): Map<unknown, unknown> {
  const keys = [undefined, null, NaN, -0, 1, '1', 1n, Symbol('key'), {}, [], () => 1, new Map(), new Error('key')]
  return new Map(keys.map(key => [key, 'kept']))
}

function typedArrays(): unknown[] {
  return [
    new Int8Array([-1]),
    new Uint16Array(2),
    new Float32Array([NaN, Infinity, 1.5]),
    new Float64Array([2 ** 60, -0]),
    new BigInt64Array([-(2n ** 62n)]),
    new BigUint64Array([2n ** 63n, 1n]),
    new Uint8ClampedArray(3),
  ]
}

function structuredCloneAway(buffer: ArrayBuffer): ArrayBuffer {
  structuredClone(buffer, { transfer: [buffer] })
  return buffer
}

function detachedViews(): unknown[] {
  const buffer = new ArrayBuffer(16)
  const views = [new Uint8Array(buffer), new Float64Array(buffer), new DataView(buffer)]
  structuredCloneAway(buffer)
  return views
}

function* endlessNumbers(): Generator<number> {
  for (let i = 0; ; i++) yield i
}

/** Only newer engines have it. */
function temporal(): Hostile[] {
  const made = runInNewContext('typeof Temporal === "object" ? Temporal.Now.instant() : undefined') as unknown
  return made === undefined ? [] : [{ name: 'a Temporal instant', marked: /\dT\d/, most: 4096, make: () => made }]
}
