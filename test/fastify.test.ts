import fastify from 'fastify'
import t from 'tap'
import { createLogger } from '../lib/index'
import { captureLines } from './support/lines'

t.test('fastify logs its requests through a hewn logger given as loggerInstance', async t => {
  const { destination, records } = captureLines()
  const app = fastify({ loggerInstance: createLogger({ name: 'web', destination }) })
  app.get('/items/:id', (request, reply) => {
    request.log.info({ item: (request.params as { id: string }).id }, 'looked up')
    return reply.send({ ok: true })
  })
  const reply = await app.inject('/items/7')
  await app.close()
  t.equal(reply.statusCode, 200)
  const all = records()
  t.match(
    all.map(({ msg }) => msg),
    ['incoming request', 'looked up', 'request completed'],
  )
  const [incoming, own, completed] = all
  t.match(incoming, { level: 'info', logger: 'web', reqId: 'req-1', req: { method: 'GET', url: '/items/7' } })
  t.match(own, { reqId: 'req-1', item: '7' })
  t.match(completed, { reqId: 'req-1', res: { statusCode: 200 } })
  t.type(completed?.['responseTime'], 'number')
})

t.test('an error thrown in a fastify route is logged with its stack', async t => {
  const { destination, records } = captureLines()
  const app = fastify({ loggerInstance: createLogger({ destination }) })
  app.get('/', () => {
    throw new TypeError('no such item')
  })
  const reply = await app.inject('/')
  await app.close()
  t.equal(reply.statusCode, 500)
  const error = records().find(({ level }) => level === 'error')
  t.match(error, { msg: 'no such item', err: { type: 'TypeError', message: 'no such item', stack: /fastify\.test/ } })
})

t.test("a fastify route's logLevel holds for its requests only", async t => {
  const { destination, records } = captureLines()
  const app = fastify({ loggerInstance: createLogger({ destination }) })
  app.get('/quiet', { logLevel: 'warn' }, request => {
    request.log.info('not wanted')
    request.log.warn('wanted')
    return {}
  })
  await app.inject('/quiet')
  await app.close()
  t.same(
    records().map(({ msg }) => msg),
    ['wanted'],
  )
})
