import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { gzipSync } from 'node:zlib'
import t from 'tap'

const program = resolve(__dirname, '../../lib/cli/main.js')
const today = new Date().toISOString().slice(0, 10)
const clean = { PATH: process.env['PATH'], TZ: 'UTC', HOME: process.env['HOME'] }

interface Ran {
  readonly stdout: string
  readonly stderr: string
  readonly status: number | null
}

function hewn(args: readonly string[], input: string | Buffer = '', env: NodeJS.ProcessEnv = {}, cwd?: string): Ran {
  const ran = spawnSync(process.execPath, [program, ...args], {
    input,
    cwd,
    env: { ...clean, ...env },
    encoding: 'latin1',
  })
  return { stdout: ran.stdout, stderr: ran.stderr, status: ran.status }
}

function start(...args: string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [program, ...args], { env: clean })
}

function record(msg: string, fields: object = {}): string {
  return `${JSON.stringify({ time: `${today}T01:57:31.123Z`, level: 'info', msg, ...fields })}\n`
}

t.test('records become lines for people, and all else passes through a pipe byte for byte', async t => {
  const other = Buffer.from('\ufeffplain \x1b[31mred\x1b[0m\r\n\0\xff\xfe binary\n\n{"no":"record"}\n', 'utf8')
  const broken = Buffer.from('\xff\xe9 no UTF-8\nno newline at the end', 'latin1')
  const { stdout, stderr, status } = hewn(
    [],
    Buffer.concat([Buffer.from(record('one', { evil: '\x1b[2J' })), other, broken]),
  )
  t.equal(stderr, '')
  t.equal(status, 0)
  t.equal(stdout, `01:57:31.123 INFO  one  evil="\\x1b[2J"\n${other.toString('latin1')}${broken.toString('latin1')}\n`)
})

t.test('colours are forced by FORCE_COLOR', async t => {
  const { stdout } = hewn([], record('one'), { FORCE_COLOR: '1' })
  t.match(stdout, /\x1b\[32mINFO \x1b\[0m/)
})

const hasScript = spawnSync('script', ['--version']).status === 0
t.test('on a terminal', { skip: hasScript ? false : 'script(1) of util-linux is not installed' }, async t => {
  const file = join(t.testdir(), 'a.log')
  writeFileSync(file, `${record('one', { reqId: 'r1' })}raw \x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b\u202e\n`)
  const on = (env: NodeJS.ProcessEnv, ...args: string[]): string => {
    const command = [process.execPath, program, ...args, file].join(' ')
    return spawnSync('script', ['-qec', command, '/dev/null'], { env: { ...clean, ...env }, encoding: 'utf8' }).stdout
  }
  const colored = on({ TERM: 'xterm-256color' })
  t.match(
    colored,
    /^\x1b\[38;5;(\d+)m01:57:31\.123\x1b\[0m .*reqId.*\x1b\[38;5;\1mr1\x1b\[0m/,
    'a request has its colour',
  )
  const [, raw] = colored.split('\r\n')
  t.equal(raw, 'raw red \\x1b]0;title\\x07 \\x9b\\u202e', 'nothing of the data acts on it')
  t.equal(on({ TERM: 'xterm', NO_COLOR: '1' }).split('\r\n')[0], '01:57:31.123 INFO  one  reqId=r1')
  t.notMatch(on({ TERM: 'xterm' }, '--json'), /[\x1b\x07\x9b\u202e]/)
})

t.test('when its reader goes away it ends quietly, as by SIGPIPE', async t => {
  const file = join(t.testdir(), 'big.log')
  writeFileSync(file, record('x'.repeat(1000)).repeat(5000))
  const child = start(file)
  let stderr = ''
  child.stderr.on('data', text => (stderr += text))
  await once(child.stdout, 'data')
  child.stdout.destroy()
  const [status] = await once(child, 'close')
  t.equal(status, 141)
  t.equal(stderr, '')
})

const isLinux = process.platform === 'linux'
t.test('a line of 100 MB takes bounded memory', { skip: isLinux ? false : 'needs /proc' }, async t => {
  const child = start('--level', 'warn')
  const mega = Buffer.alloc(1_000_000, 'x')
  let bytes = 0
  let peak = 0
  child.stdout.on('data', (chunk: Buffer) => (bytes += chunk.length))
  for (let i = 0; i < 100; i++) if (!child.stdin.write(mega)) await once(child.stdin, 'drain')
  peak = Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1])
  child.stdin.end('\n')
  await once(child, 'close')
  t.equal(bytes, 100_000_001)
  t.ok(peak > 0 && peak < 300_000, `${peak} kB`)
})

t.test('several files are merged by time, with their names; what cannot be read is told', async t => {
  const at = (hour: number, msg: string): string => record(msg, { time: `${today}T0${hour}:00:00.000Z` })
  const folder = t.testdir()
  writeFileSync(join(folder, 'app.log.2.gz'), gzipSync(at(1, 'first')))
  writeFileSync(join(folder, 'app.log.1'), at(2, 'second'))
  writeFileSync(join(folder, 'app.log'), at(5, 'fifth') + at(6, 'sixth'))
  writeFileSync(join(folder, 'web.log'), at(3, 'third') + at(4, 'fourth') + at(7, 'seventh'))
  writeFileSync(join(folder, 'torn.log.gz'), gzipSync(at(8, 'eighth')).subarray(0, -6))
  const { stdout, stderr, status } = hewn([folder, join(folder, 'nothing.log')])
  t.same(
    stdout.split('\n').map(line => line.replace(/^(\S+) +(\d\d).* /, '$1 $2 ')),
    [
      'app.log 01 first',
      'app.log 02 second',
      'web.log 03 third',
      'web.log 04 fourth',
      'app.log 05 fifth',
      'app.log 06 sixth',
      'web.log 07 seventh',
      'torn.log.gz 08 eighth',
      '',
    ],
  )
  t.match(stderr, /nothing\.log: found no such file, expected a log file, or a folder with some/)
  t.match(stderr, /torn\.log\.gz: found gzip data that ends too early/)
  t.equal(status, 1)
  t.equal(
    hewn(['-n', '2', join(folder, 'app.log')])
      .stdout.match(/fifth|sixth/g)
      ?.join(),
    'fifth,sixth',
  )
})

t.test('what is not of today has its day before it', async t => {
  const lines = ['2026-01-02', '2026-01-02', '2026-01-03'].map(day => record('m', { time: `${day}T01:00:00.000Z` }))
  const { stdout } = hewn([], lines.join(''))
  const line = '01:00:00.000 INFO  m\n'
  const rule = (day: string): string => Buffer.from(`── ${day} ──\n`).toString('latin1')
  t.equal(stdout, rule('2026-01-02') + line + line + rule('2026-01-03') + line)
})

t.test('-f follows a folder through a rotation, and takes up new files', async t => {
  const folder = t.testdir({ 'app.log': Array.from({ length: 12 }, (_, i) => record(`old ${i}`)).join('') })
  const file = join(folder, 'app.log')
  const child = start('-f', folder)
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const next = async (): Promise<string> => String((await lines.next()).value).replace(/^.*INFO +/, '')
  for (let i = 2; i < 12; i++) t.equal(await next(), `old ${i}`)
  appendFileSync(file, record('appended'))
  t.equal(await next(), 'appended')
  renameSync(file, `${file}.1`)
  writeFileSync(file, record('after rotation'))
  t.equal(await next(), 'after rotation')
  writeFileSync(join(folder, 'second.log'), record('of another'))
  t.equal(await next(), 'of another')
  child.kill()
  await once(child, 'close')
})

t.test('Ctrl-C in a pipeline leaves it to show what the application still says', async t => {
  const child = start()
  child.stdin.write(record('before'))
  await once(child.stdout, 'data')
  child.kill('SIGINT')
  child.stdin.end(record('last words'))
  const [text] = (await once(child.stdout, 'data')) as [Buffer]
  t.match(text.toString(), /last words/)
  t.same(await once(child, 'close'), [0, null])
})

t.test('arguments that cannot be understood are answered, and help and version given', async t => {
  t.match(hewn(['--lvel', 'x']), { status: 2, stdout: '', stderr: /did you mean '--level'\?/ })
  t.match(hewn(['chekc']), { status: 2, stderr: /did you mean 'check'\?/ })
  t.match(hewn(['--help']), { status: 0, stderr: '', stdout: /^hewn shows logs/ })
  t.match(hewn(['--version']), { status: 0, stdout: /^\d+\.\d+\.\d+\n$/ })
})

t.test('check tells what the configuration comes to, and what is wrong with it', async t => {
  const good = {
    level: 'warn,http=debug',
    transports: [{ type: 'stdout' }, { type: 'file', path: 'logs/app.log', level: 'error' }],
  }
  const bad = { level: 'wran', transports: [{ type: 'file', path: 'package.json/app.log' }] }
  const secret = {
    transports: [{ type: 'elastik', apiKey: '${KEY}' }],
    lvel: 'x',
    env: { production: { level: '${KEY}' } },
  }
  const folder = t.testdir({
    'package.json': '{}',
    'hewn.config.json': JSON.stringify(good),
    'bad.json': JSON.stringify(bad),
    'secret.json': JSON.stringify(secret),
    'torn.json': '{ "level": ',
  })
  const check = (args: string[], env: NodeJS.ProcessEnv = {}): Ran => hewn(['check', ...args], '', env, folder)
  const fine = check(['--env', 'production'], { LOG_LEVEL: 'info' })
  t.equal(fine.status, 0)
  t.equal(
    fine.stdout.replaceAll(folder, '…'),
    `configuration  …/hewn.config.json
environment    production (--env)
level          info  (LOG_LEVEL)
level          warn,http=debug  (…/hewn.config.json)
level          info  (defaults)
transport      stdout, to standard output
transport      file, from error on, to …/logs/app.log

Nothing is wrong with it.
`,
  )
  const wrong = check(['--config', 'bad.json'])
  t.equal(wrong.status, 1)
  t.match(wrong.stdout, /level: found 'wran'.*did you mean 'warn'\?\n {2}wran\n {2}\^\^\^\^\n/)
  t.match(wrong.stdout, /app\.log: found .*package\.json, which is a file, expected a folder/)
  t.match(wrong.stdout, /\n2 problems\n$/)
  const hidden = check(['--config', 'secret.json', '--env', 'production'], { KEY: 's3cr3t-value' })
  t.equal(hidden.status, 1)
  t.notMatch(hidden.stdout + hidden.stderr, /s3cr3t/)
  t.match(hidden.stdout, /the unknown option 'lvel'.*did you mean 'level'/)
  t.match(check(['--config', 'torn.json']), { status: 1, stdout: /torn\.json:1:\d+: .*\n.*\n *\^/ })
})

t.test('explain says which rule decides, also for a call with certain fields', async t => {
  const folder = t.testdir({ 'package.json': '{}', 'hewn.config.json': '{"level":"warn,http[tenant=acme]=trace"}' })
  const ask = (...args: string[]): string => hewn(['explain', ...args], '', { LOG_LEVEL: 'http=debug' }, folder).stdout
  t.match(
    ask('http.client'),
    /^http\.client: debug\n[\s\S]*decided by +http=debug +LOG_LEVEL\n[\s\S]*hewn\.config\.json/,
  )
  t.match(ask('http.client', 'tenant=acme'), /^http\.client: trace\n {2}decided by +http\[tenant=acme\]=trace/)
  t.match(ask(), /^the root: warn/)
})

for (const args of [['--help'], ['check'], ['explain'], ['spool', 'ls']]) {
  t.test(`hewn ${args.join(' ')} ends quietly when nobody reads it`, async t => {
    const child = start(...args)
    child.stdout.destroy()
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    const [status] = (await once(child, 'close')) as [number | null]
    t.ok(status === 141 || status === 0, `${status}`)
    t.equal(stderr, '')
  })
}

t.test('hewn check tells of a script that is not there', async t => {
  const { status, stderr, stdout } = hewn(['check', 'nosuch.js'])
  t.match({ status, stdout }, { status: 2, stdout: '' })
  t.equal(stderr, "hewn check: found no script 'nosuch.js', expected an application's entry script, or none\n")
})
