import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { HttpReceiver } from '../support/receivers/http-receiver'

const APP = join(__dirname, 'fixtures/threads-app.js')

type Tap = Pick<typeof t, 'testdir' | 'teardown'>

async function run(
  test: Tap,
  task: object,
): Promise<{ said: unknown[]; stderr: string; receiver: HttpReceiver; dir: string; url: string }> {
  const receiver = new HttpReceiver()
  const url = await receiver.start()
  test.teardown(() => receiver.stop())
  const dir = join(test.testdir({}), 'spool')
  const args = [APP, JSON.stringify({ url, dir, ...task })]
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { timeout: 60_000 })
  return { said: JSON.parse(stdout) as unknown[], stderr, receiver, dir, url }
}

const TEN = Array.from({ length: 10 }, (_, n) => n)

for (const inProcess of [false, true]) {
  const who = inProcess ? 'the main thread itself' : "the main thread's delivery thread"
  t.test(`flush in a worker thread means acknowledged: ${who} is asked`, async t => {
    const { said, stderr, receiver } = await run(t, { inProcess, mainShips: true, other: 'thread', end: 'flush' })
    t.match(said[0], { left: 0 })
    t.equal(stderr, '')
    t.same(receiver.numbers, TEN)
  })
}

for (const end of ['terminate', 'exit'] as const) {
  t.test(`what a worker thread logged right before its ${end} is shipped by the main thread`, async t => {
    const { said, receiver } = await run(t, { mainShips: true, other: 'thread', end })
    t.match(said[1], { left: 0 })
    t.same(receiver.numbers, TEN)
  })
}

t.test('a worker thread of a main thread without network transports ships by itself', async t => {
  const { said, stderr, receiver } = await run(t, { mainShips: false, other: 'thread', end: 'flush' })
  t.same(said, [{ flushed: 9, left: 0 }])
  t.equal(stderr, '')
  t.same(receiver.numbers, TEN.slice(1))
})

for (const other of ['cluster', 'fork'] as const) {
  t.test(`a process made by ${other} ships its own lines, by its natural end`, async t => {
    const { receiver } = await run(t, { mainShips: false, other, end: 'natural' })
    t.same(receiver.numbers, TEN.slice(1))
  })

  t.test(`what a process made by ${other} leaves behind when it is killed, the next start ships`, async t => {
    const { receiver, dir, url } = await run(t, { mainShips: true, other, end: 'terminate' })
    const task = { url, dir, mainShips: true, other: 'thread', end: 'flush' }
    await promisify(execFile)(process.execPath, [APP, JSON.stringify(task)], { timeout: 60_000 })
    t.same([...new Set(receiver.numbers)], TEN, 'all of the first run')
    t.equal(receiver.numbers.length, 20, 'and of the second, each line under one id')
  })
}
