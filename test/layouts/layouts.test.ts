import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { close, configure, createLogger, getLogger, logger, withContext } from '../../lib/index'
import { file } from '../../transports/file'
import { ofLayout } from '../support/calls'

const lines: string[] = []
const destination = { write: (line: string) => void lines.push(line) }
const take = () => lines.splice(0).map(line => JSON.parse(line) as Record<string, unknown>)

const early = getLogger('http').child({ requestId: 'r1', host: 'x' })

t.test('a child made before the configuration was read has its fields in the layout of the configuration', t => {
  configure({ level: 'info', layout: 'ecs', fields: { region: 'eu' }, destination })
  early.info({ status: 200 }, 'm')
  const [line] = take()
  t.match(line, { 'log.logger': 'http', requestId: 'r1', 'labels.host': 'x', region: 'eu', status: 200, message: 'm' })
  t.end()
})

t.test('a change of the layout while the process runs is in force for every logger, also for old children', t => {
  const child = getLogger('db').child({ user: 'u', service: 's', a: 1 })
  const expected = {
    ecs: { 'log.level': 'info', 'labels.user': 'u', 'labels.service': 's', a: 1 },
    pino: { level: 30, user: 'u', service: 's', a: 1 },
    hewn: { level: 'info', user: 'u', a: 1, fields: { service: 's' } },
  }
  for (const layout of ['pino', 'hewn', 'ecs', 'pino'] as const) {
    configure({ level: 'info', layout, destination })
    child.info('m')
    child.info({ b: 2 }, 'm')
    withContext({ c: 3 }, () => child.info({ b: 2, a: 4 }, 'm'))
    child.child({ d: 5 }).info({ b: 2 }, 'm')
    logger.info({ b: 2 }, 'm')
    const [bare, plain, inside, grandchild, root] = take()
    t.match(bare, expected[layout], `${layout}, a message`)
    t.match(plain, { ...expected[layout], b: 2 }, `${layout}, a message and fields`)
    t.match(inside, { ...expected[layout], b: 2, c: 3, a: 4 }, `${layout}, in a context`)
    t.match(grandchild, { ...expected[layout], b: 2, d: 5 }, `${layout}, a child's child`)
    t.strictSame([root?.['b'], root?.['a']], [2, undefined], `${layout}, the root`)
  }
  t.end()
})

t.test('serializers and own levels work in every layout', t => {
  for (const layout of ['ecs', 'pino', 'logfmt'] as const) {
    const { logger, take } = ofLayout(layout, {
      customLevels: { notice: 35 },
      serializers: { cart: () => 'two items' },
    })
    const notice = (logger as unknown as Record<string, (...args: unknown[]) => void>)['notice']!
    notice.call(logger, { cart: { items: [1, 2] } }, 'm')
    const [line] = take()
    t.match(line, /two items/)
    t.match(line, layout === 'pino' ? '"level":35' : layout === 'ecs' ? '"log.level":"notice"' : 'level=notice')
  }
  t.end()
})

t.test("a user's own serializer for errors goes before pino's", t => {
  const { logger, take } = ofLayout('pino', { serializers: { err: (err: Error) => ({ short: err.message }) } })
  logger.error(new Error('boom'))
  t.match(JSON.parse(take()[0]!), { err: { short: 'boom' }, msg: 'boom' })
  t.end()
})

t.test('files are written in the layout', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'hewn-layout-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'app.log')
  createLogger({ layout: 'logfmt', transports: [file({ path })] }).error({ a: 1 }, 'written')
  t.match(readFileSync(path, 'utf8'), /^time=\S+ level=error msg=written pid=\d+ host=\S+ a=1\n$/)
  await close()
})

t.test('a time that Elasticsearch cannot read is refused beside the layout ecs', t => {
  for (const time of ['epochNanos', 'epoch', () => 5] as const) {
    t.throws(
      () => createLogger({ layout: 'ecs', time }),
      /createLogger\(\) time: found .* beside the layout 'ecs', expected 'iso'/,
    )
  }
  t.throws(() => configure({ layout: 'ecs', time: 'epoch' }), /configure\(\) time: found 'epoch' beside/)
  t.doesNotThrow(() => createLogger({ layout: 'ecs', time: 'iso', destination }))
  t.throws(() => createLogger({ layout: 'efs' as 'ecs' }), /layout: found 'efs'.*did you mean 'ecs'/)
  t.end()
})

t.test('people read lines whatever the layout: the transport pretty by itself gets those of hewn', t => {
  const name = join(__dirname, '../../lib/index.js')
  const program = `require(${JSON.stringify(name)}).createLogger({ layout: 'ecs', transports: [{ type: 'pretty' }] }).info({ a: 1 }, 'seen')`
  t.match(spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' }).stdout, /^[\d:.]+ INFO {2}seen {2}a=1\n$/)
  t.end()
})

t.test('what a file says of the layout and the options of the time must fit together', t => {
  const folder = t.testdir({ 'hewn.config.json': '{ "layout": "ecs" }' })
  const name = JSON.stringify(join(__dirname, '../../lib/index.js'))
  const program = `try { require(${name}).configure({ time: 'epoch' }) } catch (error) { console.log(error.message) }`
  const env = { ...process.env, HEWN_CONFIG: join(folder, 'hewn.config.json') }
  t.match(
    spawnSync(process.execPath, ['-e', program], { encoding: 'utf8', env }).stdout,
    /time: found 'epoch' beside the layout 'ecs'/,
  )
  t.end()
})

t.test('pino has ISO times if asked for', t => {
  const pino = ofLayout('pino', { time: 'iso' })
  pino.logger.info('m')
  t.match(pino.take()[0], /^\{"level":30,"time":"\d{4}-\d\d-\d\dT[\d:.]+Z","pid":/)
  t.end()
})
