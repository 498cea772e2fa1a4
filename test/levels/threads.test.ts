import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { BroadcastChannel, getEnvironmentData, setEnvironmentData, Worker } from 'node:worker_threads'
import t from 'tap'
import { STANDARD_LEVELS } from '../../lib/levels/levels'
import { LevelState, monotonicNow } from '../../lib/levels/state'
import { LevelThreads } from '../../lib/levels/threads'

const CHANNEL = 'hewn.levels.1'

/** The main thread's state, wired as the registry does it. */
function newMain(t: { teardown(fn: () => void): void }): { state: LevelState; threads: LevelThreads } {
  const state = new LevelState({ levels: STANDARD_LEVELS, onChange: () => threads.publish() })
  const threads = new LevelThreads(state)
  threads.follow()
  t.teardown(() => {
    threads.close()
    setEnvironmentData(CHANNEL, undefined)
  })
  return { state, threads }
}

/** A worker and the messages it posts, one `next()` each. */
async function start(t: { teardown(fn: () => unknown): void }, when: 'later' | 'follow') {
  const worker = new Worker(join(__dirname, 'fixtures/following-worker.js'), { workerData: when })
  t.teardown(() => worker.terminate())
  const messages: unknown[] = []
  let wake = (): void => {}
  worker.on('message', message => {
    messages.push(message)
    wake()
  })
  const next = async (): Promise<unknown> => {
    while (messages.length === 0) {
      await new Promise<void>(resolve => {
        wake = resolve
      })
    }
    return messages.shift()
  }
  t.teardown(() => messages.splice(0))
  if ((await next()) !== 'ready') throw new Error('the worker did not say that it is ready')
  if (when === 'follow') worker.postMessage('follow')
  return { worker, next }
}

t.test('a worker started later takes up what was set, and what is set from then on', async t => {
  const { state } = newMain(t)
  state.overlay('http=debug')
  const { next } = await start(t, 'follow')
  t.strictSame(await next(), ['http=debug'])
  const second = state.overlay('db=debug', { for: '1h' })
  t.strictSame(await next(), ['http=debug', 'db=debug'])
  second.remove()
  t.strictSame(await next(), ['http=debug'])
})

t.test('a worker that was there before asks for what it missed', async t => {
  const { state } = newMain(t)
  const { worker, next } = await start(t, 'later')
  state.overlay('http=debug')
  worker.postMessage('follow')
  t.strictSame(await next(), ['http=debug'])
})

t.test('the end of an overlay is the same moment in all threads', async t => {
  const { state } = newMain(t)
  const { worker, next } = await start(t, 'later')
  const before = monotonicNow()
  worker.postMessage('now')
  const there = (await next()) as number
  t.ok(before < there && there < monotonicNow(), 'their clocks agree')
  state.overlay('http=debug', { for: '1h' })
  const [{ deadline }] = getEnvironmentData(CHANNEL) as unknown as [{ deadline: number }]
  t.ok(deadline > before + 3_600_000 && deadline < monotonicNow() + 3_600_000)
})

t.test('what ended before the worker started is not taken up', async t => {
  const { state } = newMain(t)
  state.overlay('db=debug')
  const [stays] = state.shared()
  setEnvironmentData(CHANNEL, [{ id: 7, text: 'http=debug', deadline: 1 }, stays!])
  const { next } = await start(t, 'follow')
  t.strictSame(await next(), ['db=debug'])
})

t.test('what a worker sets stays in the worker', async t => {
  const { state } = newMain(t)
  const { worker, next } = await start(t, 'follow')
  state.overlay('http=debug')
  t.strictSame(await next(), ['http=debug'])
  worker.postMessage('db=trace')
  t.strictSame(await next(), ['http=debug', 'db=trace'])
  state.overlay('x=debug')
  t.strictSame(await next(), ['http=debug', 'db=trace', 'x=debug'])
  t.strictSame(
    state.overlays().map(({ levels }) => levels),
    ['http=debug', 'x=debug'],
  )
})

t.test('assignments to a level in the main thread are its own', async t => {
  const { state } = newMain(t)
  state.assign('http', 20)
  t.equal(getEnvironmentData(CHANNEL), undefined, 'nothing was published')
  state.overlay('db=debug')
  state.assign('db', 10)
  const { next } = await start(t, 'follow')
  t.strictSame(await next(), ['db=debug'])
})

t.test('what others post on the channel is left alone', async t => {
  const { state } = newMain(t)
  const { next } = await start(t, 'follow')
  state.overlay('a=debug')
  t.strictSame(await next(), ['a=debug'])
  const stranger = new BroadcastChannel(CHANNEL)
  t.teardown(() => stranger.close())
  const overlays = [
    null,
    5,
    { id: 'x', text: 'b=debug' },
    { id: 9, text: 7 },
    { id: 9, text: 'b=debug', deadline: '1' },
  ]
  for (const message of [null, 'x', 7, {}, { overlays: 'x' }, { overlays: null }]) stranger.postMessage(message)
  stranger.postMessage({ overlays: [...state.shared(), ...overlays, { id: 10, text: 'c=debug' }] })
  t.strictSame(await next(), ['a=debug', 'c=debug'])
})

t.test('neither the main thread nor a worker is kept alive', async t => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(__dirname, 'fixtures/threads-end.js')])
  t.strictSame(stdout.trim().split('\n'), ['["http=debug"]', '"ready"', 'worker ended with 0'])
})

t.test('a closed follower hears nothing more', async t => {
  const { state } = newMain(t)
  const { worker, next } = await start(t, 'follow')
  state.overlay('a=debug')
  t.strictSame(await next(), ['a=debug'])
  worker.postMessage('close')
  worker.postMessage('own=debug')
  t.strictSame(await next(), ['a=debug', 'own=debug'])
  state.overlay('b=debug')
  // The two ways into the worker keep no order between them: several turns of the one give the other its time.
  for (let turn = 0; turn < 3; turn++) {
    worker.postMessage('own=trace')
    t.notOk(((await next()) as string[]).includes('b=debug'))
  }
})

t.test('a closed publisher says nothing more', async t => {
  const { state, threads } = newMain(t)
  state.overlay('a=debug')
  threads.close()
  state.overlay('b=debug')
  t.match(getEnvironmentData(CHANNEL), [{ text: 'a=debug' }])
  t.equal((getEnvironmentData(CHANNEL) as unknown as unknown[]).length, 1)
})
