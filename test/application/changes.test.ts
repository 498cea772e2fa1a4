import fs, { readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { Application } from '../../lib/application'
import { STANDARD_LEVELS } from '../../lib/levels/levels'
import { Registry } from '../../lib/registry'
import { App, parseLines } from './app'

const stdout = [{ type: 'stdout' }]

t.test('transports are swapped while the process logs, and no line is lost', async t => {
  const app = await App.start(t)
  const [a, b] = [join(app.folder, 'a.log'), join(app.folder, 'b.log')]
  const to = (...paths: string[]) => ({ transports: paths.map(path => ({ type: 'file', path, name: path })) })
  app.write(to(a))
  await app.tell('startLoop')
  await grown(a, 0)
  app.write(to(b))
  await grown(b, 0)
  const before = statSync(a).size
  app.write(to(a))
  await grown(a, before)
  const { lines, left, dropped } = await app.tell('stopLoop')
  const numbers = [a, b].map(path => parseLines(readFileSync(path, 'utf8')).map(({ n }) => Number(n)))
  for (const found of numbers) t.strictSame(found, sorted(found), 'each file is in order')
  t.ok(numbers.every(({ length }) => length > 0))
  t.strictSame(
    sorted(numbers.flat()),
    Array.from({ length: lines }, (_, n) => n),
    'each line is in one file, once',
  )
  t.strictSame({ left, dropped }, { left: 0, dropped: {} })
  const { stderr } = await app.end()
  t.equal(stderr, '')
})

t.test('a change of levels holds for every logger that there is', async t => {
  const app = await App.start(t, { config: { level: 'warn', transports: stdout } })
  t.strictSame(await app.tell('levels', '', 'http.client', 'db'), ['warn', 'warn', 'warn'])
  app.write({ level: 'warn,http=debug', transports: stdout })
  await app.tell('untilLevel', 'http.client', 'debug')
  t.strictSame(await app.tell('levels', '', 'http', 'db'), ['warn', 'debug', 'warn'])
  await app.end()
})

t.test('a bad change is told, and the last good configuration holds until the next good one', async t => {
  const app = await App.start(t, { config: { level: 'debug', transports: stdout } })
  await app.tell('log', 'debug', 'before')
  app.write({ level: 'silent', transports: [{ type: 'stdout', whenFull: 'dorp' }] })
  await app.said(/hewn\.config\.json transports\[0\]\.whenFull: found 'dorp'.*did you mean 'drop'\?\n/)
  await app.said(/hewn\.config\.json: not used; going on with the last good configuration\n/)
  t.equal(await app.tell('level'), 'debug')
  app.write('{ "level": "silent", }')
  await app.said(/hewn\.config\.json:1:20: found a trailing comma/)
  await app.said(/(not used; going on with the last good configuration\n[\s\S]*){2}/)
  app.write({ level: 'silent', transports: [{ type: 'file', path: join(app.config, 'x.log') }] })
  await app.said(/x\.log: found ENOTDIR/)
  await app.said(/(not used; going on with the last good configuration\n[\s\S]*){3}/)
  await app.tell('log', 'debug', 'after')
  app.write({ level: 'warn', transports: stdout })
  await app.tell('untilLevel', '', 'warn')
  await app.tell('log', 'warn', 'mended')
  const { lines } = await app.end()
  t.strictSame(
    lines.map(({ msg }) => msg),
    ['before', 'after', 'mended'],
  )
})

t.test('a mistake that is mended and made again is told again', async t => {
  const app = await App.start(t, { config: { signals: 'no' } })
  await app.tell('log', 'info', 'first')
  app.write({ level: 'warn', transports: stdout })
  await app.tell('untilLevel', '', 'warn')
  app.write({ signals: 'no' })
  await app.said(/(signals: found 'no'[\s\S]*){2}/)
  const told = await app.said(/last good configuration\n/)
  t.match(told, /not used; going on with the defaults\n[\s\S]*not used; going on with the last good configuration\n/)
  t.equal(await app.tell('level'), 'warn')
  await app.end()
})

t.test(
  'a file that asks not to be watched is read again on the signal it names, and log files are opened anew',
  {
    skip: process.platform === 'win32' && 'no such signals',
  },
  async t => {
    const app = await App.start(t)
    const path = join(app.folder, 'app.log')
    const config = (level: string, signal: string) => ({
      level,
      transports: [{ type: 'file', path }],
      reload: { watch: false, signal },
    })
    app.write(config('info', 'SIGUSR2'))
    await app.tell('log', 'info', 'before')
    renameSync(path, `${path}.1`)
    app.write(config('warn', 'SIGHUP'))
    await app.tell('raise', 'SIGUSR2')
    await app.tell('untilLevel', '', 'warn')
    t.equal(await app.tell('listening', 'SIGUSR2'), 0)
    await app.tell('log', 'warn', 'after')
    t.match(parseLines(readFileSync(`${path}.1`, 'utf8')), [{ msg: 'before' }])
    t.match(parseLines(readFileSync(path, 'utf8')), [{ msg: 'after' }])

    rmSync(app.config)
    await app.tell('raise', 'SIGHUP')
    await app.said(/hewn\.config\.json: found no such file.*\n.*not used; going on with the last good configuration\n/)
    t.equal(await app.tell('level'), 'warn')
    app.write(config('error', 'SIGKILL'))
    await app.tell('raise', 'SIGHUP')
    await app.tell('untilLevel', '', 'error')
    await app.said(/config\.json reload\.signal: found 'SIGKILL', expected a signal such as SIGUSR2 or SIGHUP/)
    t.equal(await app.tell('listening', 'SIGHUP'), 0)
    const { code } = await app.end()
    t.equal(code, 0)
  },
)

t.test('a file is watched as long as neither it nor configure() says otherwise', async t => {
  const { watch } = fs
  const { HEWN_CONFIG } = process.env
  t.teardown(() => {
    fs.watch = watch
    process.env['HEWN_CONFIG'] = HEWN_CONFIG ?? ''
  })
  const open = new Set<unknown>()
  fs.watch = ((...args: Parameters<typeof watch>) => {
    const watcher = watch(...args)
    open.add(watcher)
    return watcher.on('close', () => open.delete(watcher))
  }) as typeof watch
  process.env['HEWN_CONFIG'] = join(t.testdir({ 'app.json': '{"transports":[]}' }), 'app.json')
  const application = new Application(new Registry(STANDARD_LEVELS))
  application.start()
  t.equal(open.size, 1)
  application.configure({ reload: { watch: false } })
  await nextTurn()
  t.equal(open.size, 0)
  application.configure({})
  t.equal(open.size, 1)
  application.configure({ reload: { watch: false } })
})

/** Resolves once a file has more than so many bytes. */
async function grown(path: string, size: number): Promise<void> {
  while ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) <= size) await wait(5)
}

function sorted(numbers: readonly number[]): number[] {
  return [...numbers].sort((a, b) => a - b)
}
