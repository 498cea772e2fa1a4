import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { upTo } from '../support/numbers'
import { HttpReceiver } from '../support/receivers/http-receiver'

const program = resolve(__dirname, '../../lib/cli/main.js')
const APP = join(__dirname, 'fixtures/spooling.js')

type Tap = Pick<typeof t, 'testdir' | 'teardown'>

interface Scene {
  readonly receiver: HttpReceiver
  readonly url: string
  readonly dir: string
  readonly folder: string
}

async function scene(test: Tap): Promise<Scene> {
  const receiver = new HttpReceiver()
  const url = await receiver.start()
  test.teardown(() => receiver.stop())
  const folder = test.testdir({})
  return { receiver, url, dir: join(folder, 'spool'), folder }
}

function ship(args: readonly string[], spool: string): ChildProcessWithoutNullStreams {
  const env = { PATH: process.env['PATH'], HEWN_SPOOL: spool }
  return spawn(process.execPath, [program, 'ship', ...args], { env, cwd: dirname(spool), timeout: 60_000 })
}

function app(task: object): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [APP, JSON.stringify(task)], { timeout: 60_000 })
}

async function ended(child: ChildProcessWithoutNullStreams): Promise<{ code: number | null; stderr: string }> {
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')])
  return { code: code as number | null, stderr }
}

/** Resolves when the process has said something that matches. */
function says(child: ChildProcessWithoutNullStreams, pattern: RegExp): Promise<void> {
  return new Promise(done => {
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (some: string) => {
      said += some
      if (pattern.test(said)) done()
    })
  })
}

t.test('lines of any logger and of none arrive as lines of hewn', async t => {
  const at = await scene(t)
  const child = ship(['--to', 'http', '--url', at.url, '--service', 'checkout'], at.dir)
  child.stdin.end(
    [
      '{"level":"warn","time":"2026-11-22T10:00:00.000Z","msg":"own","price":1.50}',
      '{"level":50,"time":1763800000000,"pid":7,"hostname":"h","msg":"of pino"}',
      'Listening on 3000',
      '',
      'caf\u00e9, no line break',
    ].join('\n'),
  )
  t.same(await ended(child), { code: 0, stderr: '' })
  t.same(at.receiver.mistakes, [])
  const lines = at.receiver.stored.map(({ hewn_id: _, ...line }) => line)
  t.match(lines, [
    { level: 'warn', time: '2026-11-22T10:00:00.000Z', msg: 'own' },
    { level: 'error', time: '2025-11-22T08:26:40.000Z', msg: 'of pino', pid: 7, host: 'h' },
    { level: 'info', msg: 'Listening on 3000', service: 'checkout', time: /Z$/ },
    { level: 'info', msg: 'caf\u00e9, no line break', service: 'checkout' },
  ])
  t.equal(lines.length, 4)
})

t.test('a line that is too long arrives cut and marked, and the next one whole', async t => {
  const at = await scene(t)
  const child = ship(['--to', 'http', '--url', at.url], at.dir)
  child.stdin.end(`${'x'.repeat(5_000_000)}\nnext\n`)
  t.same(await ended(child), { code: 0, stderr: '' })
  const [long, next] = at.receiver.stored
  t.match(String(long?.['msg']), /^x{1048576}\[cut: longer than 1048576 characters\]$/)
  t.match(next, { msg: 'next' })
})

t.test('killed after it has read, it loses nothing: the next start sends it, once', async t => {
  const at = await scene(t)
  at.receiver.always = { status: 503 }
  const first = ship(['--to', 'http', '--url', at.url], at.dir)
  const down = says(first, /is down: /)
  // In one piece that is read at once, so that a refusal tells that all of it is in the spool.
  first.stdin.write(
    upTo(100)
      .map(n => `{"level":"info","time":"2026-11-22T10:00:00.000Z","n":${n}}\n`)
      .join(''),
  )
  await down
  first.kill('SIGKILL')
  await once(first, 'close')
  t.equal(at.receiver.stored.length, 0)
  at.receiver.always = undefined
  const second = ship(['--to', 'http', '--url', at.url], at.dir)
  second.stdin.end('{"level":"info","time":"2026-11-22T10:00:00.000Z","n":100}\n')
  t.same(await ended(second), { code: 0, stderr: '' })
  await at.receiver.reached(101)
  t.same(at.receiver.numbers, upTo(101))
})

t.test('what a receiver that is down does not take in time is left, and said', async t => {
  const at = await scene(t)
  at.receiver.always = { status: 503 }
  const config = join(at.folder, 'hewn.config.json')
  writeFileSync(config, JSON.stringify({ closeTimeout: 50, transports: [{ type: 'http', url: at.url }] }))
  const child = ship(['--config', config], at.dir)
  child.stdin.end('one\ntwo\n')
  const { code, stderr } = await ended(child)
  t.equal(code, 0)
  t.match(stderr, /lines? (is|are) left for the next start, in /)
})

t.test(
  'applications and sidecars that are killed on one folder: each line of a turn that had ended comes, once',
  async t => {
    const at = await scene(t)
    const config = join(at.folder, 'hewn.config.json')
    writeFileSync(config, JSON.stringify({ transports: [{ type: 'http', url: at.url }] }))
    const args = ['--spool', at.dir, '--config', config]
    const told = new Map<number, number>()
    const loops = [0, 1_000_000].map(from => {
      const child = app({ dir: at.dir, from, end: 'loop' })
      child.stdout.setEncoding('utf8').on('data', (said: string) => {
        const last = said.trimEnd().split('\n').at(-1)
        if (said.endsWith('\n') && last) told.set(from, Number(last))
      })
      return child
    })
    let sidecar = ship(args, at.dir)
    for (const count of [200, 2000]) {
      await at.receiver.reached(count)
      sidecar.kill('SIGKILL')
      await once(sidecar, 'close')
      sidecar = ship(args, at.dir)
    }
    const deaths = loops.map(child => once(child, 'close'))
    for (const child of loops) child.kill('SIGKILL')
    await Promise.all(deaths)
    await once(app({ dir: at.dir, from: 2_000_000, end: 'exit' }), 'close')
    told.set(2_000_000, 2_000_100)
    const expected = [...told].flatMap(([from, to]) => Array.from({ length: to - from }, (_, n) => from + n))
    await at.receiver.reached(expected.length)
    sidecar.kill('SIGTERM')
    t.match(await ended(sidecar), { code: 0 })
    const arrived = at.receiver.numbers
    const there = new Set(arrived)
    t.same(expected.filter(n => !there.has(n)).slice(0, 5), [], 'none is lost')
    t.equal(arrived.length, there.size, 'none has two ids')
    t.same(at.receiver.mistakes, [])

    t.comment(`${expected.length} lines of three processes, two sidecars killed`)
  },
)

t.test("a sidecar's transports get the lines of their own levels", async t => {
  const at = await scene(t)
  const config = join(at.folder, 'hewn.config.json')
  writeFileSync(config, JSON.stringify({ transports: [{ type: 'http', url: at.url, level: 'warn' }] }))
  await once(app({ dir: at.dir, from: 0, end: 'exit' }), 'close')
  const sidecar = ship(['--spool', at.dir, '--config', config], at.dir)
  await at.receiver.reached(10)
  sidecar.kill('SIGTERM')
  t.match(await ended(sidecar), { code: 0, stderr: /sending what is in .* to http/ })
  t.same(at.receiver.numbers, [0, 10, 20, 30, 40, 50, 60, 70, 80, 90])
})

t.test('two transports of one type are two: each gets every line', async t => {
  const at = await scene(t)
  const other = new HttpReceiver()
  const second = await other.start()
  t.teardown(() => other.stop())
  const config = join(at.folder, 'hewn.config.json')
  const transports = [at.url, second].map(url => ({ type: 'http', url }))
  writeFileSync(config, JSON.stringify({ transports }))
  const child = ship(['--config', config], at.dir)
  child.stdin.end('one\ntwo\n')
  t.same(await ended(child), { code: 0, stderr: '' })
  for (const receiver of [at.receiver, other]) t.match(receiver.stored, [{ msg: 'one' }, { msg: 'two' }])
})

t.test('a folder that cannot be made is told as what it is, and so is a bound that is too small', async t => {
  const { folder, url } = await scene(t)
  const file = join(folder, 'hewn.config.json')
  writeFileSync(file, JSON.stringify({ spool: { maxBytes: '10kB' }, transports: [{ type: 'http', url }] }))
  const to = ['--to', 'http', '--url', url]
  const sidecar = await ended(ship([...to, '--spool', join(file, 'spool')], join(folder, 'spool')))
  t.match(sidecar, { code: 1, stderr: /^--spool .*: found ENOTDIR, expected a folder that this user may write to\n$/ })
  const child = ship(['--config', file], join(folder, 'spool'))
  child.stdin.end()
  t.match(await ended(child), { code: 1, stderr: /^spool\.maxBytes: found .*10.*, expected at least 1MiB\n$/ })
})

for (const [args, expected] of [
  [['--to', 'htp', '--url', 'http://localhost'], /--to: found 'htp', .* did you mean 'http'\?/],
  [['--url', 'http://localhost'], /--url: found no --to beside it/],
  [['--to', 'tcp', '--url', 'localhost:1'], /--url: .* 'tcp:\/\/host:port'/],
  [[], /hewn ship: found no configuration, expected one, or --to TYPE --url URL/],
  [['app.log'], /hewn ship: found 'app.log', expected lines on standard input/],
] as const) {
  t.test(`hewn ship ${args.join(' ')} is told what is wrong`, async t => {
    t.testdir({})
    const child = ship(args, join(t.testdirName, 'spool'))
    child.stdin.end()
    const { code, stderr } = await ended(child)
    t.not(code, 0)
    t.match(stderr, expected)
  })
}

t.test('what waits on disk was written now, so that no bound on its age takes it away', async t => {
  const at = await scene(t)
  const before = Date.now()
  const child = ship(['--to', 'http', '--url', 'http://127.0.0.1:9'], at.dir)
  const saying = says(child, /is down/)
  child.stdin.write('{"msg":"waits"}\n')
  await saying
  child.kill('SIGKILL')
  await once(child, 'close')
  const names = readdirSync(at.dir, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.seg'))
  const text = names.map(name => readFileSync(join(at.dir, name), 'utf8')).join('')
  const from = Number(/^@1 \d+ \d+ (\d+) /m.exec(text)?.[1])
  t.ok(from >= before && from <= Date.now(), `${from}`)
})

t.test('what the configuration redacts is on no disk and at no receiver', async t => {
  const at = await scene(t)
  const config = join(at.folder, 'conf.json')
  writeFileSync(config, JSON.stringify({ redact: ['password'], transports: [{ type: 'http', url: at.url }] }))
  const child = ship(['--config', config], at.dir)
  child.stdin.end(
    '{"level":"info","time":"2026-11-22T10:00:00.000Z","msg":"own","password":"pw-1"}\n' +
      '{"level":30,"time":1795428000000,"pid":1,"hostname":"h","msg":"/login?password=pw-2","user":{"password":"pw-3"}}\n' +
      'GET /login?password=pw-4\n',
  )
  t.match(await ended(child), { code: 0 })
  t.equal(at.receiver.stored.length, 3)
  t.notMatch(JSON.stringify(at.receiver.stored), /pw-/)
  t.match(at.receiver.stored[1], { msg: '/login?password=[redacted]', user: { password: '[redacted]' } })
})
