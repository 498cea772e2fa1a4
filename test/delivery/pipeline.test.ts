import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { rmSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { DeliveryError, type ItemOutcome, type RefusalKind } from '../../lib/delivery/outcome'
import type { Source } from '../../lib/delivery/source'
import { MemorySpool } from '../../lib/testing/memory-source'
import { type Behaviour, type Rig, type RigOptions, rig } from '../support/pipelines'
import { VirtualClock } from '../support/virtual-clock'

const LONG = 80_000_000

/** A receiver that keeps what it takes and when, after doing what `next` says for each request. */
function receiver(clock: VirtualClock): {
  behave: Behaviour
  stored: string[]
  batches: number[]
  times: number[]
  next: (DeliveryError | 'hang')[]
} {
  const made = {
    stored: [] as string[],
    batches: [] as number[],
    times: [] as number[],
    next: [] as (DeliveryError | 'hang')[],
  }
  const behave: Behaviour = async lines => {
    made.times.push(clock.now())
    const move = made.next.shift()
    if (move === 'hang') return new Promise<never>(() => {})
    if (move !== undefined) throw move
    made.batches.push(lines.length)
    made.stored.push(...lines.map(line => line.text))
    return undefined
  }
  return { ...made, behave }
}

function scene(
  t: { teardown(work: () => void): void },
  options: RigOptions = {},
): Rig & ReturnType<typeof receiver> & { write(count: number): string[] } {
  const clock = new VirtualClock()
  const there = receiver(clock)
  const made = rig(there.behave, { ...options, clock })
  t.teardown(() => made.remove())
  let n = 0
  const write = (count: number): string[] =>
    Array.from({ length: count }, () => {
      const text = `{"n":${n++}}`
      made.spools[0]!.write(text)
      return text
    })
  return Object.assign(made, there, { write })
}

const refuse = (kind: RefusalKind, reason = 'status 503', retryAfter?: number): DeliveryError =>
  new DeliveryError(kind, reason, { retryAfter })

t.test('the first line after a quiet time goes at once, those that follow wait for each other', async t => {
  const { clock, write, times, batches } = scene(t)
  await clock.pass(10_000)
  const start = clock.now()
  write(1)
  await clock.pass(0)
  t.strictSame(times, [start], 'at once')
  for (let n = 0; n < 20; n++) {
    await clock.pass(100)
    write(1)
  }
  await clock.pass(5000)
  t.strictSame(
    times.map(time => time - start),
    [0, 1000, 2000, 3000],
  )
  t.equal(
    batches.reduce((sum, lines) => sum + lines),
    21,
  )
  t.equal(batches[0], 1)
})

t.test('a batch is full by its lines, or by its bytes; one line longer than that goes alone', async t => {
  const { pipeline, clock, spools, batches } = scene(t, { limits: { lines: 10, bytes: 100 } })
  for (let n = 0; n < 25; n++) spools[0]!.write('{}')
  for (let n = 0; n < 4; n++) spools[0]!.write(`"${'x'.repeat(38)}"`)
  spools[0]!.write(`"${'x'.repeat(500)}"`)
  spools[0]!.write('{}')
  await clock.until(pipeline.flush(LONG))
  t.strictSame(batches, [10, 10, 7, 2, 1, 1])
})

t.test('a batch that has filled up does not wait for its age', async t => {
  const { pipeline, clock, write, times, batches } = scene(t, { limits: { lines: 10, age: 60_000 } })
  const start = clock.now()
  write(1)
  await clock.pass(0)
  write(30)
  await clock.pass(100)
  t.strictSame(batches, [1, 10, 10, 10])
  t.ok(times.at(-1)! - start <= 100)
  await clock.until(pipeline.close(0))
})

t.test('a receiver that is down for an hour costs no line, and is told of in two', async t => {
  const { pipeline, clock, write, stored, times, next, said } = scene(t, { random: () => 0.999 })
  const start = clock.now()
  const all = write(100)
  next.push(...Array.from({ length: 70 }, () => refuse('temporary')))
  await clock.pass(1_800_000)
  t.equal(pipeline.stats().state, 'down')
  t.equal(pipeline.stats().queued, 100)
  all.push(...write(50))
  await clock.until(pipeline.flush(LONG))
  t.strictSame(stored, all)
  t.ok(clock.now() - start > 3_600_000, 'an hour has passed')
  const pauses = times.slice(1).map((time, index) => time - times[index]!)
  t.ok(pauses.every(pause => pause <= 60_000))
  t.same(pauses.slice(0, 7).map(Math.round), [500, 999, 1998, 3996, 7992, 15_984, 31_968])
  t.match(said, [
    /^test: is down: status 503; lines wait, nothing is dropped$/,
    /^test: is back after 3\d\d\d s; lines still to send: 0$/,
  ])
})

t.test('one failure is no news', async t => {
  const { pipeline, clock, write, next, said } = scene(t)
  next.push(refuse('temporary', 'socket hang up'))
  write(3)
  await clock.until(pipeline.flush(LONG))
  t.strictSame(said, [])
  t.match(pipeline.stats(), { sent: 3, retried: 3, state: 'up' })
})

t.test('a receiver that comes and goes all the time is told of at most once a minute', async t => {
  const { pipeline, clock, write, next, said } = scene(t)
  const start = clock.now()
  for (let n = 0; n < 200; n++) {
    next.push(refuse('temporary'), refuse('temporary'))
    write(1)
    await clock.until(pipeline.flush(LONG))
  }
  const minutes = (clock.now() - start) / 60_000
  t.ok(said.length <= 2 * (minutes + 1), `${said.length} lines in ${minutes} minutes`)
})

t.test('the pauses between tries are spread over all of their length', async t => {
  const waited: number[] = []
  for (const random of [0, 0.25, 0.75]) {
    const { pipeline, clock, write, times, next } = scene(t, { random: () => random })
    next.push(...Array.from({ length: 4 }, () => refuse('temporary')))
    write(1)
    await clock.until(pipeline.flush(LONG))
    waited.push(times[4]! - times[3]!)
  }
  t.strictSame(waited, [0, 1000, 3000])
})

t.test('Retry-After is honoured: not before it, and not much later', async t => {
  const { pipeline, clock, write, times, next } = scene(t)
  next.push(refuse('temporary', 'status 429', 20_000), refuse('hold', 'status 403', 90_000))
  write(1)
  await clock.until(pipeline.flush(LONG))
  const [first, second] = [times[1]! - times[0]!, times[2]! - times[1]!]
  t.ok(first >= 20_000 && first <= 22_000, `${first}`)
  t.ok(second >= 90_000 && second <= 99_000, `${second}`)
})

t.test('some lines taken, some put off, one refused: only what was put off is sent again', async t => {
  const clock = new VirtualClock()
  const seen: string[][] = []
  const answers: ItemOutcome[][] = [
    ['ok', { kind: 'temporary', reason: 'status 429' }, { kind: 'poison', reason: 'mapping' }, 'ok'],
    [{ kind: 'temporary', reason: 'status 429' }],
    ['ok'],
  ]
  const made = rig(
    async lines => {
      seen.push(lines.map(line => line.text))
      return { items: answers.shift()! }
    },
    { clock },
  )
  t.teardown(() => made.remove())
  for (const text of ['a', 'b', 'c', 'd']) made.spools[0]!.write(text)
  await clock.until(made.pipeline.flush(LONG))
  t.strictSame(seen, [['a', 'b', 'c', 'd'], ['b'], ['b']])
  t.match(made.letters(), [{ line: 'c', reason: 'mapping' }])
  t.match(made.pipeline.stats(), { sent: 3, dead: 1, retried: 2 })
})

t.test('a receiver that refuses every line as if it were at fault is set up wrong: nothing is set aside', async t => {
  const { pipeline, clock, write, stored, next, said, letters } = scene(t)
  const all = write(40)
  next.push(...Array.from({ length: 600 }, () => refuse('poison', 'status 400')))
  await clock.pass(120_000)
  t.equal(pipeline.stats().state, 'held')
  t.strictSame(letters(), [])
  next.length = 0
  await clock.until(pipeline.flush(LONG))
  t.strictSame(stored, all)
  t.match(said, [/is held: refuses every line: status 400/, /is back/])
})

t.test('lines at fault at the very beginning are found as soon as another one is taken', async t => {
  const clock = new VirtualClock()
  const stored: string[] = []
  for (const limits of [{ lines: 1 }, { lines: 1000 }]) {
    const made = rig(
      async lines => {
        if (lines.some(line => line.text === 'bad')) throw refuse('poison', 'status 400')
        stored.push(...lines.map(line => line.text))
      },
      { clock, limits },
    )
    t.teardown(() => made.remove())
    for (let n = 0; n < 100; n++) made.spools[0]!.write('bad')
    await clock.pass(60_000)
    t.equal(made.letters().length, 0, 'nobody can say yet who is at fault')
    made.spools[0]!.write('good')
    await clock.until(made.pipeline.flush(LONG))
    t.equal(made.letters().length, 100)
  }
  t.strictSame(stored, ['good', 'good'])
})

t.test('a hold is told once, tried slowly, and drops nothing', async t => {
  const { pipeline, clock, write, stored, times, next, said } = scene(t)
  next.push(...Array.from({ length: 60 }, () => refuse('hold', 'status 401')))
  const all = write(10)
  await clock.until(pipeline.flush(LONG))
  t.strictSame(stored, all)
  t.match(said, [/^test: is held: status 401; nothing is dropped/, /^test: is back/])
  t.equal(said.length, 2)
  const pauses = times.slice(1).map((time, index) => time - times[index]!)
  t.ok(pauses.every(pause => pause >= 30_000 && pause <= 60_000))
})

t.test('a receiver that is held is asked as soon as somebody flushes, at most once a second', async t => {
  const { pipeline, clock, write, stored, times, next } = scene(t)
  next.push(refuse('hold', 'status 401'), refuse('hold', 'status 401'))
  const all = write(10)
  await clock.pass(0)
  t.equal(times.length, 1)
  await clock.pass(5000)
  for (let i = 0; i < 9; i++) void pipeline.flush(LONG)
  await clock.pass(0)
  t.equal(times.length, 2)
  await clock.pass(2000)
  await clock.until(pipeline.flush(LONG))
  t.strictSame(stored, all)
  t.ok(times[2]! - times[0]! < 10_000)
})

t.test('a receiver that has said when it may be asked is not asked before, whoever flushes', async t => {
  const { pipeline, clock, write, times, next } = scene(t)
  next.push(refuse('temporary', 'status 429', 20_000))
  write(1)
  await clock.pass(2000)
  await clock.until(pipeline.flush(LONG))
  t.ok(times[1]! - times[0]! >= 20_000)
})

t.test('a transport that never answers is given up after two minutes, and its lines are sent again', async t => {
  const { pipeline, clock, write, stored, next, times } = scene(t)
  next.push('hang')
  const all = write(3)
  await clock.until(pipeline.flush(LONG))
  t.strictSame(stored, all)
  t.ok(times[1]! - times[0]! >= 120_000)
})

t.test('a transport that breaks its contract loses nothing', async t => {
  const clock = new VirtualClock()
  const answers: unknown[] = [
    { items: ['ok'] },
    { items: ['ok', 'yes'] },
    { items: [{ kind: 'nonsense' }, 'ok'] },
    null,
  ]
  const made = rig(async () => answers.shift() as undefined, { clock })
  t.teardown(() => made.remove())
  made.spools[0]!.write('a')
  made.spools[0]!.write('b')
  await clock.until(made.pipeline.flush(LONG))
  t.match(made.pipeline.stats(), { sent: 2, dead: 0 })
  t.strictSame(answers, [])
})

t.test('several batches may be under way, and only what is contiguous is committed', async t => {
  const clock = new VirtualClock()
  const open: { first: string; done(): void }[] = []
  const made = rig(lines => new Promise<void>(resolve => open.push({ first: lines[0]!.text, done: resolve })), {
    clock,
    limits: { lines: 2, concurrency: 3 },
  })
  t.teardown(() => made.remove())
  for (let n = 0; n < 10; n++) made.spools[0]!.write(`${n}`)
  await clock.pass(2000)
  t.strictSame(
    open.map(request => request.first),
    ['0', '2', '4'],
    'three at a time, and no more',
  )
  open[1]!.done()
  open[2]!.done()
  await clock.pass(0)
  t.equal(made.spools[0]!.sent, 0)
  open[0]!.done()
  await clock.pass(0)
  t.equal(made.spools[0]!.sent, 6)
})

t.test('however many sources wait, no more batches are read and sent at once than the limit says', async t => {
  const clock = new VirtualClock()
  const open: { text: string; done(): void }[] = []
  const made = rig(lines => new Promise<void>(resolve => open.push({ text: lines[0]!.text, done: resolve })), {
    clock,
    spools: 5,
    limits: { concurrency: 2 },
  })
  t.teardown(() => made.remove())
  for (const [index, spool] of made.spools.entries()) spool.write(`${index}`)
  const order: string[][] = []
  for (let sent = 0; sent < 5; ) {
    await clock.pass(0)
    const now = open.splice(0)
    order.push(now.map(({ text }) => text))
    for (const { done } of now) done()
    sent += now.length
  }
  t.strictSame(order, [['0', '1'], ['2', '3'], ['4']], 'who has waited longest comes first')
  await clock.until(made.pipeline.flush(LONG))
  t.match(made.pipeline.stats(), { sent: 5, queued: 0 })
})

t.test('flush means acknowledged, and does not wait for what came after it', async t => {
  const clock = new VirtualClock()
  const open: (() => void)[] = []
  const made = rig(() => new Promise<void>(resolve => open.push(resolve)), { clock, limits: { lines: 2 } })
  t.teardown(() => made.remove())
  made.spools[0]!.write('a')
  await clock.pass(0)
  made.spools[0]!.write('b')
  let result: unknown
  void made.pipeline.flush(LONG).then(flushed => {
    result = flushed
  })
  await clock.pass(5000)
  made.spools[0]!.write('c')
  made.spools[0]!.write('d')
  t.equal(result, undefined, 'nothing is acknowledged')
  open[0]!()
  await clock.pass(5000)
  t.equal(result, undefined, 'b is not')
  open[1]!()
  await clock.pass(0)
  t.strictSame(result, { flushed: 2, left: 0 })
})

t.test('a flush that comes to its end says how many are left', async t => {
  const { pipeline, clock, write, next } = scene(t)
  next.push('hang')
  write(7)
  t.strictSame(await clock.until(pipeline.flush(1000)), { flushed: 0, left: 7 })
})

t.test('closing delivers what there is, at once', async t => {
  const { pipeline, clock, write, stored } = scene(t, { limits: { lines: 10 } })
  write(1)
  await clock.pass(0)
  const start = clock.now()
  write(99)
  t.strictSame(await clock.until(pipeline.close(2000)), { flushed: 99, left: 0 })
  t.equal(stored.length, 100)
  t.equal(clock.now(), start, 'without waiting for a batch to fill')
  t.equal(pipeline.stats().state, 'closed')
})

t.test('closing ends at its deadline, tells what is left, and the next start delivers it', async t => {
  const made = scene(t)
  const { clock, write, stored, next, said } = made
  next.push('hang')
  const all = write(12)
  const start = clock.now()
  t.strictSame(await clock.until(made.pipeline.close(2000)), { flushed: 0, left: 12 })
  t.ok(clock.now() - start <= 3500, `${clock.now() - start}`)
  t.match(said, ['test: 12 lines left for the next start'])
  made.crash()
  await clock.until(made.pipeline.flush(LONG))
  t.strictSame(stored, all)
})

t.test('closing does not wait for a receiver that will not be asked again in time', async t => {
  const { pipeline, clock, write, next } = scene(t)
  next.push(...Array.from({ length: 50 }, () => refuse('hold')))
  write(3)
  await clock.pass(100)
  const start = clock.now()
  t.equal((await clock.until(pipeline.close(2000))).left, 3)
  t.equal(clock.now(), start)
})

t.test('a receiver that is down holds up no other', async t => {
  const clock = new VirtualClock()
  const there = receiver(clock)
  const up = rig(there.behave, { clock, name: 'up' })
  const down = rig(async () => new Promise<void>(() => {}), { clock, name: 'down' })
  t.teardown(() => {
    up.remove()
    down.remove()
  })
  for (let n = 0; n < 5000; n++) for (const { spools } of [up, down]) spools[0]!.write(`${n}`)
  const start = clock.now()
  t.strictSame(await clock.until(up.pipeline.flush(LONG)), { flushed: 5000, left: 0 })
  t.equal(clock.now(), start)
  t.match([up.pipeline.stats(), down.pipeline.stats()], [{ sent: 5000 }, { sent: 0, queued: 5000 }])
})

t.test('several sources share one probe while the receiver is down, and each keeps its order', async t => {
  const clock = new VirtualClock()
  const stored: string[] = []
  let [tries, underWay, most] = [0, 0, 0]
  const made = rig(
    async lines => {
      most = Math.max(most, ++underWay)
      const refused = ++tries <= 20
      // The first five are on their way before anybody can know.
      if (tries === 6) most = underWay
      await clock.wait(refused ? 700 : 0)
      underWay--
      if (refused) throw refuse('temporary')
      stored.push(...lines.map(line => line.text))
    },
    { clock, spools: 5, limits: { lines: 3 } },
  )
  t.teardown(() => made.remove())
  for (const [index, spool] of made.spools.entries()) for (let n = 0; n < 10; n++) spool.write(`${index}:${n}`)
  await clock.pass(60_000)
  t.ok(tries > 6 && tries < 20, `${tries} tries in a minute`)
  t.equal(most, 1, 'requests at the same time')
  await clock.until(made.pipeline.flush(LONG))
  for (let index = 0; index < 5; index++) {
    t.strictSame(
      stored.filter(text => text.startsWith(`${index}:`)),
      Array.from({ length: 10 }, (_, n) => `${index}:${n}`),
    )
  }
})

t.test('dead letters that cannot be written hold the line that they are about', async t => {
  const clock = new VirtualClock()
  const made = rig(
    async lines => {
      if (lines.some(line => line.text === 'bad')) throw refuse('poison', 'status 400')
    },
    { clock },
  )
  t.teardown(() => made.remove())
  rmSync(made.folder, { recursive: true })
  writeFileSync(made.folder, 'a file where the folder should be')
  for (const text of ['good', 'bad', 'good']) made.spools[0]!.write(text)
  await clock.pass(600_000)
  t.equal(made.spools[0]!.left.length, 2, 'nothing is committed past the line')
  t.match(made.said[0], /is held: cannot write the dead letters/)
  const { retried } = made.pipeline.stats()
  await clock.pass(600_000)
  t.equal(made.pipeline.stats().retried, retried, 'what was taken is not sent again and again')
  rmSync(made.folder)
  await clock.until(made.pipeline.flush(LONG))
  t.equal(made.letters().length, 1)
})

t.test('a source that fails is read again from what is not committed', async t => {
  const { pipeline, clock, stored, said } = scene(t)
  const spool = new MemorySpool('failing', clock)
  const source = spool.open()
  let failures = 2
  pipeline.add({
    ...source,
    read: async (lines, bytes) => {
      if (failures-- > 0) throw new Error('EIO')
      return source.read(lines, bytes)
    },
  })
  spool.write('a')
  await clock.until(pipeline.flush(LONG))
  t.strictSame(stored, ['a'])
  t.match(said[0], /reading lines failed, trying again: EIO/)
})

t.test('what happens can be listened to', async t => {
  const heard: unknown[] = []
  const hear = (message: unknown, name: string | symbol): void => void heard.push({ name, ...(message as object) })
  const names = ['sent', 'retry', 'dead', 'state'].map(name => `hewn:delivery:${name}`)
  for (const name of names) subscribe(name, hear)
  t.teardown(() => {
    for (const name of names) unsubscribe(name, hear)
  })
  const { pipeline, clock, write, next } = scene(t)
  next.push(refuse('temporary'), refuse('temporary'))
  write(2)
  await clock.until(pipeline.flush(LONG))
  t.match(heard, [
    { name: 'hewn:delivery:retry', transport: 'test', lines: 2, reason: 'status 503', pauseMs: 250 },
    { name: 'hewn:delivery:state', state: 'down' },
    { name: 'hewn:delivery:retry', pauseMs: 500 },
    { name: 'hewn:delivery:sent', lines: 2, ms: 0 },
    { name: 'hewn:delivery:state', state: 'up' },
  ])
})

t.test('the place is written down once for all lines of an answer', async t => {
  const { pipeline, clock } = scene(t, { limits: { lines: 100 } })
  const spool = new MemorySpool('counted', clock)
  const source = spool.open()
  let commits = 0
  const counted: Source = Object.assign(Object.create(source) as Source, {
    commit: (...args: Parameters<Source['commit']>) => {
      commits++
      source.commit(...args)
    },
  })
  for (let n = 0; n < 300; n++) spool.write(`{"n":${n}}`)
  pipeline.add(counted)
  await clock.pass(5000)
  t.equal(spool.committed.length, 300)
  t.ok(commits <= 4, `${commits} commits`)
})

t.test('a source that has come to its end is let go of, and what it brought still counts', async t => {
  const { pipeline, clock, stored, write } = scene(t)
  const other = new MemorySpool('dead', clock)
  let asked = 0
  const source = other.open()
  const dead: Source = Object.assign(Object.create(source) as Source, {
    backlog: () => {
      asked++
      return source.backlog()
    },
    get ended() {
      return true
    },
  })
  for (let n = 0; n < 5; n++) other.write(`{"dead":${n}}`)
  pipeline.add(dead)
  await clock.pass(5000)
  t.equal(stored.length, 5)
  asked = 0
  write(2)
  const flushing = pipeline.flush(LONG)
  await clock.pass(5000)
  t.same(await flushing, { flushed: 2, left: 0 })
  t.match(pipeline.stats(), { sent: 7, queued: 0 })
  t.equal(asked, 0, 'nobody asks it any more')
})
