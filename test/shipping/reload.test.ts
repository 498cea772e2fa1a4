import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import t from 'tap'
import { close, configure, flush, logger } from '../../lib/index'
import { http } from '../../transports/http'
import { upTo } from '../support/numbers'
import { HttpReceiver } from '../support/receivers/http-receiver'

type Tap = Pick<typeof t, 'testdir' | 'teardown'>

async function receive(test: Tap): Promise<HttpReceiver & { url: string }> {
  const receiver = new HttpReceiver()
  const url = await receiver.start()
  test.teardown(() => receiver.stop())
  return Object.assign(receiver, { url })
}

function settings(dir: string, ...transports: ReturnType<typeof http>[]) {
  return { service: 'test', level: 'info', spool: { dir, minFree: 0 }, transports }
}

function some(from: number, to: number): void {
  for (let n = from; n < to; n++) logger.info({ n }, 'line')
}

/** A flush waits for outputs that are being let go of as well; what they leave is found by the next. */
async function delivered(receiver: HttpReceiver, count: number): Promise<void> {
  while (receiver.numbers.length < count) await flush({ timeout: 15_000 })
}

t.test('a new URL takes effect, and what the old one did not take goes there', async t => {
  const [before, after] = [await receive(t), await receive(t)]
  const dir = join(t.testdir({}), 'spool')
  // Held: it is not asked again for half a minute.
  before.always = { status: 401 }
  configure(settings(dir, http({ url: before.url })))
  some(0, 20)
  await flush({ timeout: 100 })
  configure(settings(dir, http({ url: after.url })))
  some(20, 40)
  await delivered(after, 40)
  t.same(after.numbers, upTo(40))
  t.same(before.stored, [])
  await close()
})

t.test(
  'a transport that is renamed begins with the present; its lines from before are given up, and that is said',
  async t => {
    const [before, after] = [await receive(t), await receive(t)]
    const dir = join(t.testdir({}), 'spool')
    before.always = { status: 401 }
    configure(settings(dir, http({ url: before.url, name: 'old' }), http({ url: after.url, name: 'kept' })))
    some(0, 5)
    await flush({ timeout: 100 })
    configure(settings(dir, http({ url: before.url, name: 'new' }), http({ url: after.url, name: 'kept' })))
    some(5, 10)
    await delivered(after, 10)
    t.same(after.numbers, upTo(10), 'the other one loses nothing')
    const directories = (): number => readdirSync(dir).filter(name => /^[0-9a-v]{16}$/.test(name)).length
    // Cleared away by a look that comes when the old outputs are closed: a flush looks.
    while (directories() > 1) await flush()
    t.equal(directories(), 1, 'nothing is kept for the old name')
    before.always = undefined
    await delivered(before, 5)
    t.same(before.numbers, [5, 6, 7, 8, 9])
    await close()
  },
)

t.test('worker threads go on being shipped for when the main thread reloads', async t => {
  const receiver = await receive(t)
  const dir = join(t.testdir({}), 'spool')
  configure(settings(dir, http({ url: receiver.url })))
  some(0, 1)
  const thread = new Worker(join(__dirname, 'fixtures/logging-thread.js'), { workerData: { url: receiver.url, dir } })
  const log = async (n: number): Promise<unknown> => {
    thread.postMessage(n)
    return (await once(thread, 'message'))[0]
  }
  t.match(await log(1), { left: 0 })
  configure(settings(dir, http({ url: receiver.url, maxLines: 10 })))
  await delivered(receiver, 2)
  await flush()
  t.match(await log(2), { left: 0 })
  t.same(receiver.numbers, upTo(3))
  await thread.terminate()
  await close()
})
