import t from 'tap'
import { withContext } from '../../lib/index'
import { at, capture, captureRoot, METHODS } from '../support/capture'
import type { JsonObject } from '../support/strict-json'

const { logger, loose, lines, line, take } = capture()

t.test('a message alone is the message', t => {
  logger.info('listening')
  t.match(line(), { level: 'info', msg: 'listening' })
  logger.info('100% of it, and %s stays')
  t.equal(line()['msg'], '100% of it, and %s stays')
  t.end()
})

t.test('each method writes its own level', t => {
  for (const method of METHODS) {
    logger[method]('said')
    t.equal(line()['level'], method)
  }
  t.end()
})

t.test('fields and message come in either order, and make the same line', t => {
  logger.info({ port: 8080 }, 'listening')
  const first = line()
  t.match(first, { msg: 'listening', port: 8080 })
  logger.info('listening', { port: 8080 })
  t.same(timeless(line()), timeless(first))
  t.end()
})

t.test('fields alone make a line without a message', t => {
  logger.info({ port: 8080 })
  const said = line()
  t.equal(said['port'], 8080)
  t.notOk('msg' in said)
  t.end()
})

t.test('an error alone is the error, and its message the message', t => {
  logger.error(new RangeError('out of reach'))
  const said = line()
  t.match(said, { msg: 'out of reach', err: { type: 'RangeError', message: 'out of reach' } })
  t.match(at(said, 'err', 'stack'), /^RangeError: out of reach\n {4}at /)
  t.end()
})

t.test('an error and a message come in either order, and make the same line', t => {
  const err = new Error('no funds')
  logger.error(err, 'charge failed')
  const first = line()
  t.match(first, { msg: 'charge failed', err: { message: 'no funds' } })
  logger.error('charge failed', err)
  t.same(timeless(line()), timeless(first))
  t.end()
})

t.test('an error among fields is the error', t => {
  logger.error({ err: new Error('no funds'), orderId: 7 }, 'charge failed')
  t.match(line(), { msg: 'charge failed', orderId: 7, err: { type: 'Error', message: 'no funds' } })
  logger.error({ err: new Error('no funds'), orderId: 7 })
  t.match(line(), { orderId: 7, err: { message: 'no funds' } })
  t.end()
})

t.test('an error, a message and fields are all kept', t => {
  logger.error(new Error('no funds'), 'charge failed', { orderId: 7 })
  t.match(line(), { msg: 'charge failed', orderId: 7, err: { message: 'no funds' } })
  logger.error('charge failed', new Error('no funds'), { orderId: 7 })
  t.match(line(), { msg: 'charge failed', orderId: 7, err: { message: 'no funds' } })
  logger.error('charge of %d failed', 5, new Error('no funds'), { orderId: 7 })
  t.match(line(), { msg: 'charge of 5 failed', orderId: 7, err: { message: 'no funds' } })
  t.end()
})

t.test('an error tells its code, its causes, its errors and its own properties', t => {
  const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED', port: 5432 })
  logger.error(new AggregateError([new TypeError('first'), 'second'], 'all failed', { cause }))
  t.match(line()['err'], {
    type: 'AggregateError',
    message: 'all failed',
    cause: { type: 'Error', message: 'refused', code: 'ECONNREFUSED', port: 5432, stack: String },
    errors: [{ type: 'TypeError', message: 'first' }, 'second'],
  })
  t.end()
})

t.test('an error is one under any key and at any depth', t => {
  logger.info({ failure: new Error('a'), list: [{ reason: new TypeError('b') }] }, 'm')
  t.match(line(), {
    failure: { type: 'Error', message: 'a' },
    list: [{ reason: { type: 'TypeError', message: 'b', stack: String } }],
  })
  t.end()
})

t.test('whatever was thrown can be logged', t => {
  for (const thrown of ['a text', 42, 10n, true, Symbol('odd'), null, undefined]) {
    loose.error(thrown)
    const said = line()
    t.equal(said['level'], 'error')
    t.match(said['msg'], String(thrown), String(thrown))
  }
  t.end()
})

t.test('a function is called only if the line is wanted, and once', t => {
  let calls = 0
  const lazy = (): object => ({ dump: ++calls })
  const quiet = capture({ level: 'info' })
  quiet.logger.debug(lazy, 'state')
  t.same([calls, quiet.lines.length], [0, 0])
  quiet.logger.info(lazy, 'state')
  t.match(quiet.line(), { msg: 'state', dump: 1 })
  quiet.logger.info(lazy)
  t.match(quiet.line(), { dump: 2 })
  t.equal(calls, 2)
  t.end()
})

t.test('a function may return a message or an error', t => {
  logger.info(() => 'made')
  t.equal(line()['msg'], 'made')
  logger.info(() => new Error('made'))
  t.match(line(), { msg: 'made', err: { message: 'made' } })
  t.end()
})

t.test('an asynchronous function that rejects does no harm', async t => {
  const seen: unknown[] = []
  const listen = (reason: unknown): void => void seen.push(reason)
  process.on('unhandledRejection', listen)
  logger.info(async () => {
    throw new Error('rejected')
  }, 'm')
  t.equal(line()['msg'], 'm')
  // A rejection that nobody handles is reported before the next turn of the event loop.
  await new Promise(setImmediate)
  process.off('unhandledRejection', listen)
  t.same(seen, [])
})

t.test("a child has its parent's fields and its own, on every line", t => {
  const request = logger.child({ requestId: 'r1' })
  const step = request.child({ step: 2 })
  request.info('m')
  t.match(line(), { msg: 'm', requestId: 'r1' })
  step.info({ ms: 5 }, 'm')
  t.match(line(), { requestId: 'r1', step: 2, ms: 5 })
  request.info('m')
  t.notOk('step' in line())
  t.same(step.bindings(), { requestId: 'r1', step: 2 })
  t.end()
})

t.test('a child is told from later changes to the object it was given', t => {
  const fields = { step: 1 }
  const child = logger.child(fields)
  fields.step = 2
  child.info('m')
  t.equal(line()['step'], 1)
  t.end()
})

t.test('a level is asked for, set, and followed', t => {
  const { logger, lines } = capture({ level: 'warn', name: 'http' })
  t.same([logger.name, logger.level], ['http', 'warn'])
  t.same(
    METHODS.filter(method => logger.isLevelEnabled(method)),
    ['warn', 'error', 'fatal'],
  )
  const child = logger.child({ a: 1 })
  logger.level = 'debug'
  child.debug('follows')
  child.level = 'error'
  child.warn('not written')
  logger.warn('written')
  logger.level = 'silent'
  logger.fatal('not written')
  child.error('written')
  t.same(
    lines.map(text => JSON.parse(text).msg),
    ['follows', 'written', 'written'],
  )
  t.equal(JSON.parse(lines[0] as string).logger, 'http')
  t.end()
})

t.test('a context gives its fields to every logger inside, also after an await', async t => {
  const other = capture()
  const result = await withContext({ requestId: 'r1' }, async () => {
    logger.info('m')
    await new Promise(setImmediate)
    other.logger.info('m')
    withContext({ step: 2 }, () => logger.info('inner'))
    return 'returned'
  })
  logger.info('outside')
  t.equal(result, 'returned')
  t.equal(other.line()['requestId'], 'r1')
  const [before, inner, outside] = take().map(text => JSON.parse(text))
  t.equal(before.requestId, 'r1')
  t.match(inner, { requestId: 'r1', step: 2 })
  t.notOk('requestId' in outside)
})

t.test('a method taken off its logger logs through the root', t => {
  const root = captureRoot()
  const { info, error } = loose
  info('detached')
  t.match(root.line(), { level: 'info', msg: 'detached' })
  error({ a: 1 }, 'took %d', 5)
  t.match(root.line(), { level: 'error', msg: 'took 5', a: 1 })
  for (const text of ['x', 'y']) [text].forEach(info as (text: string) => void)
  t.equal(root.take().length, 2)
  t.same(lines, [])
  t.end()
})

t.test('a serializer replaces what its field holds', t => {
  const { logger, line } = capture({ serializers: { user: (user: { name: string }) => user.name } })
  logger.info({ user: { name: 'ann', password: 'x' } }, 'm')
  t.equal(line()['user'], 'ann')
  logger.child({ user: { name: 'bob' } }).info('m')
  t.equal(line()['user'], 'bob')
  logger.child({}, { serializers: { route: () => '/' } }).info({ user: { name: 'cid' }, route: 1 }, 'm')
  t.match(line(), { user: 'cid', route: '/' })
  t.end()
})

t.test('a call without arguments is a line without a message', t => {
  loose.info()
  t.match(line(), { level: 'info' })
  t.end()
})

function timeless({ time, ...rest }: JsonObject): JsonObject {
  t.type(time, 'string')
  return rest
}
