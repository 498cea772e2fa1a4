import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { openFile } from '../../../lib/output/open'
import { type Fault, faulty } from '../fixtures/faulty-disk'
import { makeHost } from '../fixtures/host'
import { numbered, numbers } from '../fixtures/lines'
import { enough, everything, largest, openRotating, rotated, setClock, stampsOf, tidied } from './fixtures'

const root = t.testdir()
let folders = 0
const newFolder = () => {
  const folder = join(root, `f${folders++}`)
  mkdirSync(folder)
  return folder
}
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i)
const at = (text: string) => new Date(text).getTime()

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

for (const durability of ['turn', 'line'] as const) {
  t.test(
    `with durability ${durability}, no file is larger than maxSize, and every line is in one, once, in order, over short writes, full disks and restarts`,
    async t => {
      listen(t)
      const fault: fc.Arbitrary<Fault> = fc.oneof(
        { weight: 4, arbitrary: fc.constant('ok' as const) },
        fc.constant('ENOSPC' as const),
        fc.nat(300).map(short => ({ short })),
      )
      const step = fc.oneof(
        { weight: 6, arbitrary: fc.record({ lines: fc.integer({ min: 1, max: 40 }), pad: fc.nat(400) }) },
        fc.constant('restart' as const),
        fc.constant('renamed' as const),
        fc.constant('two' as const),
      )
      await fc.assert(
        fc.asyncProperty(
          fc.array(fault, { maxLength: 30 }),
          fc.array(step, { maxLength: 25 }),
          fc.integer({ min: 1024, max: 4000 }),
          async (faults, steps, maxSize) => {
            const folder = newFolder()
            const options = { path: join(folder, 'app.log'), durability, maxSize }
            let sink = openRotating(options)
            let undo = faulty(faults)
            const written: string[] = []
            for (const step of steps) {
              if (typeof step === 'object') {
                for (let i = 0; i < step.lines; i++) {
                  const line = numbered(written.length, step.pad)
                  written.push(line)
                  sink.write(line, 30, Date.now())
                }
                sink.flushSync(0)
                continue
              }
              undo()
              sink.flushSync(0)
              // A second logger on the path, or the configuration applied anew, while the first is still open.
              const next = step === 'two' ? openRotating(options) : undefined
              if (step === 'renamed') sink.reopen()
              else await sink.close(enough)
              if (step !== 'renamed') sink = next ?? openRotating(options)
              undo = faulty(faults)
            }
            undo()
            sink.flushSync(0)
            const { queued, dropped } = sink.stats()
            await sink.close(enough)
            const whole = everything(folder)
            const size = largest(folder)
            const files = [...rotated(folder), 'app.log'].map(name => readFileSync(join(folder, name), 'utf8'))
            const torn = files.some(text => text !== '' && !text.endsWith('\n'))
            rmSync(folder, { recursive: true })
            return whole === written.join('') && !torn && size <= maxSize && queued === 0 && dropped.size === 0
          },
        ),
        { numRuns: 60 },
      )
    },
  )
}

t.test('a turn that crosses the limit is split between lines', async t => {
  const folder = newFolder()
  const sink = openRotating({ path: join(folder, 'app.log'), maxSize: 1024 })
  for (let n = 0; n < 100; n++) sink.write(numbered(n, 40), 30, Date.now())
  await sink.close(enough)
  t.same(numbers(everything(folder), 40), upTo(100))
  for (const name of rotated(folder)) t.ok(readFileSync(join(folder, name), 'utf8').endsWith('}\n'), name)
  t.ok(largest(folder) <= 1024 && largest(folder) > 900)
})

t.test('a file from before that is as large as it may be, its last line torn, is not made larger', async t => {
  const folder = newFolder()
  const path = join(folder, 'app.log')
  writeFileSync(path, 'x'.repeat(2000))
  const sink = openRotating({ path, maxSize: 2000 })
  sink.write(numbered(0), 50, Date.now())
  await sink.close(enough)
  t.equal(readFileSync(join(folder, rotated(folder)[0] ?? ''), 'utf8'), 'x'.repeat(2000))
  t.same(numbers(readFileSync(path, 'utf8')), [0])
})

t.test(
  'names sort as the files were written and are never given again: clock set back, files deleted, restarts',
  async t => {
    const folder = newFolder()
    const path = join(folder, 'app.log')
    const given: string[] = []
    const clock = setClock(at('2026-11-22T10:00:00Z'))
    t.teardown(clock.undo)
    const hours = [10, 11, 9, 9, 11, 8, 12]
    for (const hour of hours) {
      clock.now = at(`2026-11-22T${String(hour).padStart(2, '0')}:00:00Z`)
      const sink = openRotating({ path, maxSize: 1024 })
      for (let n = 0; n < 3; n++) {
        sink.write(numbered(n, 700), 50, Date.now())
        utimesSync(path, clock.now / 1000, clock.now / 1000)
      }
      await sink.close(enough)
      const names = rotated(folder)
      t.ok(
        names.every(name => given.every(earlier => earlier < name)),
        names.join(' '),
      )
      given.push(...names)
      for (const name of names) rmSync(join(folder, name))
    }
    t.equal(new Set(given).size, 20)
    t.equal(given[0], 'app.2026-11-22T10-00-00Z.000001.log')
  },
)

t.test('a file of an earlier hour is rotated before the first line of the next, after a restart too', async t => {
  const folder = newFolder()
  const path = join(folder, 'app.log')
  const clock = setClock(at('2026-11-22T10:59:59.900Z'))
  t.teardown(clock.undo)
  let sink = openRotating({ path, frequency: 'hourly' })
  const log = (n: number, time: string) => {
    clock.now = at(time)
    sink.write(numbered(n), 50, Date.now())
    utimesSync(path, clock.now / 1000, clock.now / 1000)
  }
  log(0, '2026-11-22T10:59:59.900Z')
  log(1, '2026-11-22T10:59:59.999Z')
  log(2, '2026-11-22T11:00:00.000Z')
  log(3, '2026-11-22T11:30:00Z')
  // Set back by an hour: no file for that; later it goes on.
  log(4, '2026-11-22T10:30:00Z')
  await sink.close(enough)
  clock.now = at('2026-11-22T12:00:01Z')
  sink = openRotating({ path, frequency: 'hourly' })
  log(5, '2026-11-22T12:00:02Z')
  await sink.close(enough)
  const contents = [...rotated(folder), 'app.log'].map(name => numbers(readFileSync(join(folder, name), 'utf8')))
  t.same(contents, [[0, 1], [2, 3, 4], [5]])
  t.same(stampsOf(rotated(folder)), ['2026-11-22T10-59-59Z', '2026-11-22T10-59-59Z'])
})

t.test('the file of an hour is closed when the hour ends, though nobody logs', async t => {
  const folder = newFolder()
  const path = join(folder, 'app.log')
  const real = Date.now
  const shift = at('2026-11-22T10:59:59.950Z') - real()
  Date.now = () => real() + shift
  t.teardown(() => {
    Date.now = real
  })
  const sink = openRotating({ path, frequency: 'hourly' })
  sink.write(numbered(0), 50, Date.now())
  utimesSync(path, Date.now() / 1000, Date.now() / 1000)
  while (rotated(folder).length === 0) await new Promise(done => setTimeout(done, 5))
  t.equal(readFileSync(path, 'utf8'), '')
  await sink.close(enough)
})

t.test(
  'retention by count, total and age counts the files of earlier runs and touches nothing that is not ours',
  async t => {
    const folder = newFolder()
    const path = join(folder, 'app.log')
    const foreign = [
      'app.2026-11-22T10-00-00Z.000001.log.bak',
      'app.2026-11-22.log',
      'app.log.1',
      'app-2026-11-22T10-00-00Z.000001.log',
      'xapp.2026-11-22T10-00-00Z.000001.log',
      'app.2026-11-22T10-00-00Z.1.log',
      'app.2026-11-22T10-00-00Z.000009.txt',
      'appxlog',
    ]
    for (const name of foreign) writeFileSync(join(folder, name), 'foreign')
    mkdirSync(join(folder, 'app.2026-11-22T10-00-00Z.000003.log'))
    const fill = async (options: object, files: number) => {
      const sink = openRotating({ path, maxSize: 1024, ...options })
      for (let n = 0; n < files; n++) sink.write(numbered(n, 900), 50, Date.now())
      await tidied(sink)
      const names = rotated(folder).filter(name => !foreign.includes(name) && lstatSync(join(folder, name)).isFile())
      await sink.close(enough)
      return names
    }
    t.equal((await fill({}, 6)).length, 5)
    t.equal((await fill({ maxFiles: 4 }, 1)).length, 4)
    const kept = await fill({ maxFiles: 4 }, 3)
    t.equal(kept.length, 4)
    t.equal((await fill({ maxTotalSize: 2500 }, 0)).length, 2)
    const old = join(folder, kept.at(-1) ?? '')
    utimesSync(old, 1, 1)
    t.equal((await fill({ maxAge: 1000 * 3600 }, 0)).length, 1)
    t.notOk(existsSync(old))
    t.equal((await fill({ maxFiles: 0 }, 3)).length, 0)
    for (const name of foreign) t.ok(existsSync(join(folder, name)), name)
    t.ok(existsSync(join(folder, 'app.2026-11-22T10-00-00Z.000003.log')))
  },
)

t.test('rotated files are compressed, with the mode they had, and lose nothing by it', async t => {
  const folder = newFolder()
  const path = join(folder, 'app.log')
  const sink = openRotating({ path, maxSize: '20KiB', compress: 'gzip', mode: 0o600 })
  for (let n = 0; n < 1000; n++) sink.write(numbered(n, 100), 30, Date.now())
  sink.flushSync(0)
  await tidied(sink)
  await sink.close(enough)
  const names = rotated(folder)
  t.ok(names.length > 5)
  t.ok(
    names.every(name => name.endsWith('.log.gz')),
    names.join(' '),
  )
  t.equal(statSync(join(folder, names[0] ?? '')).mode & 0o777, 0o600)
  t.same(numbers(everything(folder), 100), upTo(1000))
})

t.test('what a killed process left half compressed is taken up at the next start', async t => {
  const folder = newFolder()
  const path = join(folder, 'app.log')
  let sink = openRotating({ path, maxSize: 1024 })
  for (let n = 0; n < 5; n++) sink.write(numbered(n, 900), 50, Date.now())
  await sink.close(enough)
  const [first = '', second = ''] = rotated(folder)
  writeFileSync(join(folder, `${first}.gz.tmp`), 'half of it')
  // Killed between the last two steps: both are whole.
  writeFileSync(join(folder, `${second}.gz`), gzipSync(readFileSync(join(folder, second))))
  sink = openRotating({ path, maxSize: 1024, compress: 'gzip' })
  await tidied(sink)
  await sink.close(enough)
  t.equal(rotated(folder).length, 4)
  t.ok(rotated(folder).every(name => name.endsWith('.gz')))
  t.notOk(readdirSync(folder).some(name => name.endsWith('.tmp')))
  t.same(numbers(everything(folder), 900), upTo(5))
})

t.test('a file that cannot be renamed is written on, with one warning, and rotated once it can be', async t => {
  const said = listen(t)
  const folder = newFolder()
  const path = join(folder, 'app.log')
  const sink = openRotating({ path, maxSize: 1024 }, 'stuck')
  const fs = require('node:fs') as { renameSync: unknown }
  const real = fs.renameSync
  fs.renameSync = () => {
    throw Object.assign(new Error('made up'), { code: 'EACCES' })
  }
  for (let n = 0; n < 20; n++) sink.write(numbered(n, 400), 50, Date.now())
  fs.renameSync = real
  t.same(numbers(readFileSync(path, 'utf8'), 400), upTo(20))
  t.equal(said.length, 1)
  t.match(
    said[0],
    /^hewn: stuck: cannot rotate .*app.log \(EACCES\): it is written on, past its limit, and tried again every 10 s/,
  )
  await sink.close(enough)
  const next = openRotating({ path, maxSize: 1024 })
  next.write(numbered(20, 400), 50, Date.now())
  await next.close(enough)
  t.equal(rotated(folder).length, 1)
  t.same(numbers(everything(folder), 400), upTo(21))
})

t.test('a file that cannot be opened anew after its rename gets its name back', async t => {
  listen(t)
  const folder = newFolder()
  const path = join(folder, 'app.log')
  const sink = openRotating({ path, maxSize: 1024 })
  const fs = require('node:fs') as { openSync: (...args: unknown[]) => number }
  const real = fs.openSync
  sink.write(numbered(0, 900), 50, Date.now())
  fs.openSync = (name, flags, ...rest) => {
    if (flags === 'a') throw Object.assign(new Error('made up'), { code: 'EMFILE' })
    return real(name, flags, ...rest)
  }
  sink.write(numbered(1, 900), 50, Date.now())
  fs.openSync = real
  t.same(numbers(readFileSync(path, 'utf8'), 900), [0, 1])
  t.same(rotated(folder), [])
  await sink.close(enough)
})

t.test('a rotated file can be renamed or emptied from outside as well', async t => {
  const folder = newFolder()
  const path = join(folder, 'app.log')
  const sink = openRotating({ path, maxSize: 2000 })
  let now = Date.now()
  const log = (n: number) => sink.write(numbered(n, 300), 50, now)
  log(0)
  renameSync(path, join(folder, 'taken'))
  now += 1001
  log(1)
  t.same(numbers(readFileSync(path, 'utf8'), 300), [1])
  log(2)
  log(3)
  truncateSync(path)
  for (let n = 4; n < 8; n++) log(n)
  t.same(rotated(folder), [], 'emptied, it has room again')
  t.same(numbers(readFileSync(path, 'utf8'), 300), [4, 5, 6, 7])
  await sink.close(enough)
})

t.test('two loggers of one process share a rotated file; closing one leaves it to the other', async t => {
  const folder = newFolder()
  const path = join(folder, 'app.log')
  const options = { path, maxSize: 1024 }
  const one = openRotating(options)
  const two = openRotating({ ...options, path: join(folder, '..', folder.split('/').pop() ?? '', 'app.log') })
  const plain = openFile({ path }, makeHost())
  for (let n = 0; n < 30; n += 3) {
    one.write(numbered(n, 100), 50, Date.now())
    two.write(numbered(n + 1, 100), 50, Date.now())
    plain.write(numbered(n + 2, 100), 50, Date.now())
  }
  await one.close(enough)
  await plain.close(enough)
  two.write(numbered(30, 100), 50, Date.now())
  await two.close(enough)
  t.same(numbers(everything(folder), 100), upTo(31))
})

t.test("what a full disk tears for one logger is not in the middle of the other one's lines", async t => {
  listen(t)
  const folder = newFolder()
  const options = { path: join(folder, 'app.log'), maxSize: 10_000 }
  const [one, two] = [openRotating(options), openRotating(options)]
  const undo = faulty([{ short: 30 }, 'ENOSPC'])
  one.write(numbered(1, 100), 50, Date.now())
  undo()
  two.write(numbered(0, 100), 50, Date.now())
  await one.close(enough)
  await two.close(enough)
  t.same(numbers(everything(folder), 100), [0, 1])
})

t.test('of a file that is there compressed and not, the compressed one stays, without compression too', async t => {
  const folder = newFolder()
  const name = 'app.2026-11-22T10-00-00Z.000001.log'
  writeFileSync(join(folder, name), numbered(0))
  writeFileSync(join(folder, `${name}.gz`), gzipSync(numbered(0)))
  const sink = openRotating({ path: join(folder, 'app.log'), maxSize: 1024 })
  await tidied(sink)
  await sink.close(enough)
  t.same(rotated(folder), [`${name}.gz`])
})

t.test('the options of the sink that was opened last hold, and those of the one before once it is closed', async t => {
  const folder = newFolder()
  const path = join(folder, 'app.log')
  const small = openRotating({ path, maxSize: 1024 })
  const large = openRotating({ path, maxSize: 100_000 })
  for (let n = 0; n < 20; n++) small.write(numbered(n, 200), 50, Date.now())
  t.same(rotated(folder), [])
  await large.close(enough)
  for (let n = 20; n < 40; n++) small.write(numbered(n, 200), 50, Date.now())
  t.ok(rotated(folder).length > 3)
  await small.close(enough)
  t.same(numbers(everything(folder), 200), upTo(40))
})

t.test('a disk that stalls is written to from another thread, and rotated all the same', async t => {
  listen(t)
  const folder = newFolder()
  const sink = openRotating({ path: join(folder, 'app.log'), maxSize: 10_000 })
  const undo = faulty([{ stall: 51 }, { stall: 51 }, { stall: 51 }])
  for (let n = 0; n < 2000; n++) sink.write(numbered(n, 100), 50, Date.now())
  t.match(await sink.flush(enough), { left: 0 })
  for (let n = 2000; n < 3000; n++) sink.write(numbered(n, 100), 50, Date.now())
  await sink.close(enough)
  undo()
  t.same(numbers(everything(folder), 100), upTo(3000))
  t.ok(rotated(folder).length > 30)
  t.ok(largest(folder) <= 10_000)
})

t.test('a symbolic link leads to the file, and only a link is replaced', async t => {
  const said = listen(t)
  const folder = newFolder()
  const path = join(folder, 'app.log')
  const open = async (symlink: string) => openRotating({ path, maxSize: 1024, symlink }).close(enough)
  await open('current.log')
  t.equal(readlinkSync(join(folder, 'current.log')), 'app.log')
  rmSync(join(folder, 'current.log'))
  writeFileSync(join(folder, 'current.log'), 'mine')
  await open('current.log')
  t.equal(readFileSync(join(folder, 'current.log'), 'utf8'), 'mine')
  t.match(said.join(''), /no symbolic link .*current.log: something is there/)
  await open('../link-to-app.log')
  t.same(readFileSync(join(folder, '../link-to-app.log'), 'utf8'), '')
  // Opened by the link, it is the same file.
  const one = openRotating({ path, maxSize: 1024 })
  const two = openRotating({ path: join(folder, '../link-to-app.log'), maxSize: 1024 })
  for (let n = 0; n < 10; n++) (n % 2 ? one : two).write(numbered(n, 600), 50, Date.now())
  await one.close(enough)
  await two.close(enough)
  t.same(numbers(everything(folder), 600), upTo(10))
})

t.test('options that cannot be meant are answered with what was expected', async t => {
  const path = join(newFolder(), 'app.log')
  const message = (options: object) => {
    try {
      openRotating({ path, ...options })
    } catch (error) {
      return (error as Error).message
    }
    return 'opened'
  }
  t.equal(
    message({ maxSize: '10 apples' }),
    "file maxSize: found '10 apples', expected a size such as '10MiB' or '500kB' (KiB, MiB, GiB: 1024; kB, MB, GB: 1000), or bytes as a number",
  )
  t.equal(message({ maxSize: 100 }), 'file maxSize: found 100 bytes, expected at least 1024 bytes')
  t.equal(
    message({ maxFiles: 3 }),
    'file: found maxFiles alone, expected maxSize or frequency beside it: without one of them no file is rotated',
  )
  t.match(message({ path: '/dev/null', maxSize: 2000 }), /found a pipe or device, expected a regular file/)
})

const root0 = process.getuid?.() === 0 ? false : 'only root can give a file away'
t.test(
  'a file that is made gets the owner asked for, also after rotation and compression',
  { skip: root0 },
  async t => {
    const folder = newFolder()
    chmodSync(folder, 0o777)
    const path = join(folder, 'app.log')
    const sink = openRotating({ path, maxSize: 1024, compress: 'gzip', uid: 65534, gid: 12345, mode: 0o640 })
    for (let n = 0; n < 3; n++) sink.write(numbered(n, 900), 50, Date.now())
    await tidied(sink)
    await sink.close(enough)
    for (const name of [...rotated(folder), 'app.log']) {
      const { uid, gid, mode } = statSync(join(folder, name))
      t.same([uid, gid, mode & 0o777], [65534, 12345, 0o640], name)
    }
  },
)

const mount = join(root, 'tmpfs')
mkdirSync(mount)
const small = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'hewn-test', mount]).status === 0
const needsMount = small ? false : 'a small tmpfs could not be mounted: not root'
t.test(
  'on a full file system rotation goes on when there is room, and every line is written or counted',
  { skip: needsMount },
  async t => {
    t.teardown(() => spawnSync('umount', [mount]))
    listen(t)
    const sink = openRotating({ path: join(mount, 'app.log'), maxSize: 10_000, maxBuffer: 30_000 })
    const taken: string[] = []
    const makeRoom = () => {
      for (const name of rotated(mount)) {
        taken.push(readFileSync(join(mount, name), 'utf8'))
        rmSync(join(mount, name))
      }
    }
    for (let n = 0; n < 4000; n++) {
      sink.write(numbered(n, 60), 30, Date.now())
      if (n % 7 === 0) sink.flushSync(0)
      if (n % 1500 !== 1499) continue
      t.equal(sink.stats().state, 'down')
      makeRoom()
    }
    makeRoom()
    t.match(await sink.close(enough), { left: 0 })
    const { sent, dropped } = sink.stats()
    const lost = dropped.get(30) ?? 0
    t.ok(lost > 0)
    t.ok(largest(mount) <= 10_000)
    const lines = (taken.join('') + everything(mount))
      .split('\n')
      .filter(line => line !== '' && !line.startsWith('{"lost"'))
    const found = numbers(`${lines.join('\n')}\n`, 60).map(Number)
    t.equal(found.length, sent)
    t.equal(sent + lost, 4000)
    t.ok(
      found.every((n, i) => i === 0 || n > (found[i - 1] ?? 0)),
      'in order',
    )
  },
)
