import { inspect } from 'node:util'
import t from 'tap'
import { close, configure, createLogger, flush, getLogger, HewnError, type Logger, logger, stats } from '../lib/index'
import { captureLines } from './support/lines'

// The first: it needs a process that has not logged yet.
t.test('a child made before the first call keeps its serializers, its error and its reserved names', t => {
  const { destination, records } = captureLines()
  const card = { serializers: { card: () => '***' } }
  const early = logger.child({ mod: 'm', service: 'mine', err: new RangeError('bound') }, card)
  configure({ destination, fields: { region: 'eu' } })
  early.info({ card: 4111 }, 'x')
  t.match(records()[0], {
    region: 'eu',
    mod: 'm',
    card: '***',
    err: { type: 'RangeError', message: 'bound' },
    fields: { service: 'mine' },
  })
  t.notOk(JSON.stringify(records()[0]).includes('"fields":{"fields"'))
  t.end()
})

t.test('a child follows the level of its name, until it is given its own', t => {
  const { destination, records } = captureLines()
  const log = createLogger({ name: 'app', destination })
  const follows = log.child({ child: 'follows' })
  const own = log.child({ child: 'own' }, { level: 'warn' })
  const grandchild = own.child({ child: 'grandchild' })
  log.level = 'debug'
  for (const logger of [follows, own, grandchild]) logger.debug('a')
  own.level = 'debug'
  for (const logger of [follows, own, grandchild]) logger.debug('b')
  t.same(
    records().map(({ child, msg }) => `${child} ${msg}`),
    ['follows a', 'follows b', 'own b', 'grandchild b'],
  )
  t.same([log.level, follows.level, own.level], ['debug', 'debug', 'debug'])
  t.end()
})

t.test('isLevelEnabled says what a call would do', t => {
  const log = createLogger({ level: 'info,quiet=off', destination: { write() {} } })
  t.same(
    ['trace', 'info', 'INFO', 'fatal', 'nonsense'].map(level => log.isLevelEnabled(level)),
    [false, true, true, true, false],
  )
  log.level = 'silent'
  t.notOk(log.isLevelEnabled('fatal'))
  t.end()
})

t.test('a rule with a condition lets through the children and contexts it names, made before it or after', t => {
  const { destination, records } = captureLines()
  const log = createLogger({ level: 'warn,[tenant=acme]=debug', destination })
  const acme = log.child({ tenant: 'acme' })
  const other = log.child({ tenant: 'other' })
  for (const logger of [log, acme, other]) logger.debug('x')
  t.same(
    records().map(({ tenant }) => tenant),
    ['acme'],
  )
  t.ok(acme.isLevelEnabled('debug'))
  t.notOk(other.isLevelEnabled('debug'))
  t.end()
})

t.test('custom levels have typed methods, their own number, and work in rules', t => {
  const { destination, records } = captureLines()
  const log = createLogger({ level: 'notice', customLevels: { notice: 35 }, destination })
  log.notice({ a: 1 }, 'noted')
  log.info('below')
  log.child({ b: 2 }).notice('from a child')
  t.match(records(), [
    { level: 'notice', msg: 'noted', a: 1 },
    { level: 'notice', msg: 'from a child', b: 2 },
  ])
  t.equal(records().length, 2)
  t.equal(log.level, 'notice')
  t.end()
})

t.test('a method taken off its logger still logs, through the root, and never throws', t => {
  const { info } = createLogger({ level: 'silent', destination: { write() {} } })
  t.doesNotThrow(() => Reflect.apply(info, undefined, [{ a: 1 }]))
  t.doesNotThrow(() => Reflect.apply(info, 5, ['x']))
  t.end()
})

t.test('bindings() gives the bound fields back, as a copy', t => {
  const log = createLogger({ fields: { region: 'eu' }, destination: { write() {} } }).child({ a: { b: 1n } })
  const bindings = log.bindings()
  t.same(bindings, { region: 'eu', a: { b: 1 } })
  bindings['a'] = 'changed'
  t.same(log.bindings(), { region: 'eu', a: { b: 1 } })
  t.end()
})

t.test('child() bears any bindings and options that it does not know', t => {
  const { destination, records } = captureLines()
  const log = createLogger({ destination })
  const hostile = [undefined, null, 7, 'text', Symbol('s'), () => 1]
  for (const bindings of hostile) log.child(bindings as object, { redact: ['x'], formatters: {} } as object).info('m')
  t.equal(records().length, hostile.length)
  t.end()
})

t.test('serializers replace a field, in calls and in bindings; one that throws costs that field', t => {
  const { destination, records } = captureLines()
  const serializers = {
    user: ({ id }: { id: number }) => id,
    bad: () => {
      throw new Error('broken')
    },
  }
  const log = createLogger({ serializers, destination })
  log.child({ user: { id: 1 } }).info({ bad: 1, ok: 2 }, 'x')
  log.child({}, { serializers: { card: () => 'hidden' } }).info({ user: { id: 3 }, card: 4 }, 'y')
  t.match(records(), [
    { user: 1, bad: '[threw: broken]', ok: 2 },
    { user: 3, card: 'hidden' },
  ])
  t.end()
})

t.test('an unknown level given to a logger leaves the level as it is', t => {
  const log = createLogger({ level: 'warn', destination: { write() {} } })
  log.level = 'debgu'
  t.equal(log.level, 'warn')
  t.end()
})

t.test('createLogger names every option that is wrong, with the nearest right one', t => {
  const wrong = { levle: 'info', durability: 'turns', transports: [{ type: 'fiel', path: 'x' }], maxLineBytes: 3 }
  const error = problemsOf(() => createLogger(wrong as object))
  t.match(new Set(error.problems.map(({ suggestion }) => suggestion)), new Set(['level', 'turn', 'file', undefined]))
  t.match(error.message, /unknown option 'levle'/)
  t.match(error.message, /maxLineBytes: found 3, expected a whole number from 1024/)
  const grammar = problemsOf(() => createLogger({ level: 'info,http=debgu' }))
  t.match(grammar.message, /did you mean 'debug'\?\n.*\n +\^{5}/)
  t.end()
})

t.test('createLogger refuses custom levels that would hide a method or share a number', t => {
  for (const customLevels of [
    { info: 35 },
    { child: 35 },
    { notice: 30 },
    { notice: 1.5 },
    { 'a b': 35 },
    { off: 3 },
  ]) {
    problemsOf(() => createLogger({ customLevels: customLevels as object, destination: { write() {} } }))
  }
  t.end()
})

t.test('the time of a line is what is asked for', t => {
  const { destination, lines } = captureLines()
  createLogger({ time: 'epoch', destination }).info('a')
  createLogger({ time: 'epochNanos', destination }).info('b')
  createLogger({ time: () => 'noon', destination }).info('c')
  createLogger({
    time: () => {
      throw new Error('no clock')
    },
    destination,
  }).info('d')
  t.match(lines[0], /^\{"time":\d{13},"level"/)
  t.match(lines[1], /^\{"time":"\d{19}","level"/)
  t.match(lines[2], /^\{"time":"noon","level"/)
  t.match(lines[3], /^\{"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","level"/)
  t.end()
})

t.test('nanoseconds of one millisecond count up, so that lines keep their order when sorted', t => {
  const { destination, records } = captureLines()
  const log = createLogger({ time: 'epochNanos', destination })
  for (let i = 0; i < 100; i++) log.info('x')
  const times = records().map(({ time }) => time as string)
  t.same(times, times.toSorted())
  t.equal(new Set(times).size, times.length)
  t.end()
})

t.test('a logger is what a library that takes pino-like loggers expects', t => {
  const log: Logger = createLogger({ destination: { write() {} } })
  const methods = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent', 'child', 'bindings'] as const
  for (const method of methods) t.type(log[method], 'function')
  t.end()
})

function problemsOf(make: () => unknown): HewnError {
  try {
    make()
  } catch (error) {
    if (error instanceof HewnError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

t.test("a grandchild's own level is its alone", t => {
  const log = createLogger({ destination: { write() {} } })
  const child = log.child({ c: 1 })
  const grandchild = child.child({ c: 2 })
  child.level = 'error'
  grandchild.level = 'trace'
  t.same([log.level, child.level, grandchild.level], ['info', 'error', 'trace'])
  t.end()
})

t.test('a serializer for a reserved name does not take the place of what is there', t => {
  const { destination, lines, records } = captureLines()
  const same = (value: unknown) => value
  createLogger({ destination, service: 'svc', serializers: { service: same, level: same, fields: same } }).info(
    { service: 'a', level: 3, fields: { x: 1 } },
    'hi',
  )
  t.match(records()[0], { service: 'svc', level: 'info', fields: { service: 'a', level: 3, fields: { x: 1 } } })
  t.equal(lines[0]?.match(/"service":/g)?.length, 2)
  t.end()
})

t.test("a call's error replaces the one that is bound", t => {
  const { destination, records } = captureLines()
  const log = createLogger({ destination }).child({ err: new Error('bound') })
  log.error({ err: new Error('given') }, 'm')
  log.error(new Error('given'), 'm')
  for (const record of records()) t.match(record, { err: { message: 'given' } })
  t.end()
})

t.test('nothing but set-up throws, whatever it is given', t => {
  const log = createLogger({ destination: { write() {} } })
  const loose = log as unknown as Record<'isLevelEnabled' | 'child' | 'info', (...args: unknown[]) => unknown>
  for (const odd of [5, null, undefined, Symbol('s'), {}, Object.create(null)]) {
    t.doesNotThrow(() => loose.isLevelEnabled(odd))
    t.doesNotThrow(() => {
      ;(log as { level: unknown }).level = odd
    })
    t.doesNotThrow(() => loose.child({}, { level: odd, serializers: odd }))
  }
  for (const owner of [{ gate: { min: 0 } }, { gate: null }, 5]) {
    t.doesNotThrow(() => Reflect.apply(loose.info, owner, ['x']))
  }
  t.end()
})

t.test('a clock that logs does not ask itself without end', t => {
  let lines = 0
  const log: Logger = createLogger({
    destination: { write: () => void lines++ },
    time: () => {
      log.info('in the clock')
      return 1
    },
  })
  log.info('x')
  t.equal(lines, 2)
  t.end()
})

t.test('two transports of one kind have a name each', async t => {
  const folder = t.testdir()
  const transports = ['a', 'b'].map(name => ({ type: 'file' as const, path: `${folder}/${name}.log` }))
  configure({ transports })
  logger.info('x')
  await flush()
  t.match(stats().transports, { file: { sent: 1 }, 'file#2': { sent: 1 } })
  await close()
})

t.test('a logger in what is logged is its name, and shows nothing of what it writes to', async t => {
  const { destination, records } = captureLines()
  const log = createLogger({ destination, redact: { hash: { key: 'a key of 16 bytes', paths: ['id'] } } })
  class Service {
    log = log.child({ a: 1 })
  }
  log.info({ service: new Service(), log }, 'made')
  log.error(Object.assign(new Error('failed'), { log }))
  t.match(records()[0], { fields: { service: { log: '[logger]' } }, log: '[logger]' })
  t.match(records()[1], { err: { log: '[logger]' } })
  t.equal(JSON.stringify({ log: getLogger('http.client') }), '{"log":"[logger http.client]"}')
  t.notMatch(inspect({ log }, { depth: 9 }), /a key of/)
  t.equal(inspect(log), '[logger]')
})
