import t from 'tap'
import { at, capture, parseLine } from '../support/capture'
import { MOST, REASON } from '../support/hostile'

/** How often a call may touch what it is given: more than a line has characters to tell of, far less than these values have. */
const TOUCHES = 200_000

/** Counts, and stops what does not stop by itself. */
class Counter {
  count = 0

  readonly touch = <Result>(look: () => Result): Result => {
    if (++this.count > 2 * TOUCHES) throw new Error('touched without end')
    return look()
  }
}

const bottomless: Record<string, (counter: Counter) => unknown> = {
  'an array of 2^32 - 1 items': ({ touch }) =>
    new Proxy([], {
      get: (_, key) => touch(() => (key === 'length' ? 2 ** 32 - 1 : key === 'toJSON' ? undefined : 1)),
    }),
  'objects in objects, ten wide, without end': counter => tree(counter, 10),
  'objects in objects, two wide, without end': counter => tree(counter, 2),
  'arrays in arrays, three wide, without end': counter => arrays(counter),
  'getters that give nothing': ({ touch }) => {
    const properties: PropertyDescriptorMap = {}
    for (let i = 0; i < 20_000; i++) properties[`key${i}`] = { enumerable: true, get: () => touch(() => undefined) }
    return Object.defineProperties({}, properties)
  },
  'a thousand references to a wide object': ({ touch }) => {
    const names = Array.from({ length: 40_000 }, (_, i) => `key${i}`)
    const getOwnPropertyDescriptor = (): PropertyDescriptor =>
      touch(() => ({ value: undefined, enumerable: true, configurable: true }))
    const wide = new Proxy({}, { ownKeys: () => touch(() => names), getOwnPropertyDescriptor })
    return Array.from({ length: 1000 }, () => wide)
  },
  'a toJSON that gives another, without end': ({ touch }) => {
    const make = (): object => ({ toJSON: () => touch(make) })
    return make()
  },
  'a cause without end': ({ touch }) => {
    const make = (): Error => Object.defineProperty(new Error('m'), 'cause', { get: () => touch(make) })
    return make()
  },
  'errors without end': ({ touch }) => {
    const make = (): Error =>
      Object.defineProperty(new Error('m'), 'errors', { get: () => touch(() => [make(), make(), make()]) })
    return make()
  },
  'prototypes without end': ({ touch }) => {
    const make = (): object => new Proxy({}, { getPrototypeOf: () => touch(make) })
    return make()
  },
  'a Map of trees': counter => new Map(Array.from({ length: 2000 }, (_, i) => [`key${i}`, tree(counter, 10)])),
  'a Set of trees': counter => new Set(Array.from({ length: 2000 }, () => tree(counter, 10))),
  'an array of 2000 trees': counter => Array.from({ length: 2000 }, () => tree(counter, 10)),
  'an object of 2000 trees': counter =>
    Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`key${i}`, tree(counter, 10)])),
}

for (const [name, make] of Object.entries(bottomless)) {
  t.test(`a call looks at ${name} for a bounded time`, t => {
    const { loose, take } = capture()
    const ways: Record<string, (value: unknown) => void> = {
      'a property': value => loose.info({ ok: 1, bad: value, after: 'kept' }, 'm'),
      'the fields': value => loose.info(value, 'm'),
      'a bound field': value => loose.child({ ok: 1, bad: value, after: 'kept' }).info('m'),
      'a parameter': value => loose.info('at %j', value, { ok: 1, after: 'kept' }),
      'each of 100 properties': value =>
        loose.info(Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`key${i}`, value]))),
    }
    for (const [way, log] of Object.entries(ways)) {
      const counter = new Counter()
      log(make(counter))
      const [text, ...more] = take()
      t.same(more, [])
      const line = parseLine(text ?? '', MOST)
      t.ok(counter.count <= TOUCHES, `${way}: ${counter.count} touches`)
      if (way !== 'the fields' && way !== 'each of 100 properties') t.match(line, { ok: 1, after: 'kept' }, way)
    }
    t.end()
  })
}

t.test('printf reads no more parameters and no more text than a line has room for', t => {
  const { loose, line } = capture()
  const counter = new Counter()
  const params = Array.from({ length: 2000 }, () => tree(counter, 2))
  loose.info('%j '.repeat(2000), ...params, { after: 'kept' })
  t.match(line(), { after: 'kept' })
  t.ok(counter.count <= TOUCHES, `${counter.count} touches`)
  loose.info('%s'.repeat(100_000), 'x'.repeat(1e6), 'y'.repeat(1e6), { after: 'kept' })
  t.match(line(), { after: 'kept', msg: REASON })
  t.end()
})

t.test('what is too much only together is cut, marked, and leaves the other parts their share', t => {
  const long = '€'.repeat(70_000)
  const { loose, take } = capture()
  const parts = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`part${i}`, long]))
  loose
    .child({ bound: long })
    .child({ again: long })
    .info({ ...parts, last: 'kept' }, long)
  const [text] = take() as [string]
  const line = parseLine(text, MOST)
  t.match(JSON.stringify(line), /cut/)
  for (const key of ['bound', 'again', 'part0', 'last', 'msg']) t.ok(key in line, key)
  t.match(line['msg'], /^€{100}/)
  t.equal(line['last'], 'kept')
  t.end()
})

t.test('what escaping makes too long is cut and marked', t => {
  const { loose, take } = capture()
  for (const character of ['\0', '"', '\u2028', '\ud800', '€', '😀']) {
    const long = character.repeat(200_000)
    loose.info({ ok: 1, a: long, b: [long, { c: long }], after: 'kept' }, long)
    const [text] = take() as [string]
    const line = parseLine(text, MOST)
    t.match(line, { ok: 1, after: 'kept' }, `U+${character.codePointAt(0)?.toString(16)}`)
    t.match(String(at(line, 'a')), /cut|…/)
  }
  t.end()
})

t.test('ten thousand small fields are cut, marked, and the first are kept', t => {
  const { loose, take } = capture()
  loose.info(Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`key${i}`, 'x'.repeat(100)])), 'm')
  const [text] = take() as [string]
  const line = parseLine(text, MOST)
  t.match(line, { msg: 'm', key0: 'x'.repeat(100), key99: 'x'.repeat(100) })
  t.match(text, /cut/)
  t.end()
})

t.test('a thousand generations of children are bounded, too', t => {
  const { loose, take } = capture()
  let child = loose
  for (let i = 0; i < 1000; i++) child = child.child({ [`generation${i}`]: 'x'.repeat(1000) })
  child.info({ own: 1 }, 'm')
  const [text] = take() as [string]
  t.match(parseLine(text, MOST), { msg: 'm', own: 1, generation0: 'x'.repeat(1000) })
  t.match(text, /cut/)
  t.end()
})

t.test('keys made from data leave no trace in the lines after them', t => {
  const { loose, line } = capture()
  for (let i = 0; i < 20_000; i++) {
    loose.info({ [`id${i}`]: i, [`x${i % 7}`]: { [`y${i}`]: 1 } }, 'm')
    const said = line()
    if (said[`id${i}`] !== i || at(said, `x${i % 7}`, `y${i}`) !== 1) t.fail(`line ${i} is ${JSON.stringify(said)}`)
  }
  t.pass('20,000 shapes')
  t.end()
})

function tree(counter: Counter, wide: number): object {
  const object = {}
  const get = (): object => counter.touch(() => tree(counter, wide))
  for (let i = 0; i < wide; i++) Object.defineProperty(object, `key${i}`, { enumerable: true, get })
  return object
}

function arrays(counter: Counter): unknown {
  const get = (): unknown => counter.touch(() => arrays(counter))
  return Object.defineProperties([], {
    0: { get, enumerable: true },
    1: { get, enumerable: true },
    2: { get, enumerable: true },
  })
}
