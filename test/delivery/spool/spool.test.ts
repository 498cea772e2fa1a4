import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { cursorPath } from '../../../lib/delivery/spool/cursor'
import { drain, line, makeCustody, makeFolder, makeSink, numbersOf } from './fixtures/spool'

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)

t.test('a transport gets the lines of its levels, in order, each once, with ids that never change', async t => {
  const root = makeFolder()
  const sink = makeSink(root, { durability: 'turn' })
  for (const n of range(0, 10)) sink.write(line(n), n % 3 === 0 ? 40 : 30, Date.now())
  await sink.flush(1000)
  const custody = makeCustody(root, sink.id!)
  const [holding] = await custody.scan()
  const first = await holding!.source('elastic').read(4, 1e6)
  t.same(numbersOf(first), [0, 1, 2, 3])
  holding!.source('elastic').rewind()
  const lines = await drain(holding!.source('elastic'), 3)
  t.same(numbersOf(lines), range(0, 10))
  t.equal(first[3]?.id, lines[3]?.id)
  t.equal(new Set(lines.map(({ id }) => id)).size, 10)
  t.equal(holding!.source('elastic').backlog().lines, 0)
  t.not(holding!.source('graylog').backlog().lines, 0)
  t.same(numbersOf(await drain(holding!.source('graylog'))), [0, 3, 6, 9])
  custody.close()
  await sink.close(100)
  sink.release()
})

t.test('a commit in the middle of a turn is kept, and the rest comes again, to whoever adopts it', async t => {
  const root = makeFolder()
  const sink = makeSink(root, { durability: 'turn' })
  for (const n of range(0, 10)) sink.write(line(n), 30, 0)
  await sink.flush(1000)
  const custody = makeCustody(root, sink.id!)
  const [holding] = await custody.scan()
  const source = holding!.source('elastic')
  const some = await source.read(7, 1e6)
  source.commit(some[3]!.position, { sent: 4, dead: 0 })
  const other = makeSink(root)
  const adopter = makeCustody(root, other.id!)
  t.equal((await adopter.scan()).length, 1, 'a living one is left alone')
  custody.close()
  await sink.close(100)
  sink.release()
  const [adopted] = await adopter.scan()
  t.equal(adopted?.owner.id, holding!.owner.id)
  t.same(numbersOf(await drain(adopted!.source('elastic'))), range(4, 10))
  t.same(await drain(adopted!.source('graylog')), [])
  await adopter.tidy()
  t.notOk(existsSync(adopted!.folder), 'what is delivered is removed')
  adopter.close()
  await other.close(100)
  other.release()
})

t.test('of several who would adopt a directory, one does', async t => {
  const root = makeFolder()
  const sink = makeSink(root)
  sink.write(line(1), 30, 0)
  await sink.close(100)
  sink.release()
  const starters = range(0, 8).map(() => makeSink(root))
  const custodies = starters.map(starter => makeCustody(root, starter.id!))
  const taken = await Promise.all(custodies.map(custody => custody.scan()))
  t.equal(taken.flat().length, 9)
  for (const custody of custodies) custody.close()
  for (const starter of starters) {
    await starter.close(100)
    starter.release()
  }
})

t.test('what a bound takes away is counted by level, for each transport, less what it had done', async t => {
  const root = makeFolder()
  const sink = makeSink(root, { maxBytes: 512 * 1024 })
  const custody = makeCustody(root, sink.id!)
  const [holding] = await custody.scan()
  const pad = 'x'.repeat(4000)
  const issue = (n: number) => sink.write(`${JSON.stringify({ n, pad })}\n`, n % 2 === 0 ? 30 : 40, Date.now())
  for (const n of range(0, 10)) issue(n)
  const source = holding!.source('elastic')
  const early = await source.read(5, 1e6)
  source.commit(early[4]!.position, { sent: 5, dead: 0 })
  source.rewind()
  for (const n of range(10, 400)) issue(n)
  const lines = await drain(source)
  const lost = lines.flatMap(({ text }) => (JSON.parse(text) as { lost?: [number, number][] }).lost ?? [])
  const counts = new Map<number, number>()
  for (const [level, count] of lost) counts.set(level, (counts.get(level) ?? 0) + count)
  const got = [...numbersOf(early), ...numbersOf(lines)]
  for (const [level, odd] of [
    [30, 0],
    [40, 1],
  ] as const) {
    t.equal(got.filter(n => n % 2 === odd).length + counts.get(level)!, 200, `level ${level}`)
  }
  const bytes = readdirSync(holding!.folder)
    .filter(name => name.endsWith('.seg'))
    .reduce((sum, name) => sum + readFileSync(join(holding!.folder, name)).length, 0)
  t.ok(bytes <= 512 * 1024 + 8192, `${bytes} bytes`)
  const graylog = await drain(holding!.source('graylog'))
  const missing = graylog.flatMap(({ text }) => (JSON.parse(text) as { lost?: [number, number][] }).lost ?? [])
  t.equal(numbersOf(graylog).length + missing.reduce((sum, [, count]) => sum + count, 0), 200)
  custody.close()
  await sink.close(100)
  sink.release()
})

t.test('a place survives a damaged slot, and two damaged ones mean from the beginning', async t => {
  const root = makeFolder()
  const sink = makeSink(root)
  for (const n of range(0, 6)) sink.write(line(n), 30, 0)
  const custody = makeCustody(root, sink.id!)
  const [holding] = await custody.scan()
  const source = holding!.source('elastic')
  for (const line of await source.read(3, 1e6)) source.commit(line.position, { sent: 1, dead: 0 })
  const path = cursorPath(holding!.folder, 'elastic')
  const good = readFileSync(path)
  for (const damage of [[0], [512], [0, 512]]) {
    const bytes = Buffer.from(good)
    for (const at of damage) bytes[at + 20]! ^= 1
    writeFileSync(path, bytes)
    const again = makeCustody(root, sink.id!)
    const [held] = await again.scan()
    const first = numbersOf(await held!.source('elastic').read(1, 1e6))[0]!
    t.ok(damage.length === 2 ? first === 0 : first === 2 || first === 3, `${damage} → ${first}`)
    again.close()
  }
  custody.close()
  await sink.close(100)
  sink.release()
})
