import t from 'tap'
import { capture } from '../support/capture'

const { logger, line } = capture()

t.test('placeholders take primitives, and a last object is the fields', t => {
  logger.info('user %s took %d ms', 'ann', 12.5, { route: '/' })
  t.match(line(), { msg: 'user ann took 12.5 ms', route: '/' })
  t.end()
})

const formats: readonly (readonly [string, readonly unknown[], string])[] = [
  ['%s', ['text'], 'text'],
  ['%s %s %s', [1, true, null], '1 true null'],
  ['%s', [undefined], 'undefined'],
  ['%s', [12n], '12'],
  ['%s', [Symbol('odd')], 'Symbol(odd)'],
  ['%d', ['12.5'], '12.5'],
  ['%d', ['no number'], 'NaN'],
  ['%i', [12.9], '12'],
  ['%i', [-12.9], '-12'],
  ['%f', ['0.5'], '0.5'],
  ['%j', [{ a: [1, 'b'] }], '{"a":[1,"b"]}'],
  ['%j', ['text'], '"text"'],
  ['%s%%', [50], '50%'],
  ['%s and %s', ['one'], 'one and %s'],
  ['%x %s', ['one'], '%x one'],
  ['%', ['one'], '% one'],
]

t.test('placeholders mean what they mean in printf', t => {
  for (const [template, params, expected] of formats) {
    logger.info(template, ...params, { after: 'kept' })
    const { msg, after } = line()
    t.equal(msg, expected, `${template} of ${params.map(String).join(', ')}`)
    t.equal(after, 'kept')
  }
  t.end()
})

t.test('%o and %O show an object, and take it', t => {
  for (const template of ['got %o', 'got %O']) {
    logger.info(template, { name: 'ann' }, { after: 'kept' })
    const said = line()
    t.match(said['msg'], /^got .*name.*ann/)
    t.equal(said['after'], 'kept')
    t.notOk('name' in said)
  }
  t.end()
})

t.test('%s, %d, %i and %f never take an object literal or an error', t => {
  logger.info('GET /%d0%bf', { status: 200 })
  t.match(line(), { msg: 'GET /%d0%bf', status: 200 })
  for (const placeholder of ['%s', '%d', '%i', '%f']) {
    logger.info(`at ${placeholder}`, { status: 200 })
    t.match(line(), { msg: `at ${placeholder}`, status: 200 })
    logger.info(`at ${placeholder}`, new Error('failed'))
    t.match(line(), { msg: `at ${placeholder}`, err: { message: 'failed' } })
  }
  t.end()
})

t.test('what no placeholder takes is in the line all the same', t => {
  logger.info('two', 'three', 4, { five: 5 })
  const said = line()
  t.match(said['msg'], /^two/)
  for (const part of [/three/, /4/, /five/]) t.match(JSON.stringify(said), part)
  logger.info('one', { a: 1 }, { b: 2 })
  t.match(line(), { msg: 'one', a: 1, b: 2 })
  t.end()
})

t.test('placeholders work after fields and after an error', t => {
  logger.info({ port: 1 }, 'listening on %s', 'host')
  t.match(line(), { msg: 'listening on host', port: 1 })
  logger.error(new Error('failed'), 'charge of %d', 5)
  t.match(line(), { msg: 'charge of 5', err: { message: 'failed' } })
  t.end()
})
