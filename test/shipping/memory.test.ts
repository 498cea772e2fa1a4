import { existsSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { SpoolSink } from '../../lib/delivery/spool/sink'
import { close, createLogger, flush, withContext } from '../../lib/index'
import { http } from '../../transports/http'
import { upTo } from '../support/numbers'
import { HttpReceiver } from '../support/receivers/http-receiver'
import { crashing } from './fixtures/crashing'

type Tap = Pick<typeof t, 'testdir' | 'teardown'>

interface Scene {
  readonly receiver: HttpReceiver
  readonly url: string
  /** A file, so that nothing can be made below it. */
  readonly file: string
  /** Below the file. */
  readonly dir: string
}

async function scene(test: Tap): Promise<Scene> {
  const receiver = new HttpReceiver()
  const url = await receiver.start()
  test.teardown(() => receiver.stop())
  const file = join(test.testdir({ file: 'in the way' }), 'file')
  return { receiver, url, file, dir: join(file, 'spool') }
}

for (const inProcess of [false, true]) {
  const where = inProcess ? 'in-process' : 'by the delivery thread'
  t.test(`where there can be no directory, lines are sent from memory, ${where}`, async t => {
    const { receiver, url, dir } = await scene(t)
    const log = createLogger({ spool: { dir, inProcess, minFree: 0 }, transports: [http({ url })] })
    for (let n = 0; n < 2500; n++) log.info({ n }, 'line')
    t.same(await flush({ timeout: 20_000 }), { flushed: 2500, left: 0 })
    t.same(receiver.numbers, upTo(2500))
    t.equal(receiver.stored.length, 2500, 'none twice')
    t.match(receiver.stored[0]?.['hewn_id'], /^[0-9a-v]{16}\.00000001$/, 'ids are as on disk')
    t.same(receiver.mistakes, [])
    t.same(await close(), { flushed: 0, left: 0 })
  })
}

t.test('a delivery thread that ends is given again what was not acknowledged from memory', async t => {
  const { receiver, url, file, dir } = await scene(t)
  const transports = [http({ url }), crashing({ mark: `${file}.mark`, how: 'exit' })]
  const log = createLogger({ spool: { dir, minFree: 0 }, transports })
  for (let n = 0; n < 300; n++) log.info({ n }, 'line')
  t.equal((await flush({ timeout: 20_000 })).left, 0)
  t.same(receiver.numbers, upTo(300))
  await close()
})

t.test('a line that is refused is not in the way of others, where it cannot be set aside', async t => {
  const receiver = new HttpReceiver({ poison: line => line['n'] === 7 })
  const url = await receiver.start()
  t.teardown(() => receiver.stop())
  const dir = join(t.testdir({ file: '' }), 'file', 'spool')
  const log = createLogger({ spool: { dir, inProcess: true, minFree: 0 }, transports: [http({ url })] })
  for (let n = 0; n < 20; n++) log.info({ n }, 'line')
  t.equal((await flush({ timeout: 20_000 })).left, 0)
  t.same(
    receiver.numbers,
    upTo(20).filter(n => n !== 7),
  )
  await close()
})

t.test('when the disk can be written again, lines go there, and those in memory still arrive', async t => {
  const { receiver, url, file, dir } = await scene(t)
  receiver.always = { status: 503 }
  const log = createLogger({ spool: { dir, minFree: 0 }, transports: [http({ url })] })
  withContext({ phase: 'memory' }, () => {
    for (let n = 0; n < 100; n++) log.info({ n }, 'line')
  })
  await new Promise(setImmediate)
  unlinkSync(file)
  for (let n = 100; !existsSync(dir); n++) {
    // Each line is an occasion to try the disk, once its pause is over.
    log.info({ n: 1000 + n }, 'meanwhile')
    await new Promise(setImmediate)
  }
  log.info({ n: 100 }, 'line')
  receiver.always = undefined
  t.equal((await flush({ timeout: 20_000 })).left, 0)
  t.same(
    receiver.numbers.filter(n => n < 1000),
    upTo(101),
  )
  const spools = new Set(receiver.stored.map(line => String(line['hewn_id']).slice(0, 16)))
  t.equal(spools.size, 2, 'one writer in memory, one on disk')
  await close()
})

t.test(
  'past the bound of memory the oldest lines go that nobody is sending, counted, and the receiver is told',
  async t => {
    const { dir } = await scene(t)
    let waiting = 0
    const sink = new SpoolSink({
      name: 'spool',
      root: dir,
      role: 'application',
      service: 'test',
      routes: [{ name: 'http', min: 0 }],
      durability: 'line',
      exitTimeout: 100,
      maxBuffer: 100_000,
      lossLine: ({ counts }) => `lost ${JSON.stringify([...counts])}\n`,
      onWaiting: () => waiting++,
    })
    const line = (n: number): string => `${String(n).padStart(999, '0')}\n`
    for (let n = 0; n < 50; n++) sink.write(line(n), 30, 0)
    const lent = sink.lend()
    for (let n = 50; n < 150; n++) sink.write(line(n), 30, 0)
    t.equal(waiting, 150)
    t.same(sink.stats().dropped, new Map([[30, 50]]))
    const sent = [...lent, ...sink.lend()].flatMap(({ text }) => text.trimEnd().split('\n'))
    const told = sent.filter(text => text.startsWith('lost'))
    t.same(told, ['lost [[30,50]]'])
    const kept = sent.filter(text => !text.startsWith('lost')).map(Number)
    t.same(kept, [...upTo(50), ...upTo(150).slice(100)])
    t.equal(sink.stats().queued, 100)
    sink.returned(100)
    t.match(sink.stats(), { queued: 1, sent: 99, bytes: 1000 })
    sink.returned(101)
    t.match(sink.stats(), { queued: 0, sent: 100, bytes: 0 })
    t.same(await sink.close(1000), { flushed: 0, left: 0 })
  },
)
