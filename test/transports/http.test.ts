import { createServer } from 'node:net'
import t from 'tap'
import { http } from '../../transports/http'
import { EXPIRED, GOOD, OTHER_HOST, TEST_KEY } from '../support/certificates'
import { deliveryTo } from '../support/deliveries'
import { HttpReceiver, type HttpReceiverOptions, type Misbehaviour } from '../support/receivers/http-receiver'

/** Ten minutes of the pipeline's time, six seconds of ours. */
const LONG = 600_000

async function scene(
  t: { teardown(work: () => Promise<void>): void },
  options: HttpReceiverOptions = {},
  more: Partial<Parameters<typeof http>[0]> = {},
): Promise<{ receiver: HttpReceiver; url: string } & Awaited<ReturnType<typeof deliveryTo>>> {
  const receiver = new HttpReceiver(options)
  const url = await receiver.start()
  const delivery = await deliveryTo(http({ url, ...more }))
  t.teardown(async () => {
    await delivery.pipeline.close(0)
    await receiver.stop()
    delivery.remove()
  })
  return { receiver, url, ...delivery }
}

t.test('lines arrive in order, each once, as JSON lines with their ids', async t => {
  const { receiver, pipeline, write } = await scene(t)
  const ids = write(2500)
  t.strictSame(await pipeline.flush(LONG), { flushed: 2500, left: 0 })
  t.strictSame(receiver.ids, ids)
  t.strictSame(receiver.requests, [1000, 1000, 500])
  t.strictSame(receiver.mistakes, [])
  t.equal(receiver.connections, 1, 'one connection is kept')
})

t.test('lines arrive as JSON arrays, compressed, with the headers that were asked for', async t => {
  const { receiver, pipeline, write } = await scene(
    t,
    { authorization: 'Bearer abcdef' },
    { format: 'array', gzip: true, headers: { authorization: 'Bearer abcdef' }, maxLines: 7 },
  )
  const ids = write(20)
  await pipeline.flush(LONG)
  t.strictSame(receiver.ids, ids)
  t.strictSame(receiver.requests, [7, 7, 6])
  t.equal(receiver.headers[0]?.['content-encoding'], 'gzip')
  t.strictSame(receiver.mistakes, [])
})

const misbehaviours: Readonly<Record<string, readonly Misbehaviour[]>> = {
  '503, thrice': [{ status: 503 }, { status: 503 }, { status: 503 }],
  '429 with Retry-After': [{ status: 429, headers: { 'retry-after': '3' } }],
  'a connection that breaks before anything is read': ['reset', 'reset'],
  'no answer': ['no answer'],
  'an answer of a byte now and then, for ever': ['drip'],
  'an answer that is cut short': ['cut short'],
  'an answer that says it is compressed, and is not': ['broken gzip'],
  'an answer of a few kilobytes that become 64 MiB': ['bomb'],
  'a web page': ['web page'],
  'wrong credentials, an index that is missing, a method that is not allowed': [
    { status: 401 },
    { status: 404 },
    { status: 405 },
  ],
  'a status that nobody knows': [{ status: 619 }, { status: 418 }],
}
const isSilent = (move: Misbehaviour): boolean => move === 'no answer' || move === 'drip'

for (const [what, moves] of Object.entries(misbehaviours)) {
  t.test(`nothing is lost, given up or stored twice by ${what}`, async t => {
    const { receiver, pipeline, write, letters } = await scene(t, {}, { timeout: moves.some(isSilent) ? 1000 : 60_000 })
    receiver.next.push(...moves)
    const ids = write(50)
    t.strictSame(await pipeline.flush(LONG), { flushed: 50, left: 0 })
    t.strictSame(receiver.ids, ids)
    t.equal(receiver.next.length, 0, 'the receiver did misbehave')
    t.strictSame(letters(), [])
    t.strictSame(receiver.mistakes, [])
  })
}

t.test('a connection that breaks after the lines were stored makes them come twice, with the same ids', async t => {
  const { receiver, pipeline, write } = await scene(t)
  receiver.next.push('store, then reset')
  const ids = write(50)
  await pipeline.flush(LONG)
  t.strictSame(receiver.ids, [...ids, ...ids])
})

t.test('a redirect is never followed, and the lines wait', async t => {
  const elsewhere = new HttpReceiver()
  const there = await elsewhere.start()
  const { receiver, pipeline, write, said } = await scene(t, {}, { headers: { authorization: 'Bearer s3cr3t-token' } })
  for (const status of [302, 307]) receiver.next.push({ status, headers: { location: `${there}?k=v` } })
  const ids = write(3)
  await pipeline.flush(LONG)
  await elsewhere.stop()
  t.equal(elsewhere.connections, 0)
  t.strictSame(receiver.ids, ids)
  t.match(said[0], /held: status 302: a redirect to http:\/\/127.0.0.1:\d+ \(redirects are not followed\)/)
})

t.test('wrong credentials hold all lines, are told once, and cost none when they are put right', async t => {
  const { receiver, pipeline, write, said, letters } = await scene(
    t,
    { authorization: 'Bearer right' },
    { headers: { authorization: 'Bearer s3cr3t-token' } },
  )
  const ids = write(10)
  // The receiver repeats what it was sent, as some do.
  t.same(await pipeline.flush(200_000), { flushed: 0, left: 10 })
  t.equal(pipeline.stats().state, 'held')
  receiver.authorization = 'Bearer s3cr3t-token'
  await pipeline.flush(LONG)
  t.strictSame(receiver.ids, ids)
  t.equal(said.length, 2, said.join('\n'))
  t.match(said[0], /^http: is held: status 401: no: \[secret\]; nothing is dropped/)
  t.match(said[1], /^http: is back after \d+ s/)
  t.notMatch(JSON.stringify([said, pipeline.stats()]), 's3cr3t')
  t.strictSame(letters(), [])
})

t.test('one line that cannot be stored is found and set aside, the others arrive in order', async t => {
  const { receiver, pipeline, write, letters } = await scene(t, { poison: line => line['n'] === 321 })
  const ids = write(1000)
  t.strictSame(await pipeline.flush(LONG), { flushed: 1000, left: 0 })
  t.strictSame(
    receiver.ids,
    ids.filter((_, n) => n !== 321),
  )
  t.match(letters(), [
    { id: ids[321], status: 400, reason: /^status 400: a line that cannot be stored$/, line: '{"n":321}' },
  ])
  t.equal(letters().length, 1)
  t.ok(receiver.requests.length <= 22, `found with ${receiver.requests.length} requests`)
  t.match(pipeline.stats(), { sent: 999, dead: 1, queued: 0 })
})

t.test('a batch that is too large is halved, and smaller ones are sent from then on', async t => {
  const { receiver, pipeline, write, letters } = await scene(t, { maxBytes: 20_000 })
  const ids = write(2000)
  await pipeline.flush(LONG)
  t.strictSame(receiver.ids, ids)
  t.strictSame(letters(), [])
  t.equal(receiver.requests.filter(lines => lines === 1000).length, 1, `${receiver.requests}`)
})

t.test('one line that is too large is set aside', async t => {
  const { receiver, pipeline, write, letters } = await scene(t, { maxBytes: 20_000 })
  const ids = write(3, n => `{"n":${n},"text":"${'x'.repeat(n === 1 ? 30_000 : 10)}"}`)
  await pipeline.flush(LONG)
  t.strictSame(receiver.ids, [ids[0], ids[2]])
  t.match(letters(), [{ id: ids[1], status: 413 }])
})

t.test('a receiver that is away is waited for, wherever the connection fails', async t => {
  const closed = createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => closed.once('listening', resolve))
  const { port } = closed.address() as { port: number }
  await new Promise(resolve => closed.close(resolve))
  const url = `http://127.0.0.1:${port}/lines`
  const { pipeline, write, said, remove } = await deliveryTo(http({ url }))
  const ids = write(5)
  t.equal((await pipeline.flush(30_000)).left, 5)
  const receiver = new HttpReceiver()
  await receiver.start(port)
  await pipeline.flush(LONG)
  t.strictSame(receiver.ids, ids)
  t.match(said, [/^http: is down: connect ECONNREFUSED/, /^http: is back/])
  await pipeline.close(1000)
  await receiver.stop()
  remove()
})

for (const [what, cert, ca, reason] of [
  ['has expired', EXPIRED, EXPIRED, /is held: TLS: certificate has expired/],
  ['is for another host', OTHER_HOST, OTHER_HOST, /is held: TLS: .*altnames/],
  ['nobody we trust has signed', GOOD, undefined, /is held: TLS: self-signed certificate/],
] as const) {
  t.test(`a receiver whose certificate ${what} gets no line`, async t => {
    const tls = ca === undefined ? {} : { ca }
    const { receiver, pipeline, write, said } = await scene(t, { secure: { key: TEST_KEY, cert } }, { tls })
    write(3)
    t.equal((await pipeline.flush(20_000)).left, 3)
    t.match(said, [reason])
    t.equal(receiver.requests.length, 0)
  })
}

t.test('a receiver whose certificate we trust gets all lines', async t => {
  const secure = { key: TEST_KEY, cert: GOOD }
  const { receiver, pipeline, write } = await scene(t, { secure }, { tls: { ca: GOOD } })
  const ids = write(3)
  await pipeline.flush(LONG)
  t.strictSame(receiver.ids, ids)
})

t.test('a receiver that speaks no TLS where TLS is expected holds the lines', async t => {
  const receiver = new HttpReceiver()
  const url = (await receiver.start()).replace('http:', 'https:')
  const { pipeline, write, said, remove } = await deliveryTo(http({ url }))
  write(1)
  await pipeline.flush(20_000)
  t.match(said, [/is held: TLS: .*(wrong version number|WRONG_VERSION)/i])
  t.equal((await pipeline.close(0)).left, 1)
  await receiver.stop()
  remove()
})

t.test('options that are wrong are told at once, without a secret', async t => {
  t.throws(() => http({ url: 'http://x', fromat: 'lines' } as never), /fromat.*did you mean 'format'/)
  t.throws(() => http({} as never), /http\(\) url: found nothing/)
  t.throws(() => http({ url: 5, headers: { authorization: 12345 } } as never), { message: /^((?!12345)[\s\S])*$/ })
})

t.test('a URL that is none is told, and the lines wait until it is put right', async t => {
  const { pipeline, write, said, remove } = await deliveryTo(http({ url: 'localhost:9200/s3cr3t' }))
  write(1)
  t.equal((await pipeline.flush(10_000)).left, 1)
  t.strictSame(said, [
    "http: is held: url: not a URL that begins with 'http://' or 'https://'; nothing is dropped, it is tried again every minute",
  ])
  await pipeline.close(0)
  remove()
})
