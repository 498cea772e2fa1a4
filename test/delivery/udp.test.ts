import { createSocket, type Socket } from 'node:dgram'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { UdpClient } from '../../lib/delivery/udp'
import { VirtualClock } from '../support/virtual-clock'

const { signal } = new AbortController()

/** A receiver on 127.0.0.1; the promise is of its next datagram. */
async function receiver(t: { teardown(work: () => void): void }) {
  const socket: Socket = createSocket('udp4')
  await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve))
  t.teardown(() => socket.close())
  const next = () => new Promise<string>(resolve => socket.once('message', data => resolve(data.toString())))
  return { port: (socket.address() as AddressInfo).port, next }
}

t.test('a name with several addresses is tried on the next one after a failure', async t => {
  const { port, next } = await receiver(t)
  const lookup = async () => ['127.0.0.2', '127.0.0.1'].map(address => ({ address, family: 4 }))
  const client = new UdpClient({ host: 'graylog', port, clock: new VirtualClock(), lookup })
  t.teardown(() => client.close())
  await t.rejects(client.send([Buffer.from('first')], signal), { code: 'ECONNREFUSED' })
  const arrived = next()
  await client.send([Buffer.from('second')], signal)
  t.equal(await arrived, 'second')
})

t.test('a name is looked up again every minute, and not before', async t => {
  const { port } = await receiver(t)
  const clock = new VirtualClock()
  let lookups = 0
  const lookup = async () => {
    lookups++
    return [{ address: '127.0.0.1', family: 4 }]
  }
  const client = new UdpClient({ host: 'graylog', port, clock, lookup })
  t.teardown(() => client.close())
  for (const [ms, count] of [
    [0, 1],
    [59_000, 1],
    [1_000, 2],
  ] as const) {
    await clock.pass(ms)
    await client.send([Buffer.from('x')], signal)
    t.equal(lookups, count)
  }
})

t.test('a name that cannot be looked up is a failure that says so, and is tried again', async t => {
  const { port, next } = await receiver(t)
  let found = false
  const lookup = async () => {
    if (!found) throw Object.assign(new Error('getaddrinfo ENOTFOUND graylog'), { code: 'ENOTFOUND' })
    return [{ address: '127.0.0.1', family: 4 }]
  }
  const client = new UdpClient({ host: 'graylog', port, clock: new VirtualClock(), lookup })
  t.teardown(() => client.close())
  await t.rejects(client.send([Buffer.from('x')], signal), /ENOTFOUND graylog/)
  found = true
  const arrived = next()
  await client.send([Buffer.from('y')], signal)
  t.equal(await arrived, 'y')
})

t.test('datagrams go in bursts with a pause between, and a send that is given up ends', async t => {
  const { port } = await receiver(t)
  const clock = new VirtualClock()
  const client = new UdpClient({ host: '127.0.0.1', port, clock })
  t.teardown(() => client.close())
  const begun = clock.now()
  await clock.until(client.send(Array(320).fill(Buffer.from('x')), signal))
  t.equal(clock.now() - begun, 20, 'ten bursts of 32 small ones, 2 ms each')
  await t.rejects(client.send([Buffer.from('x')], AbortSignal.abort()), /given up/)
})
