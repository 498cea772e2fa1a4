import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { close, configure, createLogger, HewnError, logger } from '../../../lib/index'
import { file } from '../../../transports/file'
import { everything, largest, rotated } from './fixtures'

const root = t.testdir()
let folders = 0
const newFolder = () => {
  const folder = join(root, `f${folders++}`)
  mkdirSync(folder)
  return folder
}
const lines = (text: string) =>
  text
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line) as Record<string, unknown>)

t.test('a line longer than a file may be is cut and marked, and no file is larger', async t => {
  const folder = newFolder()
  const log = createLogger({ transports: [file({ path: join(folder, 'app.log'), maxSize: 2048 })] })
  for (let n = 0; n < 10; n++)
    log.error({ n, text: 'ä€'.repeat(n * 300), more: { text: 'y'.repeat(n * 500) } }, 'z'.repeat(n * 400))
  await close()
  const written = lines(everything(folder))
  t.equal(written.length, 10)
  t.ok(largest(folder) <= 2048, `${largest(folder)} bytes`)
  t.ok(rotated(folder).length >= 4)
})

for (const layout of ['hewn', 'ecs', 'pino', 'logfmt'] as const) {
  t.test(`the smallest file that is allowed holds a line of every kind, as ${layout}`, async t => {
    const folder = newFolder()
    const transports = [file({ path: join(folder, 'app.log'), maxSize: '1KiB' })]
    const log = createLogger({ layout, transports, service: 's'.repeat(50), redact: ['password'] })
    log.info('x'.repeat(1_000_000))
    log.error(new Error('\u0000"'.repeat(5000)))
    log.info(Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`key${i}`, i])), 'wide')
    log.info({ a: '\u0000'.repeat(3000), password: 1 }, 'é€"'.repeat(400))
    await close()
    t.equal(everything(folder).split('\n').length, 5)
    t.ok(largest(folder) <= 1024, `${largest(folder)} bytes`)
  })
}

t.test('a configuration that changes while the file is open loses no line and keeps the order', async t => {
  const folder = newFolder()
  const path = join(folder, 'app.log')
  let n = 0
  const rounds = [
    { maxSize: '4KiB' },
    { maxSize: 8192, maxFiles: 100 },
    {},
    { frequency: 'daily', maxSize: 5000 },
    { maxSize: 4096 },
  ] as const
  for (const options of rounds) {
    configure({ level: 'info', transports: [file({ path, ...options })] })
    for (let i = 0; i < 100; i++) logger.info({ n: n++ }, 'round')
  }
  await close()
  t.same(
    lines(everything(folder)).map(line => line['n']),
    Array.from({ length: n }, (_, i) => i),
  )
  t.ok(rotated(folder).length > 4)
})

t.test('options are checked by the schema, each with its own message', async t => {
  const message = (options: object) => {
    try {
      createLogger({ transports: [{ ...file({ path: join(root, 'x.log') }), ...options }] })
    } catch (error) {
      return error instanceof HewnError ? error.message : String(error)
    }
    return 'opened'
  }
  t.match(
    message({ maxSize: '10M' }),
    "createLogger() transports[0].maxSize: found '10M', expected a size such as '10MiB'",
  )
  t.match(message({ maxSize: 1023 }), 'transports[0].maxSize: found 1023, expected a size')
  t.match(
    message({ frequency: 'dayly' }),
    "transports[0].frequency: found 'dayly', expected 'hourly' or 'daily'; did you mean 'daily'?",
  )
  t.match(message({ maxAge: '30 dogs' }), "transports[0].maxAge: found '30 dogs', expected a duration such as '30d'")
  t.match(message({ compress: true }), "transports[0].compress: found true, expected 'gzip'")
  t.match(message({ maxSize: '1MiB', maxAge: '400d' }), 'file maxAge: found')
  t.match(message({ maxAge: '30d' }), 'file: found maxAge alone, expected maxSize or frequency beside it')
})

t.test('a process that exits during compression loses nothing, and the next one goes on with it', async t => {
  const folder = newFolder()
  const path = join(folder, 'app.log')
  const code = `
    const { createLogger } = require(${JSON.stringify(join(__dirname, '../../../lib/index.js'))})
    const log = createLogger({ transports: [{ type: 'file', path: ${JSON.stringify(path)}, maxSize: '100KiB', compress: 'gzip' }] })
    for (let n = 0; n < 5000; n++) log.info({ n }, 'x'.repeat(100))
    if (process.argv[1] === 'exit') process.exit()`
  const runs = ['exit', 'natural'].map(how => spawnSync(process.execPath, ['-e', code, how], { encoding: 'utf8' }))
  for (const { status, stderr } of runs) t.same([status, stderr], [0, ''])
  t.same(
    lines(everything(folder)).map(line => line['n']),
    [...Array(5000).keys(), ...Array(5000).keys()],
  )
  t.ok(rotated(folder).length > 10)
})

const reader = process.getuid?.() === 0 && spawnSync('setpriv', ['--version']).error === undefined
const skip = reader ? false : 'needs root, to become a user who may not write to the folder'
t.test('in a folder that may not be written to, lines go on into the file that is there', { skip }, async t => {
  const folder = newFolder()
  const path = join(folder, 'app.log')
  execFileSync('sh', ['-c', 'touch "$1" && chown 65534 "$1" && chmod 755 "$2"', 'sh', path, folder])
  const code = `
    const { createLogger } = require(${JSON.stringify(join(__dirname, '../../../lib/index.js'))})
    const log = createLogger({ transports: [{ type: 'file', path: ${JSON.stringify(path)}, maxSize: 2000 }] })
    for (let n = 0; n < 100; n++) log.error({ n }, 'x')`
  const child = ['--reuid=65534', '--clear-groups', '--regid=65534', process.execPath, '-e', code]
  const { status, stderr } = spawnSync('setpriv', child, { encoding: 'utf8' })
  t.equal(status, 0, stderr)
  t.match(stderr, /^hewn: file: cannot rotate .*app.log \(EACCES\): it is written on, past its limit.*\n$/)
  t.equal(lines(readFileSync(path, 'utf8')).length, 100)
  t.ok(statSync(path).size > 2000)
  t.same(readdirSync(folder), ['app.log'])
})
