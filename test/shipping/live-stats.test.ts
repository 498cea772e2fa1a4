import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { close, configure, flush, logger, prometheus, stats } from '../../lib/index'
import { http } from '../../transports/http'
import { HttpReceiver } from '../support/receivers/http-receiver'

for (const inProcess of [false, true]) {
  const where = inProcess ? 'in-process' : 'by the delivery thread'
  t.test(`statistics, Prometheus text and channels in the application, shipped ${where}`, async t => {
    const receiver = new HttpReceiver()
    const url = await receiver.start()
    t.teardown(() => receiver.stop())
    receiver.next.push({ status: 503 }, { status: 503 }, { status: 503 })
    const told: [string, object][] = []
    const listen = (message: unknown, channel: string | symbol): void => {
      told.push([String(channel), message as object])
    }
    const channels = ['sent', 'retry', 'state'].map(name => `hewn:delivery:${name}`)
    for (const channel of channels) subscribe(channel, listen)
    t.teardown(() => {
      for (const channel of channels) unsubscribe(channel, listen)
    })
    const dir = join(t.testdir({}), 'spool')
    configure({ level: 'info', spool: { dir, inProcess, minFree: 0 }, transports: [http({ url, name: 'logs' })] })
    for (let n = 0; n < 10; n++) logger.info({ n }, 'line')
    t.match(await flush({ timeout: 20_000 }), { left: 0 })
    const { sent, dead, deadDropped, acknowledges, state } = stats().transports['logs']!
    t.match(
      { sent, dead, deadDropped, acknowledges, state },
      { sent: 10, dead: 0, deadDropped: 0, acknowledges: 'received', state: 'up' },
    )
    t.ok(stats().transports['logs']!.retried! > 0)
    const page = prometheus()
    t.match(page, /^hewn_transport_up\{transport="logs"\} 1$/m)
    t.match(page, /^hewn_transport_sent_lines_total\{transport="logs"\} 10$/m)
    t.match(page, /^hewn_dropped_lines_total\{level="warn"\} 0$/m)
    t.match(told.filter(([channel]) => channel.endsWith('retry'))[0]?.[1], { transport: 'logs', reason: /503/ })
    t.match(
      told.filter(([channel]) => channel.endsWith('state')).map(([, message]) => message),
      [{ transport: 'logs', state: 'down' }, { state: 'up' }],
    )
    const acknowledged = told
      .filter(([channel]) => channel.endsWith('sent'))
      .map(([, message]) => message as { lines: number })
    t.equal(
      acknowledged.reduce((sum, { lines }) => sum + lines, 0),
      10,
    )
    await close()
  })
}

t.test('the text is served by a route of the application', async t => {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4').end(prometheus())
  }).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  const lines = (await text(answer.body!)).trimEnd().split('\n')
  t.same(
    lines.filter(
      line => !/^(# (HELP|TYPE) hewn_\w+ .+|hewn_\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? [0-9.e+-]+)$/.test(line),
    ),
    [],
  )
  t.match(lines, ['# HELP hewn_dropped_lines_total Lines given up before they were sent or written.'])
})
