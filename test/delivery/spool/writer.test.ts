import { closeSync, fstatSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { segmentPath } from '../../../lib/delivery/spool/segment'
import { SegmentWriter, type Write } from '../../../lib/delivery/spool/writer'

t.test('a segment that is ended while several writes are under way is closed after the last, and once', async t => {
  const folder = join(t.testdir({}), 'spool')
  mkdirSync(folder)
  const spool = '0123456789abcdef'
  const options = { folder, spool, routes: ['http'], segmentBytes: 1_000_000, segmentAge: 3_600_000, fsync: false }
  const writer = new SegmentWriter(options)
  const prepare = (n: number): Write => writer.prepare(`{"n":${n}}\n`, 1, [{ level: 30, mask: 1, lines: 1 }], true)
  const launch = (write: Write): Promise<NodeJS.ErrnoException | null> =>
    new Promise(done => writer.launch(write, done))
  const first = prepare(0)
  const { fd } = first
  // As when the application cannot wait: made again here, and the next one launched on the same descriptor.
  const launched = launch(first)
  writer.put(first)
  const second = launch(prepare(1))
  const third = launch(prepare(1))
  writer.endSegment()
  // Whoever opens a file now must not get the number of one that is still written to.
  const other = openSync(__filename, 'r')
  t.teardown(() => closeSync(other))
  t.not(other, fd)
  t.same(await Promise.all([launched, second, third]), [null, null, null])
  t.throws(() => fstatSync(fd), { code: 'EBADF' })
  t.match(readFileSync(segmentPath(folder, 1), 'utf8'), /\{"n":0\}\n@1 .*\n\{"n":1\}\n$/)
})
