import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { close, configure, createLogger, flush, logger, stats } from '../../lib/index'
import { http } from '../../transports/http'
import { upTo } from '../support/numbers'
import { HttpReceiver } from '../support/receivers/http-receiver'

const run = promisify(execFile)
const HEWN = JSON.stringify(resolve(__dirname, '../../lib/index.js'))
const HTTP = JSON.stringify(resolve(__dirname, '../../transports/http.js'))

/** A program that has hewn, `http`, and `to(dir, url)`: the options of a logger that ships. */
function program(text: string): readonly string[] {
  const options = "service: 'test', spool: { dir, minFree: 0 }, transports: [http({ url })]"
  return [
    '-e',
    `const hewn = require(${HEWN}), { http } = require(${HTTP}); const to = (dir, url) => ({ ${options} });${text}`,
  ]
}

async function receive(test: Pick<typeof t, 'teardown'>): Promise<{ receiver: HttpReceiver; url: string }> {
  const receiver = new HttpReceiver()
  const url = await receiver.start()
  test.teardown(() => receiver.stop())
  return { receiver, url }
}

t.test('without a disk, a process that comes to its end at once sends what is in memory first', async t => {
  const { receiver, url } = await receive(t)
  const dir = join(t.testdir({ file: '' }), 'file', 'spool')
  const text = `const log = hewn.createLogger(to(${JSON.stringify(dir)}, '${url}')); for (let n = 0; n < 10; n++) log.info({ n }, 'line')`
  const { stderr } = await run(process.execPath, program(text))
  t.same(receiver.numbers, upTo(10))
  t.notMatch(stderr, /lost: |next start/)
})

t.test('what a worker thread alone has logged is sent before the process ends', async t => {
  const { receiver, url } = await receive(t)
  const dir = join(t.testdir({}), 'spool')
  const inBoth = `hewn.configure(to(${JSON.stringify(dir)}, '${url}'));`
  const worker = program(`${inBoth} for (let n = 0; n < 7; n++) hewn.logger.info({ n }, 'line')`)[1]
  const main = `${inBoth} new (require('node:worker_threads').Worker)(${JSON.stringify(worker)}, { eval: true })`
  await run(process.execPath, program(main))
  t.same(receiver.numbers, upTo(7))
})

t.test('a delivery thread that cannot be started is said, and costs no line and no process', async t => {
  const dir = join(t.testdir({}), 'spool')
  const noThreads =
    "require('node:worker_threads').Worker = class { constructor() { throw new Error('no threads left') } };"
  const text = `const log = hewn.createLogger(to(${JSON.stringify(dir)}, 'http://127.0.0.1:9')); log.info({ n: 1 }, 'line'); hewn.flush({ timeout: 10 }).then(r => { console.log(r.left); process.exit() })`
  const [, program0 = ''] = program(text)
  const { stdout, stderr } = await run(process.execPath, ['-e', noThreads + program0])
  t.match(stderr, /delivery thread: cannot be started: no threads left; `spool.inProcess` ships without it\n/)
  t.equal(stdout, '1\n')
  t.equal(linesIn(dir).length, 1)
})

t.test('what a bound takes away is in the statistics, and said, while the receiver is down', async t => {
  const dir = join(t.testdir({}), 'spool')
  const pad = 'x'.repeat(1000)
  configure({ spool: { dir, minFree: 0, maxBytes: '1MiB' }, transports: [http({ url: 'http://127.0.0.1:9' })] })
  for (let n = 0; n < 5000; n++) {
    logger.info({ n, pad }, 'line')
    if (n % 50 === 0) await new Promise(setImmediate)
  }
  await new Promise(setImmediate)
  const { info = 0 } = stats().dropped
  t.equal(info + linesIn(dir).length, 5000, 'what is not there is counted')
  t.ok(info > 1000)
  await close({ timeout: 0 })
})

t.test('what waits is counted, to the line', async t => {
  const dir = join(t.testdir({}), 'spool')
  const log = createLogger({ spool: { dir, minFree: 0 }, transports: [http({ url: 'http://127.0.0.1:9' })] })
  for (const [more, all] of [
    [1, 1],
    [2, 3],
    [97, 100],
  ] as const) {
    for (let n = 0; n < more; n++) log.info({ n }, 'line')
    t.same(await flush({ timeout: 50 }), { flushed: 0, left: all })
  }
  await close({ timeout: 0 })
})

function linesIn(dir: string): string[] {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.seg'))
  return names.flatMap(name => readFileSync(join(dir, name), 'utf8').split('\n')).filter(line => line.startsWith('{'))
}
