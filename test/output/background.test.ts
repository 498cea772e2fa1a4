import { execFileSync } from 'node:child_process'
import { constants, openSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Background } from '../../lib/output/background'
import { FileSink } from '../../lib/output/destination'
import { LogFile } from '../../lib/output/file'
import { faulty } from './fixtures/faulty-disk'
import { makeHost } from './fixtures/host'
import { numbered, numbers } from './fixtures/lines'

const folder = t.testdir()

/** A disk that stands still: a full pipe whose writer blocks, until the test reads it. */
function makeDisk(name: string): { path: string; end: number; read(bytes: number): string } {
  const path = join(folder, name)
  execFileSync('mkfifo', [path])
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const end = openSync(path, constants.O_WRONLY)
  const read = (bytes: number) => {
    const buffer = Buffer.alloc(bytes)
    for (let at = 0; at < bytes; ) {
      try {
        at += readSync(reader, buffer, at, bytes - at, null)
      } catch {
        // The other thread has not written it yet.
      }
    }
    return buffer.toString()
  }
  return { path, end, read }
}

t.test('a write that is under way can be waited for, and tells how far it came', async t => {
  const disk = makeDisk('waits')
  const background = new Background(
    () => undefined,
    () => undefined,
  )
  const bytes = Buffer.alloc(100_000, 'x')
  background.launch(disk.end, bytes, 0, 100_000)
  t.equal(background.land(performance.now() + 20), undefined)
  t.ok(background.inFlight)
  t.equal(disk.read(100_000), bytes.toString())
  t.same(background.land(Number.POSITIVE_INFINITY), { taken: 100_000, code: undefined })
  background.launch(9999, bytes, 99_990, 10)
  t.same(background.land(Number.POSITIVE_INFINITY), { taken: 0, code: 'EBADF' })
  background.stop()
})

t.test(
  'while a write is under way its lines are not given up, and a file that is asked for is opened after it',
  async t => {
    const disk = makeDisk('stands')
    const next = join(folder, 'next.log')
    const host = makeHost()
    const openNext = () => LogFile.open(next, { mode: 0o644, uid: undefined, gid: undefined }, 'turn')
    const sink = new FileSink(new LogFile(disk.end, disk.path, 'turn'), openNext, { ...host, maxBuffer: 150_000 })
    const undo = faulty([{ stall: 51 }, { stall: 51 }, { stall: 51 }])
    for (let n = 0; n < 3; n++) sink.write(numbered(n), 50, Date.now())
    undo()
    // More than a pipe holds, so that this write stands still; then more than may wait.
    const size = 90_000
    sink.write(numbered(3, size), 50, Date.now())
    for (let n = 4; n < 10; n++) sink.write(numbered(n, 20_000), 50, Date.now())
    t.equal(sink.stats().dropped.size, 1)
    sink.reopen()
    t.throws(() => readFileSync(next))
    const first = disk.read([0, 1, 2].reduce((sum, n) => sum + Buffer.byteLength(numbered(n)), 0))
    const busy = disk.read(Buffer.byteLength(numbered(3, size)))
    t.same(numbers(first), [0, 1, 2])
    t.same(numbers(busy, size), [3])
    t.match(await sink.close(Number.POSITIVE_INFINITY), { left: 0 })
    const { sent, dropped } = sink.stats()
    t.equal(sent + dropped.get(50)!, 10)
    const [lost, ...rest] = readFileSync(next, 'utf8').split('\n')
    t.same(JSON.parse(lost!), { lost: [[50, dropped.get(50)]] })
    const kept = numbers(rest.join('\n'), 20_000)
    t.equal(kept.length, sent - 4)
    t.equal(kept.at(-1), 9)
  },
)
