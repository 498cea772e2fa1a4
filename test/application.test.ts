import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import t from 'tap'
import { configure, getLogger, HewnError, logger } from '../lib/index'
import { App, parseLines, plainEnv } from './application/app'
import { captureLines } from './support/lines'

const LEVELS = join(__dirname, 'application/levels.js')
const stdout = [{ type: 'stdout' }]

t.test('the configuration is read at the first call, and not at import: dotenv comes in time', async t => {
  const app = await App.start(t)
  app.write({ fields: { region: '${REGION}' }, service: 'checkout', transports: stdout })
  await app.tell('setEnv', { REGION: 'eu', HEWN_ENV: 'staging' })
  await app.tell('log', 'info', 'first')
  const { lines, stderr } = await app.end()
  t.match(lines, [{ msg: 'first', region: 'eu', service: 'checkout', env: 'staging' }])
  t.equal(stderr, '')
})

t.test('configure() comes in time when it is called before the first line', async t => {
  const app = await App.start(t, { config: { level: 'error', fields: { a: 1, b: 1 }, transports: stdout } })
  await app.tell('configure', { level: 'debug', fields: { b: 2 } })
  await app.tell('log', 'debug', 'first')
  const { lines } = await app.end()
  t.match(lines, [{ level: 'debug', msg: 'first', a: 1, b: 2 }])
})

t.test('children made before the first call get the fields of the configuration', async t => {
  const app = await App.start(t, { config: { fields: { region: 'eu', attempt: 0 }, transports: stdout } })
  await app.tell('logEarly', 'first')
  const { lines } = await app.end()
  t.match(lines, [{ logger: 'early', msg: 'first', region: 'eu', orderId: 7, attempt: 1 }])
})

const all = ['debug', 'info', 'warn', 'error', 'fatal']

t.test('without a configuration a pipe gets JSON, at a level that the environment decides', async t => {
  const cases: [Record<string, string>, string[]][] = [
    [{}, all.slice(1)],
    [{ NODE_ENV: 'production' }, all.slice(1)],
    [{ NODE_ENV: 'test' }, all.slice(2)],
    [{ NODE_ENV: 'production', HEWN_ENV: 'test' }, all.slice(2)],
    [{ NODE_ENV: 'test', LOG_LEVEL: 'error' }, all.slice(3)],
  ]
  for (const [env, expected] of cases) {
    const { stdout, stderr } = run([LEVELS], env)
    t.strictSame(
      parseLines(stdout).map(({ level }) => level),
      expected,
      JSON.stringify(env),
    )
    t.equal(stderr, '')
  }
})

const terminal = spawnSync('script', ['--version'], { encoding: 'utf8' })
const noTerminal = terminal.stdout?.includes('util-linux') !== true && 'needs script(1) of util-linux'

t.test('without a configuration a terminal gets lines for people', { skip: noTerminal }, async t => {
  const onTerminal = (env: Record<string, string>) => {
    const command = `'${process.execPath}' '${LEVELS}'`
    const { stdout } = run(['-qec', command, '/dev/null'], { NO_COLOR: '1', ...env }, 'script')
    return stdout.trim().split(/\r?\n/)
  }
  const development = onTerminal({})
  t.match(development[0], /DEBUG.*at debug$/i)
  t.equal(development.length, all.length)
  const test = onTerminal({ NODE_ENV: 'test' })
  t.match(test[0], /WARN.*at warn$/i)
  const production = parseLines(onTerminal({ NODE_ENV: 'production' }).join('\n'))
  t.strictSame(
    production.map(({ level }) => level),
    all.slice(1),
  )
})

t.test('a bad file at start is told, the defaults hold, and it is taken up once it is mended', async t => {
  const app = await App.start(t, { config: '{ "level": "debug" "transports": [] }', env: { NODE_ENV: 'production' } })
  await app.tell('log', 'info', 'by default')
  await app.said(/hewn\.config\.json:1:20: found a string, expected ',' or '}'\n/)
  await app.said(/hewn\.config\.json: not used; going on with the defaults, with redaction\n/)
  app.write({ level: 'debug' })
  await app.tell('untilLevel', '', 'debug')
  await app.tell('log', 'debug', 'mended')
  const { lines } = await app.end()
  t.strictSame(
    lines.map(({ msg }) => msg),
    ['by default', 'mended'],
  )
})

t.test('a file that HEWN_CONFIG names and that is not there is told, and taken up when it comes', async t => {
  const path = join(t.testdir({}), 'conf.json')
  const app = await App.start(t, { config: { level: 'silent' }, env: { HEWN_CONFIG: path } })
  await app.tell('log', 'info', 'by default')
  await app.said(
    /conf\.json: found no such file, expected a configuration in JSON\n.*not used; going on with the defaults/,
  )
  writeFileSync(path, JSON.stringify({ level: 'error' }))
  await app.tell('untilLevel', '', 'error')
  const { lines } = await app.end()
  t.match(lines, [{ msg: 'by default' }])
})

t.test('a log file that cannot be opened at start is told, and the application runs with the defaults', async t => {
  const app = await App.start(t)
  const path = join(app.config, 'app.log')
  app.write({ level: 'debug', transports: [{ type: 'file', path }] })
  await app.tell('log', 'info', 'by default')
  await app.said(
    /file: .*app\.log: found ENOTDIR, expected .*\n.*hewn\.config\.json: not used; going on with the defaults\n/,
  )
  t.equal(await app.tell('level'), 'info')
  await t.rejects(app.tell('configure', { level: 'trace', transports: [{ type: 'file', path }] }), /ENOTDIR/)
  t.equal(await app.tell('level'), 'info')
  app.write({ level: 'debug', transports: [{ type: 'file', path: join(app.folder, 'app.log') }] })
  await app.tell('untilLevel', '', 'debug')
  await app.tell('log', 'debug', 'mended')
  const { lines } = await app.end()
  t.match(lines, [{ msg: 'by default' }])
  t.match(parseLines(readFileSync(join(app.folder, 'app.log'), 'utf8')), [{ msg: 'mended' }])
})

t.test('a configure() that throws before the first line leaves the first line to what there was', async t => {
  const app = await App.start(t)
  const path = join(app.config, 'app.log')
  app.write({ level: 'debug', fields: { region: 'eu' }, transports: stdout })
  await t.rejects(app.tell('configure', { fields: { a: 1 }, transports: [{ type: 'file', path }] }), /ENOTDIR/)
  await app.tell('log', 'debug', 'first')
  const { lines, stderr } = await app.end()
  t.match(lines, [{ msg: 'first', region: 'eu', a: undefined }])
  t.equal(stderr, '')
})

t.test('setLevels goes over LOG_LEVEL, that over configure(), that over the file', async t => {
  const env = { LOG_LEVEL: 'c=error,d=error,e=eror' }
  const app = await App.start(t, { config: { level: 'warn,a=debug,b=debug,c=debug,d=debug' }, env })
  await app.tell('configure', { level: 'b=warn,c=warn,d=warn' })
  await app.tell('setLevels', 'd=fatal')
  const levels = () => app.tell('levels', '', 'a', 'b', 'c', 'd')
  const expected = ['warn', 'debug', 'warn', 'error', 'fatal']
  t.strictSame(await levels(), expected)
  app.write({ level: 'warn,a=trace,b=trace,c=trace,d=trace' })
  await app.tell('untilLevel', 'a', 'trace')
  t.strictSame(await levels(), expected.with(1, 'trace'), 'a change of the file goes over nothing but itself')
  const { stderr } = await app.end()
  t.equal(stderr.match(/LOG_LEVEL: found 'eror'/g)?.length, 1, 'a mistake that cannot be mended is told once')
})

t.test('what setLevels sets holds in worker threads, in lines as well', async t => {
  const app = await App.start(t, { config: { level: 'warn', transports: stdout } })
  t.equal(await app.tell('level'), 'warn')
  await app.tell('startWorker')
  await app.tell('untilWorkerLevel', 'http', 'warn')
  await app.tell('setLevels', 'http=debug')
  await app.tell('untilWorkerLevel', 'http', 'debug')
  await app.tell('stopWorker')
  const { lines } = await app.end()
  t.match(lines, [{ level: 'debug', logger: 'http', msg: 'from the worker' }])
})

t.test('a watched file, a signal and levels for an hour keep no process alive', async t => {
  const app = await App.start(t, { config: { transports: stdout, reload: { signal: 'SIGHUP' } } })
  await app.tell('setLevels', 'http=debug', '1h')
  await app.tell('log', 'info', 'first')
  const { code, signal, lines } = await app.end()
  t.strictSame({ code, signal, lines: lines.length }, { code: 0, signal: null, lines: 1 })
})

t.test('two copies of hewn in a process are one, with one configuration', async t => {
  const folder = t.testdir({
    'app.json': JSON.stringify({ level: 'warn', fields: { region: 'eu' }, transports: stdout }),
  })
  const lib = resolve(__dirname, '../lib')
  cpSync(lib, join(folder, 'copy/lib'), { recursive: true })
  symlinkSync(dirname(dirname(require.resolve('sonic-boom/package.json'))), join(folder, 'node_modules'), 'junction')
  const paths = [join(lib, 'index.js'), join(folder, 'copy/lib/index.js')]
  const args = [join(__dirname, 'application/copies.js'), ...paths]
  const { status, stdout: out, stderr } = run(args, { HEWN_CONFIG: join(folder, 'app.json') })
  t.equal(stderr, '')
  t.equal(status, 0)
  t.match(parseLines(out), [
    { msg: 'first copy', region: 'eu' },
    { msg: 'second copy', region: 'eu' },
    { level: 'debug', msg: 'levels set by the second', region: 'us' },
    { msg: 'one', sent: 3, listeners: 1 },
  ])
})

t.test('configure() throws all mistakes at once, and changes nothing', async t => {
  const { destination, records } = captureLines()
  configure({ level: 'warn,http=debug', fields: { region: 'eu' }, destination })
  const wrong: unknown = {
    level: 'silent',
    levle: 'info',
    transports: [{ type: 'fiel', path: 'x' }, { type: 'file' }],
    exitTimeout: '2s',
  }
  t.match(messagesOf(wrong), [
    "configure() transports[0].type: found 'fiel', expected 'stdout', 'file', 'pretty', 'spool', 'http', 'tcp', 'elastic', 'graylog'; did you mean 'file'?",
    'configure() transports[1].path: found nothing, expected a string that is not empty',
    "configure() exitTimeout: found '2s', expected a whole number from 0 to 600000",
    /^configure\(\): found the unknown option 'levle', .*did you mean 'level'\?$/,
  ])
  t.match(messagesOf({ level: 'silent,http=debgu', reload: { signal: 'SIGHUB' } }), [
    /^configure\(\) level: found 'debgu', .*did you mean 'debug'\?$/,
    /debgu/,
    /\^/,
    /^configure\(\) reload.signal: found 'SIGHUB', .*did you mean 'SIGHUP'\?$/,
  ])
  getLogger('http').debug('as before')
  logger.warn('as before')
  t.match(records(), [
    { logger: 'http', region: 'eu' },
    { level: 'warn', region: 'eu' },
  ])
})

/** A program in an environment that says nothing but this. */
function run(args: readonly string[], env: Record<string, string>, program = process.execPath) {
  return spawnSync(program, args, { encoding: 'utf8', env: { ...plainEnv(), ...env }, timeout: 20_000 })
}

/** What configure() throws, a line each. */
function messagesOf(options: unknown): string[] {
  try {
    configure(options as Parameters<typeof configure>[0])
  } catch (error) {
    if (error instanceof HewnError) return error.message.split('\n')
  }
  return []
}
