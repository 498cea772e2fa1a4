import { randomBytes } from 'node:crypto'
import t from 'tap'
import { gelfDatagrams } from '../../lib/delivery/gelf-datagrams'
import { graylog } from '../../transports/graylog'
import { EXPIRED, GOOD } from '../support/certificates'
import { deliveryTo } from '../support/deliveries'
import { graylogScene, LONG } from '../support/graylog-scene'
import { type GelfProtocol, GelfReceiver, type GelfReceiverOptions } from '../support/receivers/gelf-receiver'

const ways: Readonly<Record<string, readonly [GelfProtocol, GelfReceiverOptions]>> = {
  UDP: ['udp', {}],
  TCP: ['tcp', {}],
  TLS: ['tls', {}],
  HTTP: ['http', {}],
  'HTTP in bulk': ['http', { bulk: true }],
  HTTPS: ['https', { bulk: true }],
}

for (const [what, [protocol, options]] of Object.entries(ways)) {
  t.test(`${what}: every line arrives once, in order, with its id, as a message that Graylog keeps whole`, async t => {
    const { receiver, pipeline, write } = await graylogScene(t, protocol, options)
    const ids = write(700, n => `{"time":"2026-11-22T21:57:31.123Z","level":"info","msg":"n\\u0000 ${n}","n":${n}}`)
    t.strictSame(await pipeline.flush(LONG), { flushed: 700, left: 0 })
    await receiver.has(700)
    t.strictSame(receiver.mistakes, [])
    t.strictSame(receiver.ids, ids)
    t.strictSame([receiver.stored[7]?.get('message'), receiver.stored[7]?.get('n')], ['n\u0000 7', 7])
    if (protocol !== 'udp') t.equal(receiver.connections, 1, 'one connection is kept')
  })

  t.test(`${what}: the statistics say what an acknowledgement is worth`, async t => {
    const { pipeline } = await graylogScene(t, protocol, options)
    t.equal(pipeline.stats().acknowledges, protocol.startsWith('http') ? 'received' : 'none')
  })
}

t.test('UDP: what fits into a datagram goes as it is, more is compressed, still more is sent in chunks', async t => {
  const { receiver, pipeline, write } = await graylogScene(t, 'udp')
  const noise = randomBytes(30_000).toString('hex')
  for (const text of ['short', 'long '.repeat(2000), noise]) write(1, () => JSON.stringify({ msg: 'x', text }))
  await pipeline.flush(LONG)
  await receiver.has(3)
  t.strictSame(receiver.mistakes, [])
  t.strictSame(
    receiver.stored.map(message => message.get('text') ?? ''),
    ['short', 'long '.repeat(2000), '[too long for a field: in full_message]'],
  )
  t.equal(receiver.stored[2]?.get('full_message'), `text: ${noise}`)
  const [plain, packed, ...chunks] = receiver.sizes
  t.ok(plain! < 200 && packed! < 300, `${plain}, ${packed}`)
  t.ok(chunks.length > 20 && chunks.slice(0, -1).every(size => size === 1420), `${chunks}`)
})

t.test('UDP: a message that 128 small chunks cannot hold goes in larger ones, up to a bound', async t => {
  const large = await gelfDatagrams(randomBytes(200_000).toString('base64'), true)
  t.equal(large.length, 128)
  t.ok(large.every(({ length }) => length > 1420 && length < 1700))
  const most = 128 * (8192 - 12)
  t.equal(Math.max(...(await gelfDatagrams('x'.repeat(most), false)).map(({ length }) => length)), 8192)
  await t.rejects(gelfDatagrams('x'.repeat(most + 1), false), { kind: 'poison', message: /more than GELF can send/ })
  t.equal((await gelfDatagrams('x'.repeat(1420), false)).length, 1)
  t.equal((await gelfDatagrams('x'.repeat(1421), false)).length, 2)
})

t.test('UDP: lines wait while nobody listens, as far as the system tells', async t => {
  const first = await graylogScene(t, 'udp')
  const { port } = first.receiver
  await first.receiver.stop()
  first.write(1)
  t.equal((await first.pipeline.flush(20_000)).left, 1, 'also a single one')
  first.write(149)
  t.equal((await first.pipeline.flush(20_000)).left, 150)
  t.match(first.said, [/^graylog: is down: .*ECONNREFUSED/])
  const second = new GelfReceiver('udp')
  await second.start(port)
  await first.pipeline.flush(LONG)
  await second.has(150)
  t.equal(new Set(second.ids).size, 150)
  await second.stop()
})

t.test('TCP: a connection that was broken is made again', async t => {
  const { receiver, pipeline, write } = await graylogScene(t, 'tcp')
  write(10)
  await pipeline.flush(LONG)
  await receiver.has(10)
  receiver.hangUp()
  // Until our side has noticed, a line may go into the void: that is what an acknowledgement of 'none' means.
  while (receiver.connections < 2) {
    write(1)
    await pipeline.flush(LONG)
  }
  await receiver.has(11)
  t.equal(pipeline.stats().queued, 0)
})

t.test('TLS: a receiver whose certificate has expired, or that nobody has signed, gets no line', async t => {
  for (const [cert, tls, reason] of [
    [EXPIRED, { ca: EXPIRED }, /is held: TLS: certificate has expired/],
    [GOOD, undefined, /is held: TLS: self-signed certificate/],
  ] as const) {
    const { receiver, pipeline, write, said } = await graylogScene(t, 'tls', { cert }, { tls })
    write(3)
    t.equal((await pipeline.flush(10_000)).left, 3)
    t.match(said, [reason])
    t.equal(receiver.stored.length, 0)
  }
})

t.test('options that do not go together are told, and the lines wait', async t => {
  for (const [options, message] of [
    [{ url: 'graylog:12201' }, /url: not a URL that begins with 'udp:\/\/'/],
    [{ url: 'udp://' }, /url: not a URL/],
    [{ url: 'syslog://x' }, /url: not a URL/],
    [{ url: 'tcp://127.0.0.1', tls: {} }, /tls: only for a URL with 'tls:\/\/'/],
    [{ url: 'udp://127.0.0.1', bulk: true }, /bulk: only for/],
    [{ url: 'tcp://127.0.0.1', headers: { a: 'b' } }, /headers: only for/],
  ] as const) {
    const { pipeline, write, said, remove } = await deliveryTo(graylog(options))
    write(1)
    t.equal((await pipeline.flush(5000)).left, 1)
    t.match(said, [message])
    await pipeline.close(0)
    remove()
  }
  t.throws(() => graylog({ host: 'x' } as never), /graylog\(\) url: found nothing/)
})
