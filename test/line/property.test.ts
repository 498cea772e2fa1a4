import { deepEqual, equal, match, ok } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { withContext } from '../../lib/index'
import { capture, METHODS, parseLine } from '../support/capture'
import { MOST } from '../support/hostile'
import { holds } from '../support/property'
import type { JsonObject } from '../support/strict-json'
import { asJson, model, own, RESERVED, sorted } from './model'

const { loose, line, take } = capture()

/** Any sequence of UTF-16 units, so that lone surrogates come up often. */
const units = fc.string({
  unit: fc
    .oneof(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0xd7f0, max: 0xe010 }))
    .map(unit => String.fromCharCode(unit)),
})
const wellFormed = fc.string({ unit: 'binary', maxLength: 200 })
const key = fc.oneof(
  wellFormed,
  units,
  fc.constantFrom(...RESERVED, '__proto__', 'constructor', 'toJSON', '', '0', '\ud800', '\udbff', '\ufffd', '\ufffd#2'),
)
const anything = fc.anything({
  key,
  values: [
    fc.boolean(),
    fc.integer(),
    fc.double(),
    units,
    fc.constantFrom(null, undefined, NaN, -0, Symbol('s')),
    fc.func(fc.anything()),
    fc.constant(new Error('e')),
  ],
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
  maxDepth: 4,
})
const anyFields = fc.dictionary(key, anything, { maxKeys: 8 })
const plainKey = wellFormed.filter(name => !RESERVED.includes(name) && name !== 'toJSON')
const plain = fc.dictionary(plainKey, fc.jsonValue({ stringUnit: 'binary' }), { maxKeys: 8 })
/** Without placeholders, whose meaning depends on the arguments. */
const message = wellFormed.filter(text => !text.includes('%'))

t.test('anything, in any place, becomes one good line of its level', t => {
  holds(
    t,
    fc.property(
      fc.constantFrom(...METHODS),
      fc.array(fc.oneof(anything, units, anyFields), { maxLength: 5 }),
      anyFields,
      anyFields,
      (method, args, bound, context) => {
        withContext(context, () => loose.child(bound)[method](...args))
        const lines = take()
        equal(lines.length, 1)
        equal(parseLine(lines[0] as string, MOST)['level'], method)
      },
    ),
    500,
  )
  t.end()
})

t.test('anything is a printf parameter, and leaves the fields alone', t => {
  const template = fc
    .array(fc.constantFrom('%s', '%d', '%i', '%f', '%j', '%o', '%O', '%%', '%', 'text', '\u2028'), { maxLength: 8 })
    .map(parts => parts.join(' '))
  holds(
    t,
    fc.property(template, fc.array(anything, { maxLength: 4 }), (text, params) => {
      loose.info(`m ${text}`, ...params, { 'own field': 'kept' })
      const said = line()
      // %j takes whatever stands where its parameter should be.
      if (said['own field'] !== 'kept') match(String(said['msg']), /"own field":"kept"/)
      ok(String(said['msg']).startsWith('m'))
    }),
    300,
  )
  t.end()
})

t.test('a short message arrives as it was, before, after and without fields', t => {
  holds(
    t,
    fc.property(wellFormed, plain, (text, fields) => {
      loose.info(text)
      equal(line()['msg'], text)
      loose.info(fields, text)
      if (!text.includes('%%')) equal(line()['msg'], text)
      take()
    }),
  )
  t.end()
})

t.test('every plain object arrives as it was, in its order', t => {
  holds(
    t,
    fc.property(plain, message, (fields, text) => {
      const expected = asJson(fields)
      loose.info(fields, text)
      deepEqual(own(line()), expected)
      loose.child(fields).info(text)
      deepEqual(own(line()), expected)
      withContext(fields, () => loose.info(text))
      deepEqual(own(line()), expected)
      loose.info({ nested: [fields] }, text)
      deepEqual(own(line())['nested'], [expected])
    }),
    500,
  )
  t.end()
})

t.test('fields keep their order', t => {
  holds(
    t,
    fc.property(plain, fields => {
      loose.info(fields, 'm')
      deepEqual(Object.keys(own(line())), Object.keys(asJson(fields)))
    }),
  )
  t.end()
})

t.test(
  "a call's field wins over a child's, a child's over its parent's, any over the context's, inner over outer",
  t => {
    const few = fc.dictionary(
      fc.constantFrom('a', 'b', 'c', 'd', '__proto__', 'level', 'pid', 'fields'),
      fc.oneof(fc.integer(), fc.constant('x\ud800'), fc.constantFrom('€', null, false)),
      { maxKeys: 5 },
    )
    holds(
      t,
      fc.property(fc.array(few, { maxLength: 3 }), fc.array(few, { maxLength: 3 }), few, (contexts, bound, fields) => {
        let child = loose
        for (const bindings of bound) child = child.child(bindings)
        const log = contexts.reduceRight<() => void>(
          (inner, context) => () => withContext(context, inner),
          () => child.info(fields, 'm'),
        )
        log()
        deepEqual(sorted(line()), sorted(model([...contexts, ...bound, fields])))
      }),
      500,
    )
    t.end()
  },
)

t.test('a field without a value covers none, and takes none away', t => {
  holds(
    t,
    fc.property(fc.constantFrom('a', 'b'), fc.integer(), (name, value) => {
      loose.child({ [name]: value, c: 1 }).info({ [name]: undefined, d: 2 }, 'm')
      const said = own(line())
      deepEqual([said['c'], said['d']], [1, 2])
    }),
    20,
  )
  t.end()
})

t.test('fields first and message first make the same line', t => {
  holds(
    t,
    fc.property(fc.oneof(anyFields, plain), message, (fields, text) => {
      loose.info(fields, text)
      const first = line()
      loose.info(text, fields)
      deepEqual({ ...line(), time: '' }, { ...first, time: '' })
    }),
    300,
  )
  t.end()
})

t.test('a key that had to be repaired is still told from every other', t => {
  holds(
    t,
    fc.property(
      fc.uniqueArray(
        fc.constantFrom(
          '\ud800',
          '\udbff',
          '\udc00',
          '\ufffd',
          '\ufffd#2',
          '\ufffd#3',
          '\ufffd#2#2',
          'a\ud800',
          'a\ufffd',
        ),
        { minLength: 1 },
      ),
      names => {
        const fields = Object.fromEntries(names.map((name, i) => [name, i]))
        loose.info(fields, 'm')
        const wanted = names.map((_, i) => i)
        deepEqual(Object.values(own(line())), wanted)
        loose.info({ nested: fields, map: new Map(Object.entries(fields)) }, 'm')
        const said = line()
        deepEqual(Object.values(said['nested'] as JsonObject), wanted)
        equal(JSON.stringify(said['map']).match(/\d/g) !== null, true)
        loose.child(fields).info('m')
        deepEqual(Object.values(own(line())), wanted)
      },
    ),
    200,
  )
  t.end()
})

t.test('what a child was given is what its bindings say', t => {
  holds(
    t,
    fc.property(plain, plain, (outer, inner) => {
      deepEqual(asJson(loose.child(outer).child(inner).bindings()), asJson({ ...outer, ...inner }))
    }),
  )
  t.end()
})
