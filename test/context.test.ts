import fc from 'fast-check'
import t from 'tap'
import { createLogger, getLogger, withContext } from '../lib/index'
import { captureLines } from './support/lines'
import { holds } from './support/property'

t.test('every logger inside a context carries its fields, also after an await', async t => {
  const { destination, records } = captureLines()
  const a = createLogger({ name: 'a', destination })
  const b = createLogger({ name: 'b', destination }).child({ part: 'b' })
  await withContext({ requestId: 'r1' }, async () => {
    a.info('before')
    await new Promise(resolve => setImmediate(resolve))
    b.info('after')
  })
  a.info('outside')
  t.match(records(), [
    { logger: 'a', msg: 'before', requestId: 'r1' },
    { logger: 'b', msg: 'after', requestId: 'r1', part: 'b' },
    { logger: 'a', msg: 'outside' },
  ])
  t.notOk('requestId' in (records()[2] as object))
})

t.test('two requests under way at once do not see each other', async t => {
  const { destination, records } = captureLines()
  const log = createLogger({ destination })
  const request = (id: number) =>
    withContext({ id }, async () => {
      for (let step = 0; step < 3; step++) {
        await new Promise(resolve => setImmediate(resolve))
        log.info({ step }, 'step')
      }
    })
  await Promise.all([request(1), request(2)])
  for (const id of [1, 2]) {
    t.same(
      records()
        .filter(record => record['id'] === id)
        .map(({ step }) => step),
      [0, 1, 2],
    )
  }
})

t.test('contexts nest: the inner field wins, then the child, then the call', t => {
  const { destination, records } = captureLines()
  const log = createLogger({ destination })
  withContext({ who: 'outer', outer: 1 }, () =>
    withContext({ who: 'inner' }, () => {
      log.info('a')
      log.child({ who: 'child' }).info('b')
      log.child({ who: 'child' }).info({ who: 'call' }, 'c')
    }),
  )
  t.same(
    records().map(({ who, outer }) => [who, outer]),
    [
      ['inner', 1],
      ['child', 1],
      ['call', 1],
    ],
  )
  t.end()
})

t.test('reserved names in a context and in a child are both kept under fields', t => {
  const { destination, records } = captureLines()
  withContext({ level: 'mine' }, () => createLogger({ destination }).child({ pid: 0 }).info({ time: 'now' }, 'x'))
  t.match(records()[0], { level: 'info', fields: { level: 'mine', pid: 0, time: 'now' } })
  t.end()
})

t.test('a context is rendered when it is entered: what changes later does not show', t => {
  const { destination, records } = captureLines()
  const fields = { cart: ['a'] }
  withContext(fields, () => {
    fields.cart.push('b')
    createLogger({ destination }).info('x')
  })
  t.match(records()[0], { cart: ['a'] })
  t.end()
})

t.test('withContext returns what the function returns, throws what it throws, and bears any fields', t => {
  t.equal(
    withContext({ a: 1 }, () => 42),
    42,
  )
  t.throws(
    () =>
      withContext({ a: 1 }, () => {
        throw new Error('mine')
      }),
    { message: 'mine' },
  )
  for (const fields of [
    null,
    undefined,
    1,
    'text',
    new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no')
        },
      },
    ),
  ]) {
    t.equal(
      withContext(fields as object, () => 'ran'),
      'ran',
    )
  }
  t.end()
})

t.test('a logger with serializers keeps the context, and applies them to calls', t => {
  const { destination, records } = captureLines()
  const log = createLogger({ destination, serializers: { user: (user: { name: string }) => user.name } })
  withContext({ requestId: 'r' }, () => log.info({ user: { name: 'ann', password: 'x' } }, 'hello'))
  t.match(records()[0], { requestId: 'r', user: 'ann' })
  t.end()
})

t.test('the process has one logger for each name', t => {
  t.equal(getLogger('one'), getLogger('one'))
  t.equal(getLogger('one').name, 'one')
  t.end()
})

t.test(
  'whatever contexts a logger meets, in whatever order, its lines carry the fields of the latest, its own over them',
  t => {
    const fields = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.oneof(fc.nat(9), fc.string({ maxLength: 3 })))
    const { destination, records } = captureLines()
    const root = createLogger({ destination })
    const scenario = fc.tuple(
      fc.array(fields, { minLength: 1, maxLength: 3 }),
      fc.array(fields, { minLength: 1, maxLength: 3 }),
      fc.array(fc.record({ context: fc.nat(2), logger: fc.nat(2), own: fields, form: fc.nat(2) }), { maxLength: 12 }),
    )
    const property = fc.property(scenario, ([contexts, bindings, calls]) => {
      const loggers = bindings.map(bound => root.child(bound))
      for (const { context, logger, own, form } of calls) {
        const outer = contexts[context % contexts.length]!
        const inner = bindings[logger % bindings.length]!
        const log = loggers[logger % loggers.length]!
        withContext(outer, () => {
          if (form === 0) log.info('x')
          else if (form === 1) log.info(own, 'x')
          else log.info('%s', 'x', own)
        })
        const { time, level, msg, pid, host, ...got } = records().at(-1)!
        const expected = { ...outer, ...inner, ...(form === 0 ? {} : own) }
        if (JSON.stringify(sorted(got)) !== JSON.stringify(sorted(expected))) return false
      }
      return true
    })
    holds(t, property, 200)
    t.end()
  },
)

function sorted(fields: object): [string, unknown][] {
  return Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1))
}
