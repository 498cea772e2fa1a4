import t from 'tap'
import { TcpClient } from '../../lib/delivery/tcp'
import { tcp } from '../../transports/tcp'
import { EXPIRED, GOOD, TEST_KEY } from '../support/certificates'
import { deliveryTo } from '../support/deliveries'
import { TcpReceiver, type TcpReceiverOptions } from '../support/receivers/tcp-receiver'

const LONG = 600_000

async function scene(
  t: { teardown(work: () => Promise<void>): void },
  options: TcpReceiverOptions = {},
  more: Partial<Parameters<typeof tcp>[0]> = {},
): Promise<{ receiver: TcpReceiver } & Awaited<ReturnType<typeof deliveryTo>>> {
  const receiver = new TcpReceiver(options)
  const port = await receiver.start()
  const delivery = await deliveryTo(tcp({ host: '127.0.0.1', port, ...more }))
  t.teardown(async () => {
    await delivery.pipeline.close(0)
    await receiver.stop()
    delivery.remove()
  })
  return { receiver, ...delivery }
}

t.test('lines arrive in order over one connection, with their ids', async t => {
  const { receiver, pipeline, write } = await scene(t)
  const ids = write(5000)
  t.strictSame(await pipeline.flush(LONG), { flushed: 5000, left: 0 })
  await receiver.has(5000)
  t.strictSame(
    receiver.stored.map(line => line['hewn_id']),
    ids,
  )
  t.equal(receiver.connections, 1)
  t.strictSame(receiver.mistakes, [])
})

t.test('closing waits until the other side has read to the end', async t => {
  const receiver = new TcpReceiver()
  const port = await receiver.start()
  const client = new TcpClient({ host: '127.0.0.1', port, limits: { end: 60_000 } })
  const text = `{"text":"${'x'.repeat(300)}"}\n`.repeat(3000)
  await client.write(text, new AbortController().signal)
  await client.close()
  t.equal(receiver.stored.length, 3000)
  t.strictSame(receiver.mistakes, [])
  await receiver.stop()
})

t.test('a write that was given up leaves no connection that half a line may stand in', async t => {
  const receiver = new TcpReceiver()
  const port = await receiver.start()
  const client = new TcpClient({ host: '127.0.0.1', port })
  const { signal } = new AbortController()
  await client.write('{"n":1}\n', signal)
  await t.rejects(client.write('{"n":2}\n', AbortSignal.abort()), /given up/)
  await client.write('{"n":3}\n', signal)
  await receiver.has(2)
  t.equal(receiver.connections, 2)
  await receiver.keeps(1)
  await client.close()
  await receiver.stop()
})

t.test('a connection that was broken is made again', async t => {
  const { receiver, pipeline, write } = await scene(t)
  write(10)
  await pipeline.flush(LONG)
  await receiver.has(10)
  receiver.refuse = 2
  receiver.hangUp()
  // Until our side has noticed, a line may go into the void: that is what an acknowledgement of 'none' means.
  while (receiver.connections < 4) {
    write(1, () => '{"n":"again"}')
    await pipeline.flush(LONG)
  }
  await receiver.has(11)
  t.equal(pipeline.stats().queued, 0)
})

t.test('lines go over TLS to a receiver whose certificate we trust', async t => {
  const { receiver, pipeline, write } = await scene(t, { secure: { key: TEST_KEY, cert: GOOD } }, { tls: { ca: GOOD } })
  write(10)
  await pipeline.flush(LONG)
  await receiver.has(10)
  t.strictSame(receiver.mistakes, [])
})

t.test('no line goes to a receiver whose certificate has expired, or that nobody has signed', async t => {
  for (const [cert, more, reason] of [
    [EXPIRED, { tls: { ca: EXPIRED } }, /is held: TLS: certificate has expired/],
    [GOOD, { secure: true }, /is held: TLS: self-signed certificate/],
  ] as const) {
    const { receiver, pipeline, write, said } = await scene(t, { secure: { key: TEST_KEY, cert } }, more)
    write(3)
    t.equal((await pipeline.flush(10_000)).left, 3)
    t.match(said, [reason])
    t.equal(receiver.stored.length, 0)
  }
})
