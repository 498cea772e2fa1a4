import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import t from 'tap'
import type { ApiBackend, ApiLevel, ApiLogger, ApiState, EarlyRecord } from '../lib/api'
import type { Logger } from '../lib/logger'
import { holds } from './support/property'

type Api = typeof import('../lib/api')
type Call = [string, ApiLevel, ...unknown[]]

const FILE = require.resolve('../lib/api')
const SYMBOL = Symbol.for('hewn.api.1')
const LEVELS: ApiLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']
const scope = globalThis as { [key: symbol]: ApiState | undefined }

/** Another copy of the facade, as of a library with a hewn of its own. */
function anotherCopy(): Api {
  delete require.cache[FILE]
  return require(FILE) as Api
}

/** A facade in a process where hewn has not been heard of. */
function fresh(): { api: Api; state: ApiState } {
  delete scope[SYMBOL]
  const api = anotherCopy()
  return { api, state: scope[SYMBOL] as ApiState }
}

/** A backend that writes down what it is asked. */
function recorder(): { backend: ApiBackend; calls: Call[]; made: string[] } {
  const calls: Call[] = []
  const made: string[] = []
  const logger = (name: string): ApiLogger => {
    const method =
      (level: ApiLevel) =>
      (...args: unknown[]) => {
        calls.push([name, level, ...args])
      }
    return {
      trace: method('trace'),
      debug: method('debug'),
      info: method('info'),
      warn: method('warn'),
      error: method('error'),
      fatal: method('fatal'),
      isLevelEnabled: level => level === 'info',
      child: bindings => logger(`${name}+${JSON.stringify(bindings)}`),
    }
  }
  const getLogger = (name: string): ApiLogger => {
    made.push(name)
    return logger(name)
  }
  return { backend: { version: 1, getLogger }, calls, made }
}

function only<Item>(items: readonly Item[]): Item {
  t.equal(items.length, 1)
  return items[0] as Item
}

/** What an early call with these arguments is kept as. */
function keptArgs(...args: unknown[]): readonly unknown[] {
  const { api, state } = fresh()
  api.getLogger('lib').warn(...(args as [unknown]))
  return only(state.early).args
}

t.test("hewn's logger is one of the facade's", async t => {
  // Checked by the compiler.
  const logger = (real: Logger): ApiLogger => real
  t.type(logger, 'function')
})

t.test('without hewn, calls below warn leave nothing, and those above are kept as they were made', async t => {
  const { api, state } = fresh()
  const logger = api.getLogger('lib.pool')
  const before = performance.now()
  for (const level of LEVELS) logger[level]({ n: 1 }, 'message', 'x')
  t.same(
    state.early.map(({ at: _, ...rest }) => rest),
    ['warn', 'error', 'fatal'].map(level => ({ name: 'lib.pool', level, args: [{ n: 1 }, 'message', 'x'], bound: [] })),
  )
  for (const { at } of state.early) t.ok(at >= before && at <= performance.now())
  t.equal(state.seen, 3)
  t.same(LEVELS.filter(logger.isLevelEnabled), ['warn', 'error', 'fatal'], 'isLevelEnabled says what would be kept')
})

t.test('once hewn is there, every call goes to its logger, which is asked for once', async t => {
  const { api, state } = fresh()
  const early = api.getLogger('a')
  const { backend, calls, made } = recorder()
  state.backend = backend
  for (const level of LEVELS) early[level]('m', level, { n: 1 })
  t.same(
    calls,
    LEVELS.map(level => ['a', level, 'm', level, { n: 1 }]),
  )
  t.same(made, ['a'])
  t.equal(early.isLevelEnabled('info'), true)
  t.equal(early.isLevelEnabled('error'), false, 'the real logger answers')
  t.same(state.early, [], 'nothing is kept any more')
  const late = api.getLogger('b')
  t.not(late, api.getLogger('b'), 'a logger got later is the real one itself')
  late.info('x')
  t.same(calls.at(-1), ['b', 'info', 'x'])
})

t.test('children work on both sides of the arrival', async t => {
  const { api, state } = fresh()
  const child = api.getLogger('a').child({ x: 1 })
  const grandchild = child.child({ y: { z: 2 } })
  grandchild.warn('early')
  t.same(only(state.early).bound, [{ x: 1 }, { y: '[not kept]' }])
  const { backend, calls } = recorder()
  state.backend = backend
  grandchild.info('late')
  child.child({ w: 3 }).info('later')
  t.same(calls, [
    ['a+{"x":1}+{"y":{"z":2}}', 'info', 'late'],
    ['a+{"x":1}+{"w":3}', 'info', 'later'],
  ])
})

t.test('methods work detached from their logger, before and after', async t => {
  const { api, state } = fresh()
  const { warn, isLevelEnabled, child } = api.getLogger('a')
  warn('early')
  child({ x: 1 }).warn('early too')
  t.equal(state.early.length, 2)
  const { backend, calls } = recorder()
  state.backend = backend
  warn('late')
  t.equal(isLevelEnabled('info'), true)
  t.same(calls, [['a', 'warn', 'late']])
})

t.test('several copies share one state, and hewn may come first', async t => {
  const { api, state } = fresh()
  const other = anotherCopy()
  t.not(other.getLogger, api.getLogger, 'two copies')
  api.getLogger('a').warn('1')
  other.getLogger('b').warn('2')
  t.same(
    state.early.map(record => record.name),
    ['a', 'b'],
  )
  const { backend, calls } = recorder()
  scope[SYMBOL] = { backend, early: [], seen: 0 }
  anotherCopy().getLogger('c').info('3')
  t.same(calls, [['c', 'info', '3']])
})

t.test('what is kept is copied: changed later, it stays as it was', async t => {
  const { api, state } = fresh()
  const fields = { n: 1, deep: { a: 1 }, list: [1], f: () => 1, big: 10n, none: undefined, nil: null }
  const error = Object.assign(new TypeError('first'), { code: 'E_ONE' })
  api.getLogger('a').warn({ ...fields, err: error }, 'm')
  const live = fields
  api.getLogger('a').warn(live, 'm')
  live.n = 2
  error.message = 'second'
  error.stack = 'gone'
  const [one, two] = state.early as [EarlyRecord, EarlyRecord]
  const mark = '[not kept]'
  t.match(two.args, [{ n: 1, deep: mark, list: mark, f: mark, big: 10n, none: undefined, nil: null }, 'm'])
  const { err } = one.args[0] as { err: TypeError & { code: string } }
  t.not(err, error)
  t.type(err, TypeError)
  t.match(err, { name: 'TypeError', message: 'first', code: 'E_ONE' })
  t.match(err.stack, /^TypeError: first\n {4}at /)
})

t.test('errors keep their class, their text and their causes', async t => {
  class PoolError extends Error {}
  const cause = new RangeError('inner', { cause: 'a text' })
  const [copy] = keptArgs(new PoolError('outer', { cause })) as [PoolError]
  t.type(copy, PoolError)
  t.match(copy, { message: 'outer', cause: { name: 'RangeError', message: 'inner', cause: 'a text' } })
  const [aborted] = keptArgs(new DOMException('too slow', 'TimeoutError')) as [DOMException]
  t.type(aborted, Error)
  t.match(aborted, { name: 'TimeoutError', message: 'too slow' }, 'also where the class has only getters')
  const circle = new Error('round') as Error & { self: unknown; other: unknown }
  circle.cause = circle.self = circle.other = circle
  const [round] = keptArgs(circle) as [{ cause: { cause: { cause: unknown } } }]
  t.equal(round.cause.cause.cause, '[not kept]', 'a circle of causes ends')
})

t.test('a lazy value is called when it is kept, and only then', async t => {
  const { api, state } = fresh()
  let called = 0
  const lazy = () => ({ n: ++called })
  const logger = api.getLogger('a')
  logger.info(lazy, 'm')
  t.equal(called, 0)
  logger.warn(lazy, 'm')
  t.same(only(state.early).args, [{ n: 1 }, 'm'])
})

t.test('a text too long to be held on to is not kept, and neither is more than 32 fields', async t => {
  const [long, short] = keptArgs('x'.repeat(10_001), 'y'.repeat(10_000))
  t.equal(long, '[not kept]')
  t.equal(short, 'y'.repeat(10_000))
  const [wide] = keptArgs(Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${i}`, i])))
  t.equal(Object.keys(wide as object).length, 32)
})

t.test('the first 256 are kept, the others counted', async t => {
  const { api, state } = fresh()
  const logger = api.getLogger('a')
  let called = 0
  for (let i = 0; i < 300; i++) {
    logger.warn(() => {
      called++
      return { i }
    })
  }
  t.equal(state.early.length, 256)
  t.same(state.early.at(-1)?.args, [{ i: 255 }])
  t.equal(state.seen, 300)
  t.equal(called, 256, 'what is not kept costs no copy')
})

t.test('after 30 seconds a record makes room', async t => {
  const { api, state } = fresh()
  const logger = api.getLogger('a')
  const { now } = performance
  t.teardown(() => {
    performance.now = now
  })
  let clock = 1000
  performance.now = () => clock
  logger.warn('old')
  clock += 1
  for (let i = 0; i < 255; i++) logger.warn('newer')
  clock = 31_000
  logger.warn('refused')
  t.equal(state.early[0]?.args[0], 'old', 'just 30 s old, it is there')
  clock = 31_001
  logger.warn('fresh')
  t.same([state.early[0]?.args[0], state.early.at(-1)?.args[0]], ['newer', 'fresh'])
  t.equal(state.early.length, 256)
  t.equal(state.seen, 258)
})

t.test('whatever is logged early, nothing is thrown and nothing of the caller is held', async t => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withObjectString: true,
    withSparseArray: true,
    withTypedArray: true,
  })
  const isOurs = (value: unknown): boolean => Object(value) !== value || !(value instanceof Map || Array.isArray(value))
  holds(
    t,
    fc.property(anything, fc.array(anything), (bound, args) => {
      const { api, state } = fresh()
      const logger = api.getLogger('a').child(bound as object)
      logger.error(...(args as [unknown]))
      const record = state.early[0]
      return (
        record?.args.length === args.length &&
        record.args.every((arg, i) => Object(arg) !== arg || arg !== args[i]) &&
        [...record.args, ...record.bound].flatMap(arg => Object.values(Object(arg))).every(isOurs)
      )
    }),
    300,
  )
})

t.test('what throws when it is read costs only itself', async t => {
  const no = (): never => {
    throw new Error('no')
  }
  const proxy = new Proxy({}, { ownKeys: no, get: no, has: no, getPrototypeOf: no })
  const revoked = Proxy.revocable({}, {})
  revoked.revoke()
  const getter = {
    get bad() {
      return no()
    },
    good: 1,
  }
  const error = Object.defineProperty(new Error('m'), 'stack', { get: no })
  const [a, b, c, d, e] = keptArgs(proxy, revoked.proxy, getter, no, error)
  t.same([a, b, d], ['[not kept]', '[not kept]', '[not kept]'])
  t.match(c, { bad: '[not kept]', good: 1 })
  t.match(e, { message: 'm', stack: '[not kept]' })
})

t.test('both module systems get the same facade, without loading anything else', async t => {
  const esm = (await import('../lib/api.mjs')) as Api
  t.same(Object.keys(esm), ['getLogger'])
  const source = readFileSync(FILE, 'utf8')
  t.notMatch(source, /\brequire\(|\bimport\b(?! )/, 'it imports nothing')
})

t.test('the compiled file stays under 1 KB', async t => {
  // What comments, indentation and names cost without a minifier; gzip sees to repeated names.
  const source = readFileSync(FILE, 'utf8')
  const small = source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '').replace(/\s*\n\s*/g, '\n')
  const size = gzipSync(small, { level: 9 }).length
  t.ok(size < 1024, `${size} bytes`)
})
