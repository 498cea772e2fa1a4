import { execFile } from 'node:child_process'
import { appendFileSync, closeSync, openSync, readdirSync, writeSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import t from 'tap'
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

/** A writer that is still there, with lines `{"n":0}` and so on, every third of them a warning. */
function write(test: Pick<typeof t, 'testdir' | 'teardown'>, count: number): { root: string; sink: SpoolSink } {
  const root = join(test.testdir({}), 'spool')
  const sink = new SpoolSink({
    name: 'spool',
    root,
    role: 'application',
    service: 'checkout',
    routes: [
      { name: 'elastic', min: 0 },
      { name: 'graylog', min: 40 },
    ],
    durability: 'line',
    exitTimeout: 100,
    minFree: 0,
    lossLine: () => '',
  })
  for (let n = 0; n < count; n++) sink.write(`{"n":${n}}\n`, n % 3 === 0 ? 40 : 30, 0)
  test.teardown(async () => {
    await sink.close(1000)
    sink.release()
  })
  return { root, sink }
}

t.test('ls shows what waits, for whom, and that its writer lives', async t => {
  const { root, sink } = write(t, 10)
  const { stdout, stderr, status } = await spool(['ls', root], root)
  t.match({ stderr, status }, { stderr: '', status: 0 })
  const [head, line, ...rest] = stdout.trimEnd().split('\n')
  t.match(head, /^ID +WRITER +SERVICE +WAITING +BYTES +OLDEST +FOR$/)
  t.match(line, new RegExp(`^${sink.id} +living, ${process.pid} +checkout +10 +80 +\\S+ +elastic 10, graylog 4$`))
  t.same(rest, [])
})

t.test('export gives every line as it was written, or those for one transport', async t => {
  const { root, sink } = write(t, 10)
  const all = await spool(['export', root], root)
  t.equal(all.stdout, Array.from({ length: 10 }, (_, n) => `{"n":${n}}\n`).join(''))
  const some = await spool(['export', '--to', 'graylog', join(root, sink.id!)], root)
  t.equal(some.stdout, [0, 3, 6, 9].map(n => `{"n":${n}}\n`).join(''))
})

t.test('tail gives the last lines, of the spool that an application here would have', async t => {
  const { root } = write(t, 30)
  const { stdout } = await spool(['tail', '-n', '2'], root)
  t.equal(stdout, '{"n":28}\n{"n":29}\n')
})

t.test('check says where a segment is damaged, and export gives what is whole around it', async t => {
  const { root, sink } = write(t, 10)
  const folder = join(root, sink.id!)
  const segment = join(folder, readdirSync(folder).find(name => name.endsWith('.seg'))!)
  const { stdout: whole } = await spool(['check', root], root)
  t.equal(whole, `${sink.id}  10 lines, whole\n`)
  const fd = openSync(segment, 'r+')
  writeSync(fd, '#', 250)
  closeSync(fd)
  appendFileSync(segment, '@1 this is no frame\n@1 nor is this\n')
  const checked = await spool(['check', root], root)
  t.equal(checked.status, 1)
  t.match(checked.stdout, / {2}9 lines, 1 damaged place\n$/)
  t.match(checked.stderr, /00000001\.seg: bytes \d+ to \d+ are damaged\n/)
  const exported = await spool(['export', root], root)
  t.equal(exported.status, 1)
  t.equal(exported.stdout.split('\n').length - 1, 9)
})

t.test('what is wrong is told, with the nearest', async t => {
  const root = join(t.testdir({}), 'spool')
  t.match(await spool(['exprt', root], root), { status: 2, stderr: /found 'exprt', .* did you mean 'export'\?/ })
  t.match(await spool(['ls', root], root), { status: 1, stderr: /found no spool, expected the folder of a spool/ })
})
