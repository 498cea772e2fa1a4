import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { openFile, openStdout } from '../../lib/output/open'
import { type Fault, faulty } from './fixtures/faulty-disk'
import { makeHost } from './fixtures/host'
import { numbered, numbers } from './fixtures/lines'
import { run } from './fixtures/run'

const folder = t.testdir()
let files = 0
const newPath = () => join(folder, `file-${files++}.log`)
const upTo = (n: number, from = 0) => Array.from({ length: n }, (_, i) => i + from)
const enough = Number.POSITIVE_INFINITY

/** What hewn says of itself, instead of on stderr. */
function listen(t: Test): string[] {
  const said: string[] = []
  const fs = require('node:fs') as { writeSync: (...args: unknown[]) => number }
  const real = fs.writeSync
  fs.writeSync = (fd, text, ...rest) => (fd === 2 ? said.push(String(text)) : real(fd, text, ...rest))
  t.teardown(() => {
    fs.writeSync = real
  })
  return said
}

t.test('a file is there, with its folders, when opening returns', async t => {
  const path = join(folder, 'a', 'b', 'c.log')
  const sink = openFile({ path, mode: 0o600 }, makeHost())
  t.equal(statSync(path).mode & 0o777, 0o600)
  sink.write(numbered(0), 30, Date.now())
  t.equal(readFileSync(path, 'utf8'), '')
  t.same(await sink.flush(enough), { flushed: 1, left: 0 })
  t.same(numbers(readFileSync(path, 'utf8')), [0])
  t.same(await sink.close(enough), { flushed: 0, left: 0 })
  sink.write(numbered(1), 30, Date.now())
  sink.flushSync(0)
  t.same(sink.stats(), { state: 'closed', queued: 0, bytes: 0, sent: 1, dropped: new Map([[30, 1]]) })
})

t.test('a file that cannot be opened is answered with its path and why', async t => {
  mkdirSync(join(folder, 'folder.log'))
  const open = () => openFile({ path: join(folder, 'folder.log') }, makeHost({ name: 'file' }))
  t.throws(open, {
    name: 'HewnError',
    message: /^file: .*folder.log: found EISDIR, expected a file, not a folder/,
  })
})

t.test('lines are appended, after a line that somebody left torn too', async t => {
  const path = newPath()
  writeFileSync(path, `${numbered(0)}{"n":1,"wri`)
  const sink = openFile({ path }, makeHost())
  sink.write(numbered(2), 50, Date.now())
  t.equal(readFileSync(path, 'utf8'), `${numbered(0)}{"n":1,"wri\n${numbered(2)}`)
  appendFileSync(path, numbered(3))
  sink.write(numbered(4), 50, Date.now())
  t.same(numbers(readFileSync(path, 'utf8').split('\n').slice(2).join('\n')), [2, 3, 4])
  await sink.close(enough)
})

for (const durability of ['turn', 'line'] as const) {
  t.test(`with durability ${durability}, no short write or full disk loses, doubles or tears a line`, async t => {
    listen(t)
    const fault: fc.Arbitrary<Fault> = fc.oneof(
      fc.constant('ok' as const),
      fc.constant('ENOSPC' as const),
      fc.constant('EIO' as const),
      fc.nat(200).map(short => ({ short })),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { maxLength: 40 }), fc.integer({ min: 1, max: 60 }), async (faults, turns) => {
        const path = newPath()
        const sink = openFile({ path, durability }, makeHost())
        const undo = faulty(faults)
        let n = 0
        for (let turn = 0; turn < turns; turn++) {
          for (let i = 0; i < 3; i++) sink.write(numbered(n++, 40), 30, Date.now())
          sink.flushSync(0)
        }
        undo()
        sink.flushSync(0)
        const { sent, queued, dropped } = sink.stats()
        await sink.close(enough)
        const got = numbers(readFileSync(path, 'utf8'), 40)
        return (
          got.length === n && got.every((each, i) => each === i) && sent === n && queued === 0 && dropped.size === 0
        )
      }),
      { numRuns: 60 },
    )
  })
}

t.test('while the disk is full the newest lines are kept, the others counted, and a line says how many', async t => {
  const said = listen(t)
  const path = newPath()
  const host = makeHost({ name: 'full' })
  const sink = openFile({ path, maxBuffer: 2000 }, host)
  const undo = faulty(full())
  for (let n = 0; n < 100; n++) {
    sink.write(numbered(n, 40), n % 2 ? 30 : 40, 1000 + n)
    sink.flushSync(0)
  }
  const { state, queued, bytes, dropped } = sink.stats()
  t.equal(state, 'down')
  t.ok(bytes <= 2000 && bytes > 1500, `${bytes} bytes wait`)
  const lost = (dropped.get(30) ?? 0) + (dropped.get(40) ?? 0)
  t.equal(queued + lost, 100)
  t.same(host.told, [])
  undo()
  t.same(await sink.flush(enough), { flushed: queued, left: 0 })
  t.equal(sink.stats().state, 'up')
  const [first = '', lossLine = '', ...rest] = readFileSync(path, 'utf8').split('\n')
  // The oldest one that the disk had begun with, then the line that tells, then the newest.
  t.same(numbers(`${first}\n`, 40), [0])
  t.same(new Map(JSON.parse(lossLine).lost), dropped)
  t.same(numbers(rest.join('\n'), 40), upTo(queued - 1, 100 - queued + 1))
  t.match(host.told, [{ target: 'full', reason: 'the disk is full (ENOSPC)', from: 1001 }])
  t.equal(said.length, 2, said.join(''))
  t.match(said[0], /^hewn: full: the disk is full \(ENOSPC\); lines wait in memory, up to 2000 bytes/)
  t.match(said[1], new RegExp(`^hewn: full: writing again; ${lost} lines were lost`))
  await sink.close(enough)
})

/** One short write, so that a line is torn, then none. */
function* full(): Generator<Fault> {
  yield { short: 10 }
  for (;;) yield 'ENOSPC'
}

const mount = join(folder, 'tmpfs')
mkdirSync(mount)
const mounted = mountSmall(mount)

function mountSmall(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'hewn-test', folder], { stdio: 'pipe' })
    return true
  } catch {
    return false
  }
}

const needsRoot = mounted ? false : 'a small tmpfs could not be mounted: not root'
t.test('on a full file system that gets room again, every line is written or counted', { skip: needsRoot }, async t => {
  t.teardown(() => execFileSync('umount', [mount]))
  listen(t)
  writeFileSync(join(mount, 'ballast'), Buffer.alloc(40_000))
  const path = join(mount, 'app.log')
  const sink = openFile({ path, maxBuffer: 30_000 }, makeHost())
  for (let n = 0; n < 1000; n++) {
    sink.write(numbered(n, 60), 30, Date.now())
    if (n % 7 === 0) sink.flushSync(0)
  }
  t.equal(sink.stats().state, 'down')
  rmSync(join(mount, 'ballast'))
  t.match(await sink.close(enough), { left: 0 })
  const { sent, dropped } = sink.stats()
  t.ok(dropped.get(30)! > 0)
  const lines = readFileSync(path, 'utf8').split('\n')
  const got = numbers(lines.filter(line => !line.startsWith('{"lost"')).join('\n'), 60)
  t.equal(got.length, sent)
  t.equal(new Set(got).size + dropped.get(30)!, 1000)
})

t.test('a device that is always full costs the lines, counted, and neither the process nor its exit', async t => {
  const full = openSync('/dev/full', 'w')
  const ended = await run({ sink: 'stdout', lines: 50, end: 'exit' }, undefined, full)
  t.equal(ended.code, 7)
  t.match(ended.stderr, /50 lines \(50 of level 30\) lost: the disk is full \(ENOSPC\)/)
})

t.test('a file renamed or deleted by somebody else is noticed within a second of writing, and made again', async t => {
  const path = join(folder, 'moving', 'app.log')
  const sink = openFile({ path }, makeHost())
  let now = Date.now()
  const log = (n: number, later = 0) => {
    now += later
    sink.write(numbered(n), 50, now)
  }
  log(0)
  renameSync(path, `${path}.1`)
  log(1)
  log(2, 1001)
  rmSync(path)
  log(3, 1001)
  t.same(numbers(readFileSync(`${path}.1`, 'utf8')), [0, 1])
  t.same(numbers(readFileSync(path, 'utf8')), [3])
  rmSync(join(folder, 'moving'), { recursive: true })
  log(4, 1001)
  t.same(numbers(readFileSync(path, 'utf8')), [4])
  await sink.close(enough)
})

t.test('reopen writes what was logged before to the old file, and the rest to the new one', async t => {
  const path = newPath()
  const sink = openFile({ path }, makeHost())
  sink.write(numbered(0), 30, Date.now())
  renameSync(path, `${path}.1`)
  sink.reopen?.()
  sink.write(numbered(1), 30, Date.now())
  await sink.close(enough)
  t.same(numbers(readFileSync(`${path}.1`, 'utf8')), [0])
  t.same(numbers(readFileSync(path, 'utf8')), [1])
})

t.test('a line torn by a full disk is written whole to the file that is opened next', async t => {
  listen(t)
  const path = newPath()
  const sink = openFile({ path }, makeHost())
  const undo = faulty([{ short: numbered(0).length + 5 }, 'ENOSPC', 'ENOSPC'])
  sink.write(numbered(0), 30, Date.now())
  sink.write(numbered(1), 50, Date.now())
  renameSync(path, `${path}.1`)
  sink.reopen?.()
  undo()
  await sink.close(enough)
  t.equal(readFileSync(`${path}.1`, 'utf8'), `${numbered(0)}{"n":\n`)
  t.same(numbers(readFileSync(path, 'utf8')), [1])
  t.equal(sink.stats().sent, 2)
})

t.test(
  'a disk that stalls three times is written to from another thread, in order, and says what that risks',
  async t => {
    const said = listen(t)
    const path = newPath()
    const sink = openFile({ path }, makeHost({ name: 'slow' }))
    const undo = faulty([{ stall: 51 }, { stall: 51 }, { stall: 51 }])
    for (let n = 0; n < 3; n++) sink.write(numbered(n), 50, Date.now())
    t.match(said[0], /^hewn: slow: the disk stalls; writing is asynchronous for 30 s: .* lost if the process is killed/)
    for (let n = 3; n < 500; n++) sink.write(numbered(n), 50, Date.now())
    t.ok(sink.stats().queued > 0)
    t.match(await sink.flush(enough), { left: 0 })
    t.same(numbers(readFileSync(path, 'utf8')), upTo(500))
    for (let n = 500; n < 1000; n++) sink.write(numbered(n), 50, Date.now())
    renameSync(path, `${path}.1`)
    sink.reopen?.()
    for (let n = 1000; n < 1500; n++) sink.write(numbered(n), 50, Date.now())
    undo()
    t.match(await sink.close(enough), { left: 0 })
    t.same(numbers(readFileSync(`${path}.1`, 'utf8') + readFileSync(path, 'utf8')), upTo(1500))
    t.equal(sink.stats().sent, 1500)
  },
)

t.test('an exit during an asynchronous write loses nothing and keeps the order', async t => {
  const path = newPath()
  const ended = await run({ sink: 'file', options: { path }, lines: 400, pad: 2000, stall: 51, end: 'exit' })
  t.equal(ended.code, 7, ended.stderr)
  t.match(ended.stderr, /writing is asynchronous/)
  t.same(numbers(readFileSync(path, 'utf8'), 2000), upTo(400))
})

t.test('stdout that is a file is written to as one', async t => {
  const path = newPath()
  const sink = openStdout({ fd: openSync(path, 'w') }, makeHost())
  sink.write(numbered(0), 30, Date.now())
  t.same(await sink.close(enough), { flushed: 1, left: 0 })
  t.same(numbers(readFileSync(path, 'utf8')), [0])
})
