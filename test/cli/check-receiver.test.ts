import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import t from 'tap'
import { checkReceiver, type ReceiverCheck } from '../../lib/cli/check-receiver'
import { checkRecord } from '../../lib/delivery/check-record'
import type { TransportDescription } from '../../lib/transport'
import { graylog } from '../../transports/graylog'
import { http } from '../../transports/http'
import { tcp } from '../../transports/tcp'
import { EXPIRED, GOOD, OTHER_HOST, TEST_KEY } from '../support/certificates'
import { GelfReceiver } from '../support/receivers/gelf-receiver'
import { HttpReceiver } from '../support/receivers/http-receiver'
import { TcpReceiver } from '../support/receivers/tcp-receiver'

const program = resolve(__dirname, '../../lib/cli/main.js')

function check(transport: TransportDescription): Promise<ReceiverCheck> {
  return checkReceiver(transport, __dirname, checkRecord({ service: 'shop', env: 'test' }, Date.now()))
}

async function problemOf(transport: TransportDescription): Promise<string> {
  const { problems } = await check(transport)
  return problems.map(({ where, found, expected }) => `${where}: ${found}; ${expected}`).join('\n')
}

t.test('a receiver that takes the test record has it, marked as what it is', async t => {
  const receiver = new HttpReceiver()
  t.teardown(() => receiver.stop())
  const checked = await check(http({ url: await receiver.start() }))
  t.strictSame(checked, { text: 'has received the test record', problems: [] })
  t.match(receiver.stored, [{ logger: 'hewn.check', msg: /test record/, service: 'shop', env: 'test' }])
})

t.test('a wrong address, wrong credentials and a wrong path are told apart, and no secret is shown', async t => {
  const receiver = new HttpReceiver({ authorization: 'Bearer right' })
  t.teardown(() => receiver.stop())
  const url = await receiver.start()
  const headers = { authorization: 'Bearer wr0ng-token' }
  const refused = await problemOf(http({ url, headers }))
  t.match(refused, /^transport http: the credentials are wrong, or missing \(status 401/)
  t.notMatch(refused, /wr0ng/)
  for (const [status, expected] of [
    [403, /the credentials do not allow it/],
    [404, /there is nothing under this path/],
    [301, /it is elsewhere/],
  ] as const) {
    receiver.next.push({ status })
    t.match(await problemOf(http({ url, headers })), expected)
  }
  receiver.next.push('web page')
  t.match(await problemOf(http({ url })), /a web page/)
  receiver.next.push('reset')
  t.match(await problemOf(http({ url })), /it hangs up/)
  t.match(await problemOf(http({ url: url.replace('http:', 'https:') })), /it speaks no TLS that we do/)
  await receiver.stop()
  t.match(await problemOf(http({ url })), /nobody listens there \(connect ECONNREFUSED/)
  t.match(
    await problemOf(http({ url: 'http://no-such-host.invalid/' })),
    /its name is not known|what address its name has/,
  )
})

t.test('a certificate that is not trusted, has expired, or is for another host is told apart', async t => {
  const cases = [
    [GOOD, undefined, /its certificate is not trusted/],
    [EXPIRED, EXPIRED, /its certificate is not valid today/],
    [OTHER_HOST, OTHER_HOST, /its certificate is for another host/],
  ] as const
  for (const [cert, ca, expected] of cases) {
    const receiver = new HttpReceiver({ secure: { key: TEST_KEY, cert } })
    const url = await receiver.start()
    t.match(await problemOf(http({ url, ...(ca === undefined ? {} : { tls: { ca } }) })), expected)
    if (cert === GOOD) {
      t.match(await problemOf(http({ url: url.replace('https:', 'http:') })), /hangs up|does not speak HTTP|refuses/)
      t.strictSame((await check(http({ url, tls: { ca: GOOD } }))).problems, [])
    }
    await receiver.stop()
  }
})

t.test('of a protocol without an answer it is told that there is none, and whether it was the right one', async t => {
  const lines = new TcpReceiver()
  const secure = new TcpReceiver({ secure: { key: TEST_KEY, cert: GOOD } })
  const web = new HttpReceiver()
  t.teardown(() => Promise.all([lines.stop(), secure.stop(), web.stop()]))
  const host = '127.0.0.1'
  const plain = await check(tcp({ host, port: await lines.start() }))
  t.strictSame(plain, {
    text: 'connected, the test record is on its way: nothing is ever answered to it',
    problems: [],
  })
  await lines.has(1)
  const port = await secure.start()
  t.match(await problemOf(tcp({ host, port })), /it hangs up/)
  t.match(await check(tcp({ host, port, tls: { ca: GOOD } })), { text: /^connected, with TLS/, problems: [] })
  const { port: webPort } = new URL(await web.start())
  t.match(await problemOf(tcp({ host, port: Number(webPort) })), /it speaks HTTP/)
})

t.test("Graylog's inputs are reached in each of their protocols", async t => {
  for (const protocol of ['udp', 'tcp', 'http'] as const) {
    const receiver = new GelfReceiver(protocol)
    const url = await receiver.start()
    t.match(await check(graylog({ url })), { text: /test record/, problems: [] }, protocol)
    await receiver.stop()
    if (protocol !== 'udp' || process.platform === 'linux') {
      t.match(await problemOf(graylog({ url })), /nobody listens there/, protocol)
    }
  }
  t.match(await problemOf(graylog({ url: 'ftp://x' })), /^transport graylog: url: not a URL that begins with/)
})

t.test('a transport of a package is checked with its own check, or by sending', async t => {
  const definition = (name: string, more: string): string => `
    const { defineTransport } = require(${JSON.stringify(resolve(__dirname, '../../lib/index.js'))})
    exports.transport = defineTransport(__filename, {
      name: '${name}', acknowledges: 'stored', options: { type: 'object', properties: {}, additionalProperties: false },
      open: () => ({ send: async () => { throw new Error('not this way') }, close() {}, ${more} }),
    })`
  const folder = t.testdir({
    node_modules: {
      'a-checks': { 'index.js': definition('a-checks', "check: async ({ id }) => ['seen ' + id.length]") },
      'b-sends': { 'index.js': definition('b-sends', '') },
    },
  })
  const look = (transport: TransportDescription): Promise<ReceiverCheck> =>
    checkReceiver(transport, folder, checkRecord({}, Date.now()))
  t.strictSame(await look({ type: 'a-checks' }), { text: 'seen 25, has stored the test record', problems: [] })
  t.match((await look({ type: 'b-sends' })).problems, [{ found: 'not this way' }])
  t.match((await look({ type: 'c-is-missing' })).problems, [{ found: 'no such package' }])
  t.match((await look({ type: 'http', urll: 'x' } as TransportDescription)).problems, [
    {},
    { found: /urll/, suggestion: 'url' },
  ])
})

t.test('hewn check reaches the receivers of the configuration, and none with --offline', async t => {
  const receiver = new HttpReceiver()
  t.teardown(() => receiver.stop())
  const transports = [{ type: 'http', url: await receiver.start(), name: 'archive' }]
  const folder = t.testdir({
    'package.json': '{}',
    'hewn.config.json': JSON.stringify({ service: 'shop', transports }),
  })
  const run = (...args: string[]): Promise<string> =>
    new Promise(done => {
      const env = { PATH: process.env['PATH'], HOME: folder }
      execFile(process.execPath, [program, 'check', ...args], { cwd: folder, env }, (error, out) =>
        done(`${out}status ${error?.code ?? 0}`),
      )
    })
  t.match(
    await run('--offline'),
    /transport {6}http 'archive', not asked \(--offline\)\n\nNothing is wrong with it\.\nstatus 0/,
  )
  t.equal(receiver.stored.length, 0)
  t.match(
    await run(),
    /transport {6}http 'archive', has received the test record\n\nNothing is wrong with it\.\nstatus 0/,
  )
  t.equal(receiver.stored.length, 1)
  receiver.always = { status: 401 }
  t.match(await run(), /transport archive: found the credentials are wrong.*\n\n1 problem\nstatus 1/)
})
