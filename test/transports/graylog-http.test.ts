import t from 'tap'
import { graylog } from '../../transports/graylog'
import { deliveryTo } from '../support/deliveries'
import { graylogScene, LONG } from '../support/graylog-scene'
import { type GelfAnswer, GelfReceiver } from '../support/receivers/gelf-receiver'

const misbehaviours: Readonly<Record<string, readonly GelfAnswer[]>> = {
  '503, 429 and 500': [503, 429, 500],
  'a connection that breaks before anything is read': ['reset', 'reset'],
  'a web page': ['web page'],
  'wrong credentials, a path or a method that is not known': [401, 404, 405],
}

for (const bulk of [false, true]) {
  const how = bulk ? 'HTTP in bulk' : 'HTTP'
  for (const [what, moves] of Object.entries(misbehaviours)) {
    t.test(`${how}: nothing is lost, given up or stored twice by ${what}`, async t => {
      const { receiver, pipeline, write, letters } = await graylogScene(t, 'http', { bulk })
      receiver.next.push(...moves)
      const ids = write(20)
      t.strictSame(await pipeline.flush(LONG), { flushed: 20, left: 0 })
      t.strictSame(receiver.ids, ids)
      t.strictSame([receiver.next, letters(), receiver.mistakes], [[], [], []])
    })
  }
}

t.test('HTTP: after a failure in the middle, what was taken before is not sent again', async t => {
  const { receiver, pipeline, write } = await graylogScene(t, 'http')
  const ids = write(20)
  await receiver.has(5)
  receiver.next.push(503, 503)
  await pipeline.flush(LONG)
  t.strictSame(receiver.ids, ids)
})

t.test(
  'HTTP: a connection that breaks after a message was stored makes that one come twice, with the same id',
  async t => {
    const { receiver, pipeline, write } = await graylogScene(t, 'http')
    receiver.next.push('store, then reset')
    const ids = write(5)
    await pipeline.flush(LONG)
    t.strictSame(receiver.ids, [ids[0], ...ids])
  },
)

t.test('HTTP: a line that is longer than the input takes is set aside, the others arrive', async t => {
  for (const bulk of [false, true]) {
    const { receiver, pipeline, write, letters } = await graylogScene(t, 'http', { bulk })
    const ids = write(30, n => JSON.stringify({ msg: `m${n}`, text: 'x'.repeat(n === 7 ? 70_000 : 10) }))
    await pipeline.flush(LONG)
    t.strictSame(
      receiver.ids,
      ids.filter((_, n) => n !== 7),
    )
    t.match(letters(), [{ id: ids[7], status: 413 }])
  }
})

t.test('HTTP: an input that answers 400 to everything is set up wrong, and no line is set aside', async t => {
  const { receiver, pipeline, write, letters, said } = await graylogScene(t, 'http')
  receiver.always = 400
  write(40)
  while (said.length === 0) await pipeline.flush(10_000)
  t.equal(pipeline.stats().queued, 40)
  t.strictSame(letters(), [])
  t.match(said[0], /is held: refuses every line: status 400/)
})

t.test('HTTP: what was refused before the input was put right, in the middle of a batch, is not set aside', async t => {
  const { receiver, pipeline, write, letters } = await graylogScene(t, 'http')
  receiver.next.push(503, 400, 400, 400)
  const ids = write(10)
  await pipeline.flush(LONG)
  t.strictSame([...receiver.ids].sort(), ids)
  t.strictSame(letters(), [])
})

t.test(
  'HTTP: the path is /gelf unless the URL has one, and bulk requests are compressed unless asked not to',
  async t => {
    for (const [bulk, compress, encoding] of [
      [true, undefined, 'gzip'],
      [true, false, undefined],
      [false, true, undefined],
    ] as const) {
      const { receiver, pipeline, write } = await graylogScene(t, 'http', { bulk }, { compress })
      write(1)
      await pipeline.flush(LONG)
      t.strictSame([receiver.stored.length, receiver.encodings], [1, [encoding]])
    }
    const other = new GelfReceiver('http')
    const url = await other.start()
    const { pipeline, write, said, remove } = await deliveryTo(graylog({ url: `${url}/other` }))
    write(1)
    t.equal((await pipeline.flush(10_000)).left, 1)
    t.match(said, [/is held: status 404/])
    await pipeline.close(0)
    await other.stop()
    remove()
  },
)
