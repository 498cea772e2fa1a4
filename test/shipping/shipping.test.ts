import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import t from 'tap'
import { close, createLogger, flush } from '../../lib/index'
import { http } from '../../transports/http'
import { upTo } from '../support/numbers'
import { HttpReceiver } from '../support/receivers/http-receiver'

const APP = join(__dirname, 'fixtures/app.js')

interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the application to its end; `act` may end it, told of what it says. */
async function run(task: object, act?: (said: string, kill: (signal: NodeJS.Signals) => void) => void): Promise<Ended> {
  const child = spawn(process.execPath, [APP, JSON.stringify(task)], { timeout: 30_000 })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (some: string) => {
    said += some
    act?.(said, signal => child.kill(signal))
  })
  const [stderr, [code, signal]] = await Promise.all([text(child.stderr), once(child, 'close')])
  return { code, signal, stdout: said, stderr }
}

async function receive(test: Tap): Promise<{ receiver: HttpReceiver; url: string; dir: string }> {
  const receiver = new HttpReceiver()
  const url = await receiver.start()
  test.teardown(() => receiver.stop())
  return { receiver, url, dir: join(test.testdir({}), 'spool') }
}

type Tap = Pick<typeof t, 'testdir' | 'teardown'>

for (const inProcess of [false, true]) {
  const where = inProcess ? 'in-process' : 'by the delivery thread'
  t.test(`flush means acknowledged, ${where}`, async t => {
    const { receiver, url, dir } = await receive(t)
    const log = createLogger({ spool: { dir, inProcess, minFree: 0 }, transports: [http({ url })] })
    for (let n = 0; n < 2500; n++) log.info({ n }, 'line')
    const result = await flush({ timeout: 20_000 })
    t.same(result, { flushed: 2500, left: 0 })
    t.same(receiver.numbers, upTo(2500))
    t.same(receiver.mistakes, [])
    t.same(await close(), { flushed: 0, left: 0 })
  })

  t.test(`a natural end ships what waits, ${where}`, async t => {
    const { receiver, url, dir } = await receive(t)
    const { code, stderr } = await run({
      dir,
      url,
      from: 0,
      lines: 300,
      end: 'natural',
      inProcess,
      closeTimeout: 20_000,
    })
    t.equal(code, 0)
    t.equal(stderr, '')
    t.same(receiver.numbers, upTo(300))
  })
}

t.test('what process.exit leaves in the spool is shipped by the next start', async t => {
  const { receiver, url, dir } = await receive(t)
  await run({ dir, url, from: 0, lines: 200, end: 'exit' })
  const { stdout } = await run({ dir, url, from: 200, lines: 200, end: 'flush' })
  t.match(stdout, '"left":0')
  t.same(receiver.numbers, upTo(400))
})

t.test('a receiver that is down holds up the end no longer than closeTimeout, and the next start ships', async t => {
  const { receiver, url, dir } = await receive(t)
  receiver.always = { status: 503 }
  const { code, stderr } = await run({ dir, url, from: 0, lines: 50, end: 'natural', closeTimeout: 100 })
  t.equal(code, 0)
  t.match(stderr, /spool: about \d+ lines left for the next start/)
  receiver.always = undefined
  await run({ dir, url, from: 50, lines: 50, end: 'flush' })
  t.same(receiver.numbers, upTo(100))
})

for (const end of ['natural', 'signal'] as const) {
  t.test(`with a persistent spool the ${end} end waits for no receiver, and the next start ships`, async t => {
    const { receiver, url, dir } = await receive(t)
    receiver.always = 'no answer'
    const persistent = true
    const task = { dir, url, from: 0, lines: 50, end, persistent, closeTimeout: 600_000 }
    const { stderr } = await run(task, (_, kill) => kill('SIGTERM'))
    t.equal(stderr, '')
    t.same(receiver.stored, [])
    receiver.always = undefined
    await run({ dir, url, from: 50, lines: 50, end: 'flush' })
    t.same(receiver.numbers, upTo(100))
  })
}

t.test('a signal that hewn alone handles ships first, and the process ends by it', async t => {
  const { receiver, url, dir } = await receive(t)
  const { signal } = await run({ dir, url, from: 0, lines: 100, end: 'signal', closeTimeout: 20_000 }, (_, kill) =>
    kill('SIGTERM'),
  )
  t.equal(signal, 'SIGTERM')
  t.same(receiver.numbers, upTo(100))
})

t.test(
  'killed at any moment and started again: every line of a turn that had ended arrives, once by its id',
  async t => {
    const { receiver, url, dir } = await receive(t)
    let from = 0
    const logged = new Set<number>()
    for (const moment of [1, 7, 40]) {
      const base = from
      const { stdout } = await run({ dir, url, from: base, lines: 0, end: 'loop' }, (said, kill) => {
        if (said.split('\n').length > moment) kill('SIGKILL')
      })
      const told = Number(stdout.trimEnd().split('\n').at(-1))
      for (let n = base; n < told; n++) logged.add(n)
      from += 1_000_000
    }
    await run({ dir, url, from, lines: 1, end: 'flush' })
    const arrived = new Set(receiver.numbers)
    t.same(
      [...logged].filter(n => !arrived.has(n)),
      [],
      'none is lost',
    )
    t.equal(receiver.numbers.length, arrived.size, 'none has two ids')
  },
)

t.test('each transport gets the lines of its level, and of its rule', async t => {
  const { receiver, url, dir } = await receive(t)
  const log = createLogger({
    level: 'info,to:ruled=error',
    spool: { dir, minFree: 0 },
    transports: [http({ url, name: 'warnings', level: 'warn' }), http({ url, name: 'ruled' })],
  })
  log.info({ n: 0 }, 'line')
  log.warn({ n: 1 }, 'line')
  log.error({ n: 2 }, 'line')
  await flush()
  t.same(receiver.stored.map(line => line['n']).sort(), [1, 2, 2])
  await close()
})

t.test('a mistake in the options of a transport is told when the logger is made', async t => {
  const transports = [{ type: 'http', ulr: 'http://localhost' }]
  t.throws(() => createLogger({ transports }), {
    message: /transports\[0\]\.url: found nothing.*unknown option 'ulr' in transports\[0\].*did you mean 'url'/s,
  })
  t.throws(() => createLogger({ transports: [{ type: 'htp' }] }), { message: /did you mean 'http'/ })
  t.throws(() => createLogger({ transports: [{ type: 'no-such-package' }] }), { message: /no such package/ })
  const good = [http({ url: 'http://localhost' })]
  t.throws(() => createLogger({ layout: 'ecs', transports: good }), { message: /layout 'hewn'/ })
})

async function odd(test: Tap, how: string) {
  const dir = test.testdir({})
  const args = [join(__dirname, 'fixtures/odd-app.js'), dir, how]
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { timeout: 30_000 })
  return { dir, stdout, stderr, out: readFileSync(join(dir, 'out'), 'utf8') }
}

t.test("options that cannot be sent to a thread: shipped on the application's own, and hewn says so", async t => {
  const { stdout, stderr, out } = await odd(t, 'function')
  t.match(JSON.parse(stdout), { left: 0, told: 10 })
  t.match(stderr, /^hewn: odd: its options cannot be sent to the delivery thread .*on the application's own thread\n$/)
  t.match(out, /^(main .*\n){10}$/)
})

t.test('hewn is inert in the delivery thread: what a transport logs there comes from nowhere', async t => {
  const { dir, stdout, stderr, out } = await odd(t, 'plain')
  t.match(out, /^(thread .*\n){10}$/)
  t.same(JSON.parse(stdout), { flushed: 10, left: 0, told: 0 })
  t.equal(stderr, '')
  t.notOk(existsSync(join(dir, 'out.inside')))
})
