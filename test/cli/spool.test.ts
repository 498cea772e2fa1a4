import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import t from 'tap'
import { Cursor, START } from '../../lib/delivery/spool/cursor'
import { SpoolSink } from '../../lib/delivery/spool/sink'

const program = resolve(__dirname, '../../lib/cli/main.js')

interface Ran {
  readonly stdout: string
  readonly stderr: string
  readonly status: number
}

function spool(args: readonly string[], root: string): Promise<Ran> {
  const env = { PATH: process.env['PATH'], HEWN_SPOOL: root }
  return new Promise(done => {
    execFile(process.execPath, [program, 'spool', ...args], { env, cwd: dirname(root) }, (error, stdout, stderr) =>
      done({ stdout, stderr, status: typeof error?.code === 'number' ? error.code : 0 }),
    )
  })
}

type Tap = Pick<typeof t, 'testdir' | 'teardown'>

interface Written {
  readonly root: string
  readonly folder: string
  readonly sink: SpoolSink
}

/** A writer that is still there, with lines `{"n":0}` and so on, every third of them a warning. */
function write(test: Tap, count: number, options: { role?: 'sidecar'; root?: string; from?: number } = {}): Written {
  const { role = 'application', root = join(test.testdir({}), 'spool'), from = 0 } = options
  const sink = new SpoolSink({
    name: 'spool',
    root,
    role,
    service: 'checkout',
    routes:
      role === 'sidecar'
        ? [{ name: 'spool', min: 0 }]
        : [
            { name: 'elastic', min: 0 },
            { name: 'graylog', min: 40 },
          ],
    durability: 'line',
    exitTimeout: 100,
    minFree: 0,
    lossLine: () => '',
  })
  add(sink, from, from + count)
  test.teardown(async () => {
    await sink.close(1000)
    sink.release()
  })
  return { root, folder: join(root, sink.id!), sink }
}

function add(sink: SpoolSink, from: number, to: number): void {
  for (let n = from; n < to; n++) sink.write(`{"n":${n}}\n`, n % 3 === 0 ? 40 : 30, 0)
}

function lines(from: number, to: number): string {
  return Array.from({ length: to - from }, (_, n) => `{"n":${from + n}}\n`).join('')
}

/** What a shipper leaves behind that has delivered everything before line number `next`. */
function delivered(folder: string, name: string, next: number): void {
  const cursor = Cursor.at(folder, name)
  cursor.write({ ...START, segment: 1, next })
  cursor.close()
}

function segmentOf(folder: string): string {
  return join(folder, readdirSync(folder).find(name => name.endsWith('.seg'))!)
}

/** Frames of the one segment, as text, from the first byte on; each is of one line. */
function frames(segment: string): string[] {
  return readFileSync(segment, 'latin1').split(/(?=^@1 )/m)
}

t.test('ls shows what waits, for whom, and that its writer lives', async t => {
  const { root, folder, sink } = write(t, 10)
  delivered(folder, 'elastic', 5)
  const { stdout, stderr, status } = await spool(['ls', root], root)
  t.match({ stderr, status }, { stderr: '', status: 0 })
  const [head, line, ...rest] = stdout.trimEnd().split('\n')
  t.match(head, /^ID +WRITER +SERVICE +WAITING +BYTES +OLDEST +FOR$/)
  t.match(line, new RegExp(`^${sink.id} +living, ${process.pid} +checkout +8 +64 +\\S+ +elastic 6, graylog 4$`))
  t.same(rest, [])
})

t.test("ls shows how far the sidecar's own transports have come with what spool() wrote", async t => {
  const { root, folder } = write(t, 10, { role: 'sidecar' })
  t.match((await spool(['ls', root], root)).stdout, / 10 +80 +\S+ +no sidecar yet\n$/)
  delivered(folder, 'elastic', 8)
  delivered(folder, 'Über/log', 11)
  t.match((await spool(['ls', root], root)).stdout, / 3 +24 +\S+ +elastic 3, Über\/log 0\n$/)
  const some = await spool(['export', '--to', 'elastic', root], root)
  t.match(some, { stdout: lines(0, 10), stderr: '', status: 0 })
})

t.test('export gives every line as it was written, or those for one transport', async t => {
  const { root, folder } = write(t, 10)
  t.match(await spool(['export', root], root), { stdout: lines(0, 10), stderr: '', status: 0 })
  const some = await spool(['export', '--to', 'graylog', folder], root)
  t.equal(some.stdout, [0, 3, 6, 9].map(n => `{"n":${n}}\n`).join(''))
})

t.test('a frame that was written twice is read once, and lines taken out of the middle are missed', async t => {
  const { root, folder, sink } = write(t, 10)
  const segment = segmentOf(folder)
  const [head = '', ...all] = frames(segment)
  writeFileSync(segment, head + all.slice(0, 5).join('') + all.slice(3).join(''), 'latin1')
  t.match(await spool(['export', root], root), { stdout: lines(0, 10), stderr: '', status: 0 })
  writeFileSync(segment, head + all.slice(0, 3).join('') + all.slice(5).join(''), 'latin1')
  const checked = await spool(['check', root], root)
  t.match(checked, { stdout: `${sink.id}  8 lines, 2 lines missing\n`, status: 1 })
  t.match(checked.stderr, `${folder}: lines 4 to 5 are missing\n`)
  delivered(folder, 'elastic', 6)
  t.match(await spool(['check', root], root), { status: 1 }, 'graylog has not come by them')
  delivered(folder, 'graylog', 6)
  t.match(await spool(['check', root], root), { stdout: `${sink.id}  8 lines, whole\n`, stderr: '', status: 0 })
})

t.test('check says where a segment is damaged, and export gives what is whole around it', async t => {
  const { root, folder, sink } = write(t, 10)
  const segment = segmentOf(folder)
  t.match(await spool(['check', root], root), { stdout: `${sink.id}  10 lines, whole\n`, status: 0 })
  const [head = '', ...all] = frames(segment)
  const from = head.length + all[0]!.length
  all[1] = all[1]!.replace('{', '#')
  writeFileSync(segment, head + all.join(''), 'latin1')
  // Half of a frame at the end of a living writer's segment is being written.
  appendFileSync(segment, '@1 8 11')
  const checked = await spool(['check', root], root)
  t.match(checked, { stdout: `${sink.id}  9 lines, 1 damaged place, 1 line missing\n`, status: 1 })
  t.match(checked.stderr, `${segment}: bytes ${from} to ${from + all[1].length} are damaged\n`)
  const exported = await spool(['export', root], root)
  t.match(exported, { stdout: lines(0, 1) + lines(2, 10), stderr: /are damaged\n/, status: 1 })
})

t.test('lines come out of a directory whose owner.json and whose segment have lost their beginnings', async t => {
  const { root, folder, sink } = write(t, 10)
  const { id } = sink
  const segment = segmentOf(folder)
  await sink.close(1000)
  sink.release()
  writeFileSync(segment, readFileSync(segment, 'latin1').replace('#hewn', '#HEWN'), 'latin1')
  t.equal((await spool(['export', '--to', 'graylog', root], root)).stdout, '{"n":0}\n{"n":3}\n{"n":6}\n{"n":9}\n')
  rmSync(join(folder, 'owner.json'))
  const { stdout, stderr, status } = await spool(['check', root], root)
  t.match({ stdout, status }, { stdout: `${id}  10 lines, 2 damaged places\n`, status: 1 })
  t.match(stderr, /its owner\.json cannot be read: nobody ships its lines\n.*bytes 0 to \d+ are damaged\n/)
  t.equal((await spool(['export', root], root)).stdout, lines(0, 10))
})

t.test('tail gives the last lines, of the spool that an application here would have', async t => {
  const { root } = write(t, 30)
  t.match(await spool(['tail', '-n', '2'], root), { stdout: lines(28, 30), stderr: '', status: 0 })
  t.equal((await spool(['tail', '-n', '0'], root)).stdout, '')
  t.equal((await spool(['tail', '-n', '2', '--to', 'graylog'], root)).stdout, '{"n":24}\n{"n":27}\n')
  write(t, 2, { root, from: 30 })
  t.equal((await spool(['tail', '-n', '3'], root)).stdout.split('\n').length - 1, 3, 'of all writers together')
})

/** Resolves when it has written `text` and nothing else since the last time. */
async function shows(stream: Readable, text: string): Promise<void> {
  let shown = ''
  while (shown.length < text.length) {
    const some = stream.read() as string | null
    if (some === null) await once(stream, 'readable')
    else shown += some
  }
  if (shown !== text) throw new Error(`found ${JSON.stringify(shown)}, expected ${JSON.stringify(text)}`)
}

t.test('tail follows a writer, one that comes later, and nothing twice; it ends quietly with its reader', async t => {
  const root = join(t.testdir({}), 'spool')
  const args = [program, 'spool', 'tail', '-f', '-n', '2', root]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 })
  child.stdout.setEncoding('utf8')
  child.stderr.setEncoding('utf8')
  // It has looked by then: what comes now is new, however few lines were asked for.
  await shows(child.stderr, `nothing is in ${root} yet\n`)
  const { sink } = write(t, 3, { root })
  await shows(child.stdout, lines(0, 3))
  add(sink, 3, 8)
  await shows(child.stdout, lines(3, 8))
  const second = write(t, 2, { root, from: 100 })
  await shows(child.stdout, lines(100, 102))
  child.stdout.destroy()
  const closed = once(child, 'close') as Promise<[number]>
  add(second.sink, 200, 202)
  const [code] = await closed
  t.equal(code, 141)
  t.equal(child.stderr.read(), null)
})

t.test('where everything is delivered, nothing waits', async t => {
  const root = join(t.testdir({}), 'spool')
  mkdirSync(root)
  t.match(await spool(['ls', root], root), { stdout: `nothing waits in ${root}\n`, stderr: '', status: 0 })
  t.match(await spool(['export', root], root), { stdout: '', stderr: '', status: 0 })
})

t.test('what is wrong is told, with the nearest', async t => {
  const { root } = write(t, 1)
  for (const [args, status, stderr] of [
    [['exprt', root], 2, /found 'exprt', .* did you mean 'export'\?/],
    [['ls', '-n', '3'], 2, /^--lines: found 'hewn spool ls', expected 'hewn spool tail'\n$/],
    [['tail', '-n', 'few'], 2, /^--lines: found 'few', expected a whole number\n$/],
    [['ls', root, root], 2, /^hewn spool: found '.*', expected one folder\n$/],
    [['export', '--to', 'elastc'], 1, /^--to: found 'elastc', expected 'elastic', 'graylog'; did you mean 'elastic'\?/],
    [['ls', join(root, 'not')], 1, /not: found no such folder, expected the folder of a spool, or of one writer/],
    [['ls', program], 1, /main\.js: found a file, expected the folder of a spool/],
  ] as const) {
    t.match(await spool(args, root), { status, stderr, stdout: '' }, args.join(' '))
  }
})
