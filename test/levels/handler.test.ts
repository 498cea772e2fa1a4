import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import fastify from 'fastify'
import t from 'tap'
import { levelHandler } from '../../lib/levels/handler'
import { STANDARD_LEVELS } from '../../lib/levels/levels'
import { LevelState } from '../../lib/levels/state'

function newState(): LevelState {
  const state = new LevelState({ levels: STANDARD_LEVELS, onChange() {} })
  state.setLayer('defaults', 'defaults', 'info')
  state.setLayer('env', 'LOG_LEVEL', 'warn,app.db=debug')
  return state
}

type Handler = (req: IncomingMessage, res: ServerResponse) => void

/** A server on a free port, closed with the test. */
async function serve(t: { teardown(fn: () => void): void }, handler: Handler): Promise<string> {
  const server: Server = createServer(handler).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function ask(url: string, method = 'GET', body?: string, type = 'text/plain') {
  const response = await fetch(url, {
    method,
    ...(body === undefined ? {} : { body, headers: { 'content-type': type } }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
}

t.test('GET answers with the layers, the overlays and their remaining time', async t => {
  const state = newState()
  const url = await serve(
    t,
    levelHandler(() => state),
  )
  state.overlay('http=debug', { for: '10m' })
  state.overlay('db=trace')
  const { status, headers, body } = await ask(url)
  t.equal(status, 200)
  t.match(headers.get('content-type'), /^application\/json/)
  t.equal(headers.get('cache-control'), 'no-store')
  t.strictSame(body.layers, [
    { name: 'defaults', levels: 'info' },
    { name: 'LOG_LEVEL', levels: 'warn,app.db=debug' },
    { name: 'setLevels()', levels: 'http=debug' },
    { name: 'setLevels()', levels: 'db=trace' },
  ])
  t.match(body.overlays, [
    { id: 1, levels: 'http=debug', for: /^(10m|9m\d+s)$/ },
    { id: 2, levels: 'db=trace', remaining: null, for: null },
  ])
  t.ok(body.overlays[0].remaining > 0 && body.overlays[0].remaining <= 600_000)
})

t.test('GET with a name explains its level', async t => {
  const state = newState()
  const url = await serve(
    t,
    levelHandler(() => state),
  )
  const { body } = await ask(`${url}/levels?name=app.db.pool`)
  t.match(body.explanation, { level: 'debug', decidedBy: { rule: 'app.db=debug', layer: 'LOG_LEVEL' } })
  t.match((await ask(`${url}?name=`)).body.explanation, { name: '', level: 'warn' })
})

t.test('HEAD answers as GET does, without a body', async t => {
  const state = newState()
  const url = await serve(
    t,
    levelHandler(() => state),
  )
  const { status, headers, body } = await ask(url, 'HEAD')
  t.equal(status, 200)
  t.ok(Number(headers.get('content-length')) > 10)
  t.equal(body, undefined)
})

t.test('PUT applies JSON or a bare text, for a time or for good', async t => {
  const state = newState()
  const url = await serve(
    t,
    levelHandler(() => state),
  )
  const json = await ask(url, 'PUT', '{ "levels": "http=debug", "for": "10m" }', 'application/json')
  t.match(json, { status: 200, body: { id: 1, problems: [], overlays: [{ id: 1, levels: 'http=debug' }] } })
  t.match(await ask(url, 'PUT', '{ "levels": "x=debug", "for": null }'), { status: 200, body: { id: 2 } })
  t.match(await ask(`${url}?for=90s`, 'PUT', 'db=trace\n'), { status: 200, body: { id: 3 } })
  t.match(state.overlays(), [{ remaining: Number }, { remaining: null }, { levels: 'db=trace', remaining: Number }])
})

t.test('PUT answers 200 with the problems of what was left out, and 400 if nothing took effect', async t => {
  const state = newState()
  const url = await serve(
    t,
    levelHandler(() => state),
  )
  const some = await ask(url, 'PUT', 'http=debug,db=debgu')
  t.match(some, { status: 200, body: { problems: [/did you mean 'debug'\?\n {2}http=debug,db=debgu\n {16}\^/] } })
  const cases: readonly (readonly [body: string, problem: RegExp])[] = [
    ['db=debgu', /'debug'/],
    ['', /no levels/],
    ['{ "levels": 5 }', /a value of type number/],
    ['{}', /found undefined/],
    ['{ "level": "debug" }', /did you mean 'levels'/],
    ['{ "levels": "debug", "for": "soon" }', /a duration/],
    ['{ "levels": "debug", "for": true }', /a duration/],
    ['{ "levels":', /JSON that does not parse/],
  ]
  for (const [body, problem] of cases) {
    t.match(await ask(url, 'PUT', body), { status: 400, body: { problems: [problem] } }, body)
  }
  t.equal(state.overlays().length, 1)
})

t.test('DELETE takes an overlay off', async t => {
  const state = newState()
  const url = await serve(
    t,
    levelHandler(() => state),
  )
  state.overlay('http=debug')
  state.assign('db', 10)
  t.match(await ask(url, 'DELETE'), { status: 400, body: { problems: [/one of 1/] } })
  for (const id of ['2', '7', 'x', '', '01', '1e0'])
    t.match(await ask(`${url}?id=${id}`, 'DELETE'), { status: 404 }, id)
  t.match(await ask(`${url}?id=1`, 'DELETE'), { status: 200, body: { id: 1, overlays: [] } })
  t.match(await ask(`${url}?id=1`, 'DELETE'), { status: 404, body: { problems: [/there is no overlay/] } })
})

t.test('another method is answered with 405 and the ones allowed', async t => {
  const state = newState()
  const url = await serve(
    t,
    levelHandler(() => state),
  )
  const { status, headers } = await ask(url, 'POST', 'debug')
  t.equal(status, 405)
  t.equal(headers.get('allow'), 'GET, HEAD, PUT, DELETE')
})

t.test('a body beyond 64 KiB is answered with 413 while it is still being sent', async t => {
  const state = newState()
  const url = await serve(
    t,
    levelHandler(() => state),
  )
  const req = request(url, { method: 'PUT' })
  req.on('error', () => {})
  for (let i = 0; i < 17; i++) req.write('x'.repeat(4096))
  const [response] = (await once(req, 'response')) as [IncomingMessage]
  t.equal(response.statusCode, 413)
  t.equal(response.headers.connection, 'close')
  req.destroy()
  t.match(await ask(url, 'PUT', `${'x'.repeat(65_530)}=debug,`), { status: 413 })
  t.match(await ask(url, 'PUT', `${'x'.repeat(65_530)}=debug`), { status: 200 })
})

t.test('a client that goes away in the middle of its body harms nobody', async t => {
  const state = newState()
  const handler = levelHandler(() => state)
  let gone: Promise<unknown> | undefined
  let arrived = (): void => {}
  const arrival = new Promise<void>(resolve => {
    arrived = resolve
  })
  const url = await serve(t, (req, res) => {
    handler(req, res)
    gone ??= once(req, 'close')
    arrived()
  })
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.write('PUT / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhttp=de')
  await arrival
  socket.destroy()
  await gone?.catch(() => {})
  t.match(await ask(url), { status: 200, body: { overlays: [] } })
})

t.test('a body that was parsed before is taken as it is', async t => {
  const state = newState()
  const handler = levelHandler(() => state)
  const bodies: unknown[] = [
    { levels: 'a=debug', for: '1m' },
    'b=debug',
    Buffer.from('c=debug'),
    ['d=debug'],
    'x'.repeat(70_000),
  ]
  let next = 0
  const url = await serve(t, async (req, res) => {
    for await (const _ of req);
    handler(Object.assign(req, { body: bodies[next++] }), res)
  })
  const statuses: number[] = []
  for (const _ of bodies) statuses.push((await ask(url, 'PUT', 'ignored')).status)
  t.strictSame(statuses, [200, 200, 200, 400, 413])
  t.strictSame(
    state.overlays().map(({ levels }) => levels),
    ['a=debug', 'b=debug', 'c=debug'],
  )
})

t.test('an empty object that a parser left beside an unread stream is not taken for the body', async t => {
  const state = newState()
  const handler = levelHandler(() => state)
  const url = await serve(t, (req, res) => handler(Object.assign(req, { body: {} }), res))
  t.match(await ask(url, 'PUT', 'a=debug'), { status: 200 })
})

t.test('a stream that was read before without a trace is an empty body', async t => {
  const state = newState()
  const handler = levelHandler(() => state)
  const url = await serve(t, async (req, res) => {
    for await (const _ of req);
    handler(req, res)
  })
  t.match(await ask(url, 'PUT', 'a=debug'), { status: 400 })
})

t.test('a Fastify route hands over its raw request before the body is parsed', async t => {
  const state = newState()
  const handler = levelHandler(() => state)
  const app = fastify()
  t.teardown(() => app.close())
  app.route({
    method: ['GET', 'PUT', 'DELETE'],
    url: '/admin/levels',
    onRequest(request, reply) {
      reply.hijack()
      handler(request.raw, reply.raw)
    },
    handler() {},
  })
  const url = `${await app.listen({ port: 0, host: '127.0.0.1' })}/admin/levels`
  t.match(await ask(url, 'PUT', '{"levels":"a=debug"}', 'application/json'), { status: 200, body: { id: 1 } })
  t.match(await ask(`${url}?for=1m`, 'PUT', 'b=debug', 'application/x-www-form-urlencoded'), { status: 200 })
  t.match(await ask(`${url}?id=1`, 'DELETE'), { status: 200 })
  t.match(await ask(`${url}?name=b`), { status: 200, body: { explanation: { level: 'debug' } } })
})

t.test('an error inside is answered with 500, and an ended response is left alone', async t => {
  const state = newState()
  const broken = await serve(
    t,
    levelHandler(() => {
      throw new Error('secret')
    }),
  )
  const answer = await ask(broken)
  t.equal(answer.status, 500)
  t.notMatch(JSON.stringify(answer.body), /secret/)
  const handler = levelHandler(() => state)
  const ended = await serve(t, (req, res) => {
    res.end('{"ended":true}')
    handler(req, res)
  })
  t.match(await ask(ended), { body: { ended: true } })
})
