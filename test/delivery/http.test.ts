import { createServer, type Socket } from 'node:net'
import t from 'tap'
import { HttpClient, type HttpClientOptions } from '../../lib/delivery/http'
import { HttpReceiver, type Misbehaviour } from '../support/receivers/http-receiver'

const { signal } = new AbortController()
const request = { body: '{}\n', contentType: 'application/x-ndjson', signal }

async function misbehaving(
  move: Misbehaviour,
  limits: HttpClientOptions['limits'],
  work: (client: HttpClient) => Promise<void>,
): Promise<void> {
  const receiver = new HttpReceiver()
  const client = new HttpClient({ url: await receiver.start(), limits })
  receiver.next.push(move)
  await work(client)
  client.close()
  await receiver.stop()
}

t.test('each phase of a request has its bound, and the error names it', async t => {
  await misbehaving('no answer', { headers: 100 }, async client => {
    await t.rejects(client.post(request), /no headers within 100 ms/)
    t.equal((await client.post(request)).status, 200, 'the next request has a connection of its own')
  })
  await misbehaving('drip', { headers: 10_000, total: 300 }, client =>
    t.rejects(client.post(request), /no whole answer within 300 ms/).then(() => {}),
  )
})

t.test('a server that accepts a connection and never begins TLS is given up', async t => {
  const sockets: Socket[] = []
  const server = createServer(socket => void sockets.push(socket)).listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  const client = new HttpClient({ url: `https://127.0.0.1:${port}/`, limits: { tls: 100 } })
  await t.rejects(client.post(request), /no TLS handshake within 100 ms/)
  client.close()
  for (const socket of sockets) socket.destroy()
  server.close()
})

t.test('an answer is bounded after decompression', async t => {
  await misbehaving('bomb', { answerBytes: 100_000 }, client =>
    t.rejects(client.post(request), /an answer of more than 100000 bytes/).then(() => {}),
  )
})

t.test('an answer that breaks off is an error, not an answer', async t => {
  for (const move of ['cut short', 'cut short, compressed'] as const) {
    await misbehaving(move, {}, client => t.rejects(client.post(request), { code: 'ECONNRESET' }).then(() => {}))
  }
})

t.test('a request that is given up ends at once', async t => {
  const given = new AbortController()
  await misbehaving('no answer', {}, async client => {
    const posted = client.post({ ...request, signal: given.signal })
    given.abort()
    await t.rejects(posted, /given up/)
    await t.rejects(client.post({ ...request, signal: given.signal }), /given up/)
  })
})

t.test('a user in the URL becomes a header, and leaves the URL', async t => {
  const receiver = new HttpReceiver()
  const url = (await receiver.start()).replace('//', '//ann:p%40ss@')
  const client = new HttpClient({ url })
  await client.post(request)
  t.equal(receiver.headers[0]?.authorization, `Basic ${Buffer.from('ann:p@ss').toString('base64')}`)
  client.close()
  await receiver.stop()
})
