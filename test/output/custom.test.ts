import { EventEmitter } from 'node:events'
import { Writable } from 'node:stream'
import t from 'tap'
import { openDestination } from '../../lib/output/open'
import { makeHost } from './fixtures/host'
import { numbered } from './fixtures/lines'

const enough = Number.POSITIVE_INFINITY

/** Takes lines, and asks to wait for 'drain' after each `every`. */
class Slow extends EventEmitter {
  readonly lines: string[] = []
  constructor(readonly every: number) {
    super()
  }
  write(line: string): boolean {
    this.lines.push(line)
    return this.lines.length % this.every !== 0
  }
}

t.test('each line comes in its call, ending in a newline', async t => {
  const lines: string[] = []
  const sink = openDestination({ write: line => lines.push(line) }, makeHost())
  sink.write(numbered(0), 30, 0)
  t.same(lines, [numbered(0)])
  sink.write(numbered(1), 30, 0)
  t.same(lines, [numbered(0), numbered(1)])
  t.same(await sink.flush(enough), { flushed: 0, left: 0 })
  t.match(sink.stats(), { state: 'up', sent: 2, queued: 0 })
  await sink.close(enough)
  sink.write(numbered(2), 30, 0)
  t.equal(lines.length, 2)
  t.match(sink.stats(), { state: 'closed', dropped: new Map([[30, 1]]) })
})

t.test('what a destination throws, rejects or emits is caught, and its line counted', async t => {
  const throwing = openDestination(
    {
      write() {
        throw new Error('no')
      },
    },
    makeHost({ name: 'throwing' }),
  )
  throwing.write(numbered(0), 40, 0)
  t.match(throwing.stats(), { sent: 0, dropped: new Map([[40, 1]]) })

  const rejecting = openDestination(
    { write: async () => Promise.reject(new Error('no')) },
    makeHost({ name: 'rejecting' }),
  )
  rejecting.write(numbered(0), 40, 0)
  await new Promise(setImmediate)
  t.match(rejecting.stats(), { sent: 0, dropped: new Map([[40, 1]]) })

  const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error('no')) })
  const failing = openDestination(stream, makeHost({ name: 'failing' }))
  failing.write(numbered(0), 40, 0)
  await new Promise(setImmediate)
  t.ok(stream.destroyed)
  for (const sink of [throwing, rejecting, failing]) await sink.close(enough)
})

t.test("write() === false waits for 'drain', in order, and flush waits for it too", async t => {
  const slow = new Slow(3)
  const sink = openDestination(slow, makeHost())
  for (let n = 0; n < 10; n++) sink.write(numbered(n), 30, 0)
  t.equal(slow.lines.length, 3)
  t.match(sink.stats(), { state: 'down', queued: 7, sent: 3 })
  t.same(await sink.flush(1), { flushed: 0, left: 7 })
  const flushed = sink.flush(enough)
  for (let i = 0; i < 3; i++) slow.emit('drain')
  t.same(await flushed, { flushed: 7, left: 0 })
  t.same(
    slow.lines,
    Array.from({ length: 10 }, (_, n) => numbered(n)),
  )
  await sink.close(enough)
})

t.test('what waits is bounded: the oldest go, counted, and a line tells', async t => {
  const slow = new Slow(1)
  const host = makeHost()
  const sink = openDestination(slow, host)
  const line = `${'x'.repeat(1024 * 1024 - 1)}\n`
  for (let n = 0; n < 12; n++) sink.write(line, 30, n)
  t.match(sink.stats(), { queued: 8, bytes: 8 * 1024 * 1024, dropped: new Map([[30, 3]]) })
  while (slow.listenerCount('drain') > 0) slow.emit('drain')
  t.equal(slow.lines.length, 10)
  t.match(host.told, [{ reason: 'the destination did not drain', counts: new Map([[30, 3]]), from: 1, to: 3 }])
  await sink.close(enough)
})

t.test('many sinks on one stream add one listener for each event', async t => {
  const slow = new Slow(1)
  const sinks = Array.from({ length: 20 }, () => openDestination(slow, makeHost()))
  for (const sink of sinks) sink.write(numbered(0), 30, 0)
  t.equal(slow.listenerCount('drain'), 1)
  t.equal(slow.listenerCount('error'), 1)
  for (const sink of sinks) sink.write(numbered(1), 30, 0)
  while (slow.listenerCount('drain') > 0) slow.emit('drain')
  t.equal(slow.lines.length, 40)
  for (const sink of sinks) await sink.close(enough)
})

t.test('a destination that logs in its own write does so four deep and no more', async t => {
  const lines: string[] = []
  const sink = openDestination(
    {
      write(line) {
        lines.push(line)
        sink.write(numbered(lines.length), 30, 0)
      },
    },
    makeHost(),
  )
  sink.write(numbered(0), 30, 0)
  t.equal(lines.length, 4)
  t.match(sink.stats(), { sent: 4, dropped: new Map([[30, 1]]) })
  await sink.close(enough)
})

t.test('at exit what waits is handed over without waiting', async t => {
  const slow = new Slow(2)
  const sink = openDestination(slow, makeHost())
  for (let n = 0; n < 9; n++) sink.write(numbered(n), 30, 0)
  sink.flushSync(0)
  t.equal(slow.lines.length, 9)
  t.match(sink.stats(), { queued: 0, sent: 9 })
  await sink.close(enough)
})
