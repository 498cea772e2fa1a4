import { randomBytes } from 'node:crypto'
import t from 'tap'
import { gelfDatagrams } from '../../lib/delivery/gelf-datagrams'
import { type ContractSubject, transportContract } from '../../lib/testing'
import { graylog } from '../../transports/graylog'
import { EXPIRED, GOOD } from '../support/certificates'
import { deliveryTo } from '../support/deliveries'
import {
  type GelfAnswer,
  type GelfProtocol,
  GelfReceiver,
  type GelfReceiverOptions,
} from '../support/receivers/gelf-receiver'

/** Ten minutes of the pipeline's time, six seconds of ours. */
const LONG = 600_000

async function scene(
  t: { teardown(work: () => Promise<void>): void },
  protocol: GelfProtocol,
  options: GelfReceiverOptions = {},
  more: Partial<Parameters<typeof graylog>[0]> = {},
): Promise<{ receiver: GelfReceiver; url: string } & Awaited<ReturnType<typeof deliveryTo>>> {
  const receiver = new GelfReceiver(protocol, options)
  const url = await receiver.start()
  const secure = protocol === 'tls' || protocol === 'https' ? { tls: { ca: GOOD } } : {}
  const bulk = options.bulk === true ? { bulk: true } : {}
  const delivery = await deliveryTo(graylog({ url, ...secure, ...bulk, ...more }))
  t.teardown(async () => {
    await delivery.pipeline.close(0)
    await receiver.stop()
    delivery.remove()
  })
  return { receiver, url, ...delivery }
}

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
    const { receiver, pipeline, write } = await scene(t, protocol, options)
    const ids = write(700, n => `{"time":"2026-11-22T21:57:31.123Z","level":"info","msg":"n\\u0000 ${n}","n":${n}}`)
    t.strictSame(await pipeline.flush(LONG), { flushed: 700, left: 0 })
    await receiver.has(700)
    t.strictSame(receiver.mistakes, [])
    t.strictSame(receiver.ids, ids)
    t.strictSame([receiver.stored[7]?.get('message'), receiver.stored[7]?.get('n')], ['n\u0000 7', 7])
    if (protocol !== 'udp') t.equal(receiver.connections, 1, 'one connection is kept')
  })

  t.test(`${what}: the statistics say what an acknowledgement is worth`, async t => {
    const { pipeline } = await scene(t, protocol, options)
    t.equal(pipeline.stats().acknowledges, protocol.startsWith('http') ? 'received' : 'none')
  })
}

function subject(protocol: GelfProtocol, options: GelfReceiverOptions = {}): ContractSubject {
  const http = protocol === 'http'
  return {
    acknowledges: http,
    ...(http ? { poison: '{"msg":"poison"}', secrets: ['hunter2-hunter2'] } : {}),
    async start() {
      const poison = { poison: (message: ReadonlyMap<string, unknown>) => message.get('message') === 'poison' }
      const receiver = new GelfReceiver(protocol, { ...options, ...(http ? poison : {}) })
      const url = await receiver.start()
      return {
        transport: graylog({
          url,
          ...(http ? { headers: { authorization: 'hunter2-hunter2' } } : {}),
          ...(options.bulk === true ? { bulk: true } : {}),
        }),
        received: () => receiver.stored.map(message => String(message.get('message'))),
        refuse: kind => {
          receiver.always = kind === undefined ? undefined : kind === 'hold' ? 401 : 503
        },
        ...(http
          ? {
              stall: (stalled: boolean) => {
                receiver.always = stalled ? 'no answer' : undefined
              },
            }
          : {}),
        stop: () => receiver.stop(),
      }
    },
  }
}

for (const [what, given] of Object.entries({
  UDP: subject('udp'),
  TCP: subject('tcp'),
  HTTP: subject('http'),
  'HTTP in bulk': subject('http', { bulk: true }),
})) {
  for (const { name, run } of transportContract(given)) t.test(`${what}, contract: ${name}`, run)
}

t.test('UDP: what fits into a datagram goes as it is, more is compressed, still more is sent in chunks', async t => {
  const { receiver, pipeline, write } = await scene(t, 'udp')
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
  const first = await scene(t, 'udp')
  const { port } = first.receiver
  await first.receiver.stop()
  first.write(150)
  t.equal((await first.pipeline.flush(20_000)).left, 150)
  t.match(first.said, [/^graylog: is down: .*ECONNREFUSED/])
  const second = new GelfReceiver('udp')
  await second.start(port)
  await first.pipeline.flush(LONG)
  await second.has(150)
  t.equal(new Set(second.ids).size, 150)
  await second.stop()
})

t.test('UDP: a name with several addresses is tried on each of them', async t => {
  const receiver = new GelfReceiver('udp')
  await receiver.start()
  const { pipeline, write, remove } = await deliveryTo(graylog({ url: `udp://localhost:${receiver.port}` }))
  write(20)
  await pipeline.flush(LONG)
  await receiver.has(20)
  t.equal(new Set(receiver.ids).size, 20)
  await pipeline.close(0)
  await receiver.stop()
  remove()
})

t.test('TCP: a connection that was broken is made again', async t => {
  const { receiver, pipeline, write } = await scene(t, 'tcp')
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
    const { receiver, pipeline, write, said } = await scene(t, 'tls', { cert }, { tls })
    write(3)
    t.equal((await pipeline.flush(10_000)).left, 3)
    t.match(said, [reason])
    t.equal(receiver.stored.length, 0)
  }
})

const misbehaviours: Readonly<Record<string, readonly GelfAnswer[]>> = {
  '503, 429 and 500': [503, 429, 500],
  'a connection that breaks before anything is read': ['reset', 'reset'],
  'a web page': ['web page'],
  'wrong credentials, a path or a method that is not known': [401, 404, 405],
}

for (const bulk of [false, true]) {
  const how = bulk ? 'HTTP in bulk' : 'HTTP'
  for (const [what, moves] of Object.entries(misbehaviours)) {
    t.test(`${how}: nothing is lost, given up or stored twice by ${what}`, async t => {
      const { receiver, pipeline, write, letters } = await scene(t, 'http', { bulk })
      receiver.next.push(...moves)
      const ids = write(20)
      t.strictSame(await pipeline.flush(LONG), { flushed: 20, left: 0 })
      t.strictSame(receiver.ids, ids)
      t.strictSame([receiver.next, letters(), receiver.mistakes], [[], [], []])
    })
  }
}

t.test('HTTP: after a failure in the middle, what was taken before is not sent again', async t => {
  const { receiver, pipeline, write } = await scene(t, 'http')
  const ids = write(20)
  await receiver.has(5)
  receiver.next.push(503, 503)
  await pipeline.flush(LONG)
  t.strictSame(receiver.ids, ids)
})

t.test(
  'HTTP: a connection that breaks after a message was stored makes that one come twice, with the same id',
  async t => {
    const { receiver, pipeline, write } = await scene(t, 'http')
    receiver.next.push('store, then reset')
    const ids = write(5)
    await pipeline.flush(LONG)
    t.strictSame(receiver.ids, [ids[0], ...ids])
  },
)

t.test('HTTP: a line that is longer than the input takes is set aside, the others arrive', async t => {
  for (const bulk of [false, true]) {
    const { receiver, pipeline, write, letters } = await scene(t, 'http', { bulk })
    const ids = write(30, n => JSON.stringify({ msg: `m${n}`, text: 'x'.repeat(n === 7 ? 70_000 : 10) }))
    await pipeline.flush(LONG)
    t.strictSame(
      receiver.ids,
      ids.filter((_, n) => n !== 7),
    )
    t.match(letters(), [{ id: ids[7], status: 413 }])
  }
})

t.test('HTTP: an input that answers 400 to everything is set up wrong, and no line is set aside', async t => {
  const { receiver, pipeline, write, letters, said } = await scene(t, 'http')
  receiver.always = 400
  const ids = write(40)
  t.equal((await pipeline.flush(60_000)).left, 40)
  t.strictSame(letters(), [])
  t.match(said[0], /is held: refuses every line: status 400/)
  receiver.always = undefined
  await pipeline.flush(LONG)
  t.strictSame(receiver.ids, ids)
})

t.test('HTTP: the path is /gelf unless the URL has one, and messages are compressed unless asked not to', async t => {
  const plain = await scene(t, 'http', {}, { compress: false })
  plain.write(1)
  await plain.pipeline.flush(LONG)
  t.equal(plain.receiver.stored.length, 1)
  const other = new GelfReceiver('http')
  const url = await other.start()
  const { pipeline, write, said, remove } = await deliveryTo(graylog({ url: `${url}/other` }))
  write(1)
  t.equal((await pipeline.flush(10_000)).left, 1)
  t.match(said, [/is held: status 404/])
  await pipeline.close(0)
  await other.stop()
  remove()
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
