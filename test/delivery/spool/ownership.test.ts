import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Custody } from '../../../lib/delivery/spool/custody'
import { ownerPath } from '../../../lib/delivery/spool/home'
import type { SpoolSink } from '../../../lib/delivery/spool/sink'
import { drain, line, makeCustody, makeFolder, makeSink, numbersOf } from './fixtures/spool'

interface Scene {
  readonly root: string
  /** A dead process's directory with five lines. */
  readonly folder: string
  readonly sink: SpoolSink
  readonly custody: Custody
  end(): Promise<void>
}

async function scene(changes: object = {}, transports = ['elastic', 'graylog']): Promise<Scene> {
  const root = makeFolder()
  const dead = makeSink(root)
  const folder = join(root, dead.id!)
  for (let n = 0; n < 5; n++) dead.write(line(n, 40), 40, Date.now())
  await dead.close(0)
  dead.release()
  const owner = JSON.parse(readFileSync(ownerPath(folder), 'utf8')) as object
  writeFileSync(ownerPath(folder), JSON.stringify({ ...owner, ...changes }))
  const sink = makeSink(root)
  const custody = makeCustody(root, sink.id!, { transports })
  const end = async (): Promise<void> => {
    custody.close()
    await sink.close(0)
    sink.release()
  }
  return { root, folder, sink, custody, end }
}

/** Lets time pass on the clock that nobody sets. */
function pass(test: Pick<typeof t, 'teardown'>): (ms: number) => void {
  const real = performance.now.bind(performance)
  let ahead = 0
  performance.now = () => real() + ahead
  test.teardown(() => {
    performance.now = real
  })
  return ms => {
    ahead += ms
  }
}

t.test('a process id that lives again fools nobody: the lock says who is dead', async t => {
  const { folder, custody, end } = await scene({ pid: process.pid, thread: 0 })
  const taken = await custody.scan()
  const adopted = taken.find(holding => holding.folder === folder)
  t.same(numbersOf(await drain(adopted!.source('elastic'))), [0, 1, 2, 3, 4])
  await end()
})

t.test(
  "another machine's directory is let be while it gives signs of life, and adopted after ten minutes without",
  async t => {
    const later = pass(t)
    const { folder, custody, end } = await scene({ host: 'another', boot: 'another' })
    const isTaken = async (): Promise<boolean> => (await custody.scan()).some(holding => holding.folder === folder)
    t.equal(await isTaken(), false)
    later(590_000)
    t.equal(await isTaken(), false)
    const { mtimeMs } = statSync(ownerPath(folder))
    utimesSync(ownerPath(folder), mtimeMs / 1000 + 60, mtimeMs / 1000 + 60)
    later(20_000)
    t.equal(await isTaken(), false, 'it lives')
    later(590_000)
    t.equal(await isTaken(), false)
    later(20_000)
    t.equal(await isTaken(), true)
    await end()
  },
)

t.test('a directory of a later version, or whose owner nobody can read, is left alone, and that is said', async t => {
  for (const content of [undefined, '', '{"v":1,"id":"half']) {
    const { folder, custody, end } = await scene({ v: 2 })
    if (content !== undefined) writeFileSync(ownerPath(folder), content)
    t.equal((await custody.scan()).length, 1, 'its own')
    await custody.tidy()
    t.ok(existsSync(join(folder, '00000001.seg')))
    await end()
  }
})

t.test('a process that has no directory itself adopts nothing: nobody could see that it lives', async t => {
  const { root, end } = await scene()
  const nobody = makeCustody(root, '0123456789abcdef')
  t.same(await nobody.scan(), [])
  await end()
})

t.test(
  'lines for a transport that was taken out wait for maxAge, then they are counted and their place goes',
  async t => {
    const forgotten: [string, number][] = []
    const { root, folder, sink, end } = await scene({}, ['elastic'])
    const only = (): Custody =>
      makeCustody(root, sink.id!, {
        transports: ['elastic'],
        maxAge: 3_600_000,
        forgotten: (name, lines) => forgotten.push([name, lines]),
      })
    const first = only()
    const holding = (await first.scan()).find(({ settled }) => settled)!
    t.equal((await drain(holding.source('elastic'))).length, 5)
    await first.tidy()
    first.close()
    t.ok(existsSync(folder), "graylog's lines wait")
    t.same(forgotten, [])
    const old = (Date.now() - 3_700_000) / 1000
    utimesSync(join(folder, '00000001.seg'), old, old)
    const second = only()
    await second.scan()
    await second.tidy()
    t.same(forgotten, [['graylog', 5]])
    t.notOk(existsSync(folder))
    second.close()
    await end()
  },
)

t.test('where a shipper has not opened a transport yet, its lines stay, whatever the others have read', async t => {
  const root = makeFolder()
  const writer = makeSink(root, { role: 'sidecar' })
  const folder = join(root, writer.id!)
  writer.write(line(0), 30, Date.now())
  await writer.close(0)
  const home = makeSink(root)
  const custody = makeCustody(root, home.id!, { role: 'shipper' })
  const [holding] = await custody.scan()
  await custody.tidy()
  t.ok(existsSync(folder), 'nobody has read it')
  t.equal((await drain(holding!.source('elastic'))).length, 1)
  await custody.tidy()
  t.ok(existsSync(folder), 'one has')
  t.equal((await drain(holding!.source('graylog'))).length, 1)
  await custody.tidy()
  t.notOk(existsSync(folder), 'both have')
  custody.close()
  await home.close(0)
  home.release()
})

t.test('a place that cannot be written is kept, and written as soon as it can be', async t => {
  const { folder, custody, end } = await scene()
  const holding = (await custody.scan()).find(({ settled }) => settled)!
  const fs = require('node:fs') as { openSync: (...args: unknown[]) => number }
  const real = fs.openSync
  fs.openSync = (path, ...rest) => {
    if (String(path).endsWith('.cursor') && rest[0] !== 0) throw Object.assign(new Error('made up'), { code: 'EROFS' })
    return real(path, ...rest)
  }
  const source = holding.source('elastic')
  const lines = await source.read(2, 1e6)
  source.commit(lines[1]!.position, { sent: 2, dead: 0 })
  fs.openSync = real
  source.rewind()
  t.same(numbersOf(await source.read(10, 1e6)), [2, 3, 4], 'it goes on')
  custody.close()
  t.ok(existsSync(join(folder, 'elastic.cursor')), 'written when it is let go of')
  await end()
})
