import { equal } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { hostname } from 'node:os'
import fc from 'fast-check'
import pino from 'pino'
import t from 'tap'
import { linesOf, logCalls, ofLayout } from '../support/calls'
import { type LooseLogger, METHODS } from '../support/capture'
import { holds } from '../support/property'
import { type JsonObject, parseStrict } from '../support/strict-json'

const OWN = [
  'level',
  'time',
  'pid',
  'hostname',
  'name',
  'msg',
  'err',
  'toJSON',
  '__proto__',
  'serializers',
  'formatters',
]

/** Text that both write alike: hewn also escapes what readers of lines stumble over. */
const text = fc.string({ unit: 'binary', maxLength: 120 }).filter(it => !/[\u007f-\u009f\u2028\u2029]/.test(it))
const key = text.filter(it => !OWN.includes(it) && it.length < 100 && it !== 'fields' && it !== 'customLevels')
const scalar = fc.oneof(
  text,
  fc.integer(),
  fc.double().filter(it => !Number.isInteger(it) || Number.isSafeInteger(it)),
  fc.boolean(),
  fc.constantFrom(null, undefined),
  fc.date({ noInvalidDate: true }),
  text.map(it => ({ toJSON: () => it })),
)
const { value } = fc.letrec<{ value: unknown; object: unknown }>(tie => ({
  value: fc.oneof({ depthSize: 'small' }, scalar, tie('object'), fc.array(tie('value'), { maxLength: 4 })),
  object: fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
}))
// Within an object, a bigint makes pino sort the keys.
const plain = fc.dictionary(key, value, { maxKeys: 6, noNullPrototype: true })
const fields = fc.dictionary(key, fc.oneof(value, fc.constant(12n)), { maxKeys: 6, noNullPrototype: true })
const error = fc
  .record({
    type: fc.constantFrom(Error, TypeError, class Failure extends Error {}),
    message: text,
    cause: fc.option(text, { nil: undefined }),
    own: plain.map(({ type: _, message: __, stack: ___, cause: ____, raw: _____, ...rest }) => rest),
  })
  .map(({ type: Type, message, cause, own }) => {
    const made = new Type(message, cause === undefined ? undefined : { cause: new RangeError(cause) })
    return Object.assign(made, own)
  })
const message = text.filter(it => !it.includes('%'))
const bound = fc.dictionary(key, value, { maxKeys: 3, noNullPrototype: true })

/** The same calls on both, at the same time; the lines of each. */
function both(log: (logger: LooseLogger) => void, options: { name?: string } = {}): [string, string] {
  const lines: string[] = []
  const theirs = pino({ level: 'trace', ...options }, { write: line => void lines.push(line) })
  const ours = ofLayout('pino', options)
  const { now } = Date
  const at = now()
  Date.now = () => at
  try {
    log(ours.loose)
    log(theirs as unknown as LooseLogger)
  } finally {
    Date.now = now
  }
  return [ours.take().join(''), lines.join('')]
}

t.test('a call with a message, fields or both is written byte for byte as pino writes it', t => {
  holds(
    t,
    fc.property(fc.constantFrom(...METHODS), message, fields, (method, said, given) => {
      const [ours, theirs] = both(logger => {
        logger[method](said)
        logger[method](given, said)
        logger[method](given)
      })
      equal(ours, theirs)
    }),
    300,
  )
  t.end()
})

t.test('bound fields of a child and of its child are written byte for byte as pino writes them', t => {
  holds(
    t,
    fc.property(message, bound, bound, fields, (said, outer, inner, given) => {
      const taken = new Set([...Object.keys(outer), ...Object.keys(inner), ...Object.keys(given)])
      // pino writes a key again that is bound already.
      fc.pre(taken.size === [outer, inner, given].reduce((sum, part) => sum + Object.keys(part).length, 0))
      const [ours, theirs] = both(
        logger => {
          logger.child(outer).info(said)
          logger.child(outer).child(inner).info(given, said)
        },
        { name: 'app' },
      )
      equal(ours, theirs)
    }),
    300,
  )
  t.end()
})

t.test('an error, its causes and its properties are written byte for byte as pino writes them', t => {
  holds(
    t,
    fc.property(message, error, fields, bound, (said, err, given, around) => {
      const [ours, theirs] = both(logger => {
        logger.error(err)
        logger.error(err, said)
        logger.error({ err })
        logger.error({ ...given, err }, said)
        logger.child({ b: 1 }).error(err)
      })
      equal(ours, theirs)
      fc.pre(!Object.keys(around).some(name => name in given))
      const [child, theirChild] = both(logger => logger.child(around).error({ ...given, err }))
      equal(child, theirChild)
    }),
    300,
  )
  t.end()
})

t.test('causes that go round, aggregates and what only has a message are written as pino writes them', t => {
  const round = new Error('round')
  round.cause = new Error('inner', { cause: round })
  const cases: unknown[] = [
    round,
    new AggregateError([new Error('a'), new TypeError('b')], 'both'),
    Object.assign(new Error('held'), { inner: new Error('in it') }),
    Object.assign(new Error('named'), { name: 'Refused' }),
  ]
  for (const err of cases) {
    const [ours, theirs] = both(logger => logger.error(err))
    t.equal(ours, theirs)
  }
  const [ours, theirs] = both(logger => logger.info({ err: { message: 'a message alone' } }))
  t.equal(ours, theirs)
  t.end()
})

t.test('a message among the fields stays where it is, as with pino', t => {
  for (const given of [{ a: 1, msg: 'x', b: 2 }, { msg: 5 }, { msg: { a: 1 } }, { name: 'x', service: 'y' }]) {
    const [ours, theirs] = both(logger => logger.info(given))
    t.equal(ours, theirs)
  }
  t.end()
})

t.test('where pino writes a key twice, the later one is in `fields` and every key is there once', t => {
  const { loose, take } = ofLayout('pino', { name: 'app', service: 'shop' })
  loose
    .child({ a: 1 })
    .info({ level: 'x', time: 0, pid: 'p', hostname: 'h', name: 'n', service: 's', msg: 'm', a: 2 }, 'said')
  const line = parseStrict(take()[0]!.trimEnd()) as JsonObject
  const { time, pid, ...rest } = line
  t.type(time, 'number')
  t.equal(pid, process.pid)
  t.strictSame(
    { ...rest, fields: { ...(rest['fields'] as JsonObject) } },
    {
      level: 30,
      hostname: hostname(),
      name: 'app',
      service: 'shop',
      a: 2,
      fields: { level: 'x', time: 0, pid: 'p', hostname: 'h', name: 'n', service: 's', msg: 'm' },
      msg: 'said',
    },
  )
  t.end()
})

t.test('whatever is logged, a line is good: strict JSON, every key once, the level a number', t => {
  const ours = ofLayout('pino', { name: 'app' })
  holds(
    t,
    fc.property(logCalls, call => {
      const [line] = linesOf(call, ours) as [string]
      const parsed = parseStrict(line.trimEnd()) as JsonObject
      equal(parsed['level'], METHODS.indexOf(call.method) * 10 + 10)
      equal(parsed['name'], 'app')
      equal(typeof parsed['time'], 'number')
    }),
    300,
  )
  t.end()
})

/** pino-pretty is no dependency: where it is not installed, HEWN_PINO_PRETTY can name its bin.js. */
const pretty = ['pino-pretty/bin.js', process.env['HEWN_PINO_PRETTY'] ?? ''].map(resolve).find(it => it !== undefined)

function resolve(program: string): string | undefined {
  try {
    return require.resolve(program)
  } catch {
    return undefined
  }
}

t.test('pino-pretty reads it', { skip: pretty === undefined && 'pino-pretty is not installed' }, t => {
  const { loose, take } = ofLayout('pino', { name: 'app' })
  loose.child({ user: 'bob' }).warn({ status: 404 }, 'not found')
  loose.error(new TypeError('boom'))
  const args = [pretty!, '--colorize=false']
  const { stdout } = spawnSync(process.execPath, args, { input: take().join(''), encoding: 'utf8' })
  t.match(stdout, /WARN \(app\/\d+\): not found\n {4}user: "bob"\n {4}status: 404\n/)
  t.match(
    stdout,
    /ERROR \(app\/\d+\): boom\n {4}err: \{\n {6}"type": "TypeError",\n {6}"message": "boom",\n {6}"stack":\n/,
  )
  t.end()
})
