import { once } from 'node:events'
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { openFile, openStdout } from '../../lib/output/open'
import { makeHost } from './fixtures/host'
import { numbered, numbers } from './fixtures/lines'
import { makePipe, run, start } from './fixtures/run'

const folder = t.testdir()
const enough = Number.POSITIVE_INFINITY
const capacity = 65_536
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i)

/** What is in the pipe now, at most `most` bytes of it. */
function readNow(fd: number, most = capacity): string {
  const bytes = Buffer.alloc(most)
  try {
    return bytes.toString('utf8', 0, readSync(fd, bytes, 0, most, null))
  } catch {
    return ''
  }
}

t.test('a slow reader gets every line, and never finds a torn one at the end of what a pipe holds', async t => {
  const pipe = makePipe(folder)
  const sink = openStdout({ fd: pipe.end }, makeHost())
  for (let n = 0; n < 5000; n++) sink.write(numbered(n, 50), 30, Date.now())
  sink.flushSync(0)
  const { queued, sent } = sink.stats()
  t.ok(queued > 0 && sent > 0 && queued + sent === 5000)
  let got = ''
  for (;;) {
    const part = readNow(pipe.read)
    if (part === '') break
    t.ok(part.endsWith('\n'))
    got += part
    sink.flushSync(0)
  }
  t.same(numbers(got, 50), upTo(5000))
  t.match(sink.stats(), { queued: 0, bytes: 0, sent: 5000, state: 'up' })
  await sink.close(enough)
  pipe.close()
})

t.test('flush waits for the reader, and says what is left when it gives up waiting', async t => {
  const pipe = makePipe(folder)
  const sink = openStdout({ fd: pipe.end }, makeHost())
  for (let n = 0; n < 2000; n++) sink.write(numbered(n, 50), 30, Date.now())
  const before = sink.stats()
  const gaveUp = await sink.flush(1)
  t.equal(gaveUp.flushed + gaveUp.left, before.queued)
  t.ok(gaveUp.left > 0)
  t.equal(sink.stats().queued, gaveUp.left)
  const waiting = sink.flush(enough)
  let got = readNow(pipe.read)
  const reader = setInterval(() => {
    got += readNow(pipe.read)
  }, 1)
  t.same(await waiting, { flushed: gaveUp.left, left: 0 })
  clearInterval(reader)
  got += readNow(pipe.read)
  t.same(numbers(got, 50), upTo(2000))
  await sink.close(enough)
  pipe.close()
})

t.test('a line longer than PIPE_BUF that a full pipe took in part is finished before anything else', async () => {
  const length = fc.oneof(
    fc.integer({ min: 0, max: 300 }),
    fc.integer({ min: 3900, max: 4200 }),
    fc.integer({ min: 9000, max: 200_000 }),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(length, { minLength: 1, maxLength: 30 }),
      fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 10 }),
      async (lengths, reads) => {
        const pipe = makePipe(folder)
        const sink = openStdout({ fd: pipe.end }, makeHost())
        let expected = ''
        let got = ''
        for (const [i, size] of lengths.entries()) {
          const line = `${String(i).padEnd(size, 'é')}\n`
          expected += line
          sink.write(line, 30, Date.now())
          if (i % 3 === 0) sink.flushSync(0)
          got += readBytes(pipe.read, reads[i % reads.length]!)
        }
        for (let part = '-'; part !== '' || sink.stats().queued > 0; got += part) {
          sink.flushSync(0)
          part = readBytes(pipe.read, capacity)
        }
        await sink.close(enough)
        pipe.close()
        return Buffer.from(got, 'latin1').toString('utf8') === expected && sink.stats().sent === lengths.length
      },
    ),
    { numRuns: 25 },
  )
})

/** As latin1, so that a character may be cut. */
function readBytes(fd: number, most: number): string {
  const bytes = Buffer.alloc(most)
  try {
    return bytes.toString('latin1', 0, readSync(fd, bytes, 0, most, null))
  } catch {
    return ''
  }
}

t.test("with whenFull 'drop' the oldest lines go, counted, and the reader is told how many", async t => {
  const pipe = makePipe(folder)
  const host = makeHost()
  const sink = openStdout({ fd: pipe.end, whenFull: 'drop', maxBuffer: 20_000 }, host)
  for (let n = 0; n < 3000; n++) {
    sink.write(numbered(n, 50), 30, Date.now())
    if (n % 20 === 0) sink.flushSync(0)
  }
  sink.flushSync(0)
  const { sent, queued, dropped, bytes } = sink.stats()
  t.ok(bytes <= 20_000)
  t.equal(sent + queued + dropped.get(30)!, 3000)
  let got = readNow(pipe.read)
  for (let part = '-'; part !== ''; got += part) {
    sink.flushSync(0)
    part = readNow(pipe.read)
  }
  const isLoss = (line: string) => line.startsWith('{"lost"')
  const lines = got.trimEnd().split('\n')
  const kept = numbers(`${lines.filter(line => !isLoss(line)).join('\n')}\n`, 50).map(Number)
  t.equal(kept.length + dropped.get(30)!, 3000)
  t.same(
    kept,
    kept.toSorted((a, b) => a - b),
  )
  t.equal(kept.at(-1), 2999)
  const told = lines.filter(isLoss).map(line => (JSON.parse(line) as { lost: [[number, number]] }).lost[0][1])
  t.equal(
    told.reduce((sum, n) => sum + n, 0),
    dropped.get(30),
  )
  t.notOk(isLoss(lines[0]!))
  t.match(host.told, [{ reason: 'the reader is too slow' }])
  await sink.close(enough)
  pipe.close()
})

t.test('a reader that goes away takes its own sink down, once said and every line counted, and no other', async t => {
  const pipe = makePipe(folder)
  const path = join(folder, 'other.log')
  const sink = openStdout({ fd: pipe.end }, makeHost({ name: 'gone' }))
  const other = openFile({ path }, makeHost())
  for (let n = 0; n < 2000; n++) sink.write(numbered(n, 50), 30, Date.now())
  sink.flushSync(0)
  const { sent } = sink.stats()
  closeSync(pipe.read)
  for (let n = 2000; n < 2010; n++) {
    sink.write(numbered(n, 50), 50, Date.now())
    other.write(numbered(n), 50, Date.now())
  }
  t.same(sink.stats(), {
    state: 'down',
    queued: 0,
    bytes: 0,
    sent,
    dropped: new Map([
      [30, 2000 - sent],
      [50, 10],
    ]),
  })
  t.equal(numbers(readFileSync(path, 'utf8')).length, 10)
  t.same(await sink.flush(enough), { flushed: 0, left: 0 })
  await sink.close(enough)
  await other.close(enough)
  pipe.close()
})

t.test(
  'an open descriptor keeps its flags: children that share the pipe do not get EAGAIN',
  { skip: notLinux() },
  async t => {
    const pipe = makePipe(folder)
    const flags = () => readFileSync(`/proc/self/fdinfo/${pipe.end}`, 'utf8')
    const before = flags()
    const sink = openStdout({ fd: pipe.end }, makeHost())
    sink.write(numbered(0), 50, Date.now())
    t.equal(flags(), before)
    await sink.close(enough)
    pipe.close()
  },
)

function notLinux(): string | false {
  return process.platform === 'linux' ? false : 'a pipe can be opened anew on Linux only'
}

t.test('a descriptor that is closed gives a sink that is down and counts', async t => {
  const fd = openSync('/dev/null', 'w')
  closeSync(fd)
  const sink = openStdout({ fd }, makeHost({ name: 'closed' }))
  sink.write(numbered(0), 50, Date.now())
  t.match(sink.stats(), { state: 'down', sent: 0, dropped: new Map([[50, 1]]) })
  await sink.close(enough)
})

t.test('a path that names a pipe is written to as a pipe', async t => {
  const pipe = makePipe(folder)
  const sink = openFile({ path: pipe.path }, makeHost())
  sink.write(numbered(0), 50, Date.now())
  t.same(numbers(readNow(pipe.read)), [0])
  await sink.close(enough)
  pipe.close()
  t.throws(() => openFile({ path: pipe.path }, makeHost()), /found ENXIO, expected a pipe that somebody reads/)
})

for (const end of ['exit', 'natural'] as const) {
  t.test(`4 MB through a slow reader: nothing is lost at ${end}, on a pipe`, async t => {
    const pipe = makePipe(folder)
    const child = start({ sink: 'stdout', lines: 8000, pad: 450, host: { exitTimeout: 20_000 }, end }, pipe.end)
    closeSync(pipe.end)
    child.stderr!.resume()
    t.same(numbers(await drain(pipe.read, 16), 450), upTo(8000))
    t.equal(child.exitCode ?? (await once(child, 'exit'))[0], end === 'exit' ? 7 : 0)
  })
}

/** Reads to the end, at most one buffer each `pause` ms. */
async function drain(fd: number, pause: number): Promise<string> {
  const socket = new Socket({ fd, readable: true, writable: false })
  let got = Buffer.alloc(0)
  socket.on('data', part => {
    got = Buffer.concat([got, part])
    socket.pause()
    setTimeout(() => socket.resume(), pause)
  })
  await once(socket, 'close')
  return got.toString()
}

t.test('a reader that has stopped holds up exit for exitTimeout, and stderr counts what was left', async t => {
  const pipe = makePipe(folder)
  const orders = { sink: 'stdout', lines: 3000, pad: 50, level: 40, host: { exitTimeout: 100 } } as const
  for (const end of ['exit', 'natural'] as const) {
    const ended = await run({ ...orders, end }, undefined, pipe.end)
    t.equal(ended.code, end === 'exit' ? 7 : 0)
    const got = numbers(readNow(pipe.read), 50)
    t.same(got, upTo(got.length))
    t.match(
      ended.stderr,
      `hewn: subject: ${3000 - got.length} lines (${3000 - got.length} of level 40) lost: the reader is too slow`,
    )
  }
  pipe.close()
})

t.test('two cluster workers on one pipe never tear a line of each other', async t => {
  const pipe = makePipe(folder)
  const child = start(
    { sink: 'stdout', lines: 3000, pad: 300, burst: 40, workers: 2, host: { exitTimeout: 20_000 }, end: 'natural' },
    pipe.end,
  )
  closeSync(pipe.end)
  child.stderr!.resume()
  const got = await drain(pipe.read, 0)
  t.equal(numbers(got, 300).length, 6000)
  for (const writer of ['0', '1']) {
    const own = got.split('\n').filter(line => line.includes(`"writer":"${writer}"`))
    t.same(numbers(`${own.join('\n')}\n`, 300), upTo(3000))
  }
})

t.test('on a pair of sockets, as child_process makes them, nothing is lost either', async t => {
  for (const end of ['exit', 'natural', 'close'] as const) {
    const ended = await run({ sink: 'stdout', lines: 8000, pad: 100, host: { exitTimeout: 20_000 }, end })
    t.same(numbers(ended.stdout, 100), upTo(8000), ended.stderr)
  }
})

t.test('a worker thread writes each line in its call, to the same pipe', async t => {
  const ended = await run({ sink: 'stdout', lines: 200, thread: true, end: 'exit' })
  t.same(numbers(ended.stdout), upTo(200))
})
