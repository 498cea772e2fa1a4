import fc from 'fast-check'
import pino from 'pino'
import t from 'tap'
import { readEntry } from '../../../lib/cli/record/entry'
import { isoTime } from '../../../lib/cli/record/time'
import { capture } from '../../support/capture'
import { holds } from '../../support/property'

const MS = 1795399051123
const TIME = new Date(MS).toISOString()

t.test("hewn's own line is read as it stands", async t => {
  const { logger, take } = capture({ name: 'http', service: 'shop', fields: { message: 'mine' } })
  logger.error({ name: 'n', v: 0, time: 'soon', err: new RangeError('no') }, 'boom')
  const [line = ''] = take()
  const entry = readEntry(line)
  t.ok(entry?.isHewn)
  t.same(entry?.fields, JSON.parse(line))
  t.equal(entry?.level, 50)
  t.equal(entry?.time, Date.parse(String(entry?.fields['time'])))
})

t.test("pino's lines are read, as pino writes them", async t => {
  const lines: string[] = []
  const logger = pino(
    { name: 'shop', level: 'trace', base: { pid: 7, hostname: 'web-1' } },
    { write: line => lines.push(line) },
  )
  logger.child({ reqId: 'r1' }).warn({ a: 1, err: new TypeError('no') }, 'hm')
  const { time, ...fields } = readEntry(lines[0]!)?.fields ?? {}
  t.match(time, /^\d{4}-.*Z$/)
  t.match(fields, { level: 'warn', logger: 'shop', msg: 'hm', pid: 7, host: 'web-1', reqId: 'r1', a: 1 })
  t.match(fields['err'], { type: 'TypeError', message: 'no', stack: /TypeError: no/ })
  t.notOk('hostname' in fields || 'name' in fields)
})

const stack = 'TypeError: no\n    at a (/x/a.js:1:2)'
const rows: [name: string, line: string, fields: object, level: number | undefined][] = [
  [
    'bunyan',
    `{"name":"shop","hostname":"web-1","pid":7,"level":50,"err":{"message":"no","name":"TypeError","stack":${JSON.stringify(stack)}},"msg":"hm","time":"${TIME}","v":0}`,
    {
      time: TIME,
      level: 'error',
      logger: 'shop',
      msg: 'hm',
      err: { type: 'TypeError', message: 'no', stack },
      pid: 7,
      host: 'web-1',
    },
    50,
  ],
  [
    'winston',
    `{"level":"\\u001b[33mwarn\\u001b[39m","message":"hm","timestamp":"${TIME}","label":"shop","stack":${JSON.stringify(stack)}}`,
    { time: TIME, level: 'warn', logger: 'shop', msg: 'hm', err: { type: 'TypeError', message: 'no', stack } },
    40,
  ],
  ["winston's own levels", '{"level":"silly","message":"hm"}', { level: 'trace', msg: 'hm' }, 10],
  ["winston's http", '{"level":"http","message":"hm"}', { level: 'http', msg: 'hm' }, 25],
  [
    'ECS with dots',
    `{"@timestamp":"${TIME}","log.level":"error","log.logger":"shop","message":"hm","ecs.version":"8.11.0","process.pid":7,"host.hostname":"web-1","service.name":"s","service.environment":"prod","service.version":"1","trace.id":"t1","span.id":"s1","error.type":"TypeError","error.message":"no","error.stack_trace":${JSON.stringify(stack)},"http":{"request":{"method":"GET"}}}`,
    {
      time: TIME,
      level: 'error',
      logger: 'shop',
      msg: 'hm',
      err: { type: 'TypeError', message: 'no', stack },
      pid: 7,
      host: 'web-1',
      service: 's',
      env: 'prod',
      version: '1',
      trace_id: 't1',
      span_id: 's1',
      http: { request: { method: 'GET' } },
    },
    50,
  ],
  [
    'ECS, nested',
    `{"@timestamp":"${TIME}","log":{"level":"info","logger":"shop","origin":{"function":"f"}},"message":"hm","ecs":{"version":"8"},"process":{"pid":7},"error":{"message":"no"}}`,
    {
      time: TIME,
      level: 'info',
      logger: 'shop',
      msg: 'hm',
      err: { type: 'Error', message: 'no' },
      pid: 7,
      log: { origin: { function: 'f' } },
    },
    30,
  ],
  [
    'logfmt',
    `time=${TIME} level=info msg="two \\"words\\"" a=1 b=true c=01 d= e=x.y err.type=E err.message=no`,
    {
      time: TIME,
      level: 'info',
      msg: 'two "words"',
      err: { type: 'E', message: 'no' },
      a: 1,
      b: true,
      c: '01',
      d: '',
      e: 'x.y',
    },
    30,
  ],
  ['Google Cloud', '{"severity":"CRITICAL","message":"hm"}', { level: 'fatal', msg: 'hm' }, 60],
  [
    'zap',
    '{"level":"info","ts":1795399051.123,"logger":"shop","msg":"hm"}',
    { time: TIME, level: 'info', logger: 'shop', msg: 'hm' },
    30,
  ],
  ['a level that nobody knows', '{"level":"Odd","msg":"hm"}', { level: 'Odd', msg: 'hm' }, undefined],
]
for (const [name, line, fields, level] of rows) {
  t.test(`${name} is read with hewn's names`, async t => {
    const entry = readEntry(line)
    t.same(entry?.fields, fields)
    t.equal(entry?.level, level)
  })
}

t.test('times in seconds, ms, µs and ns are told apart', async t => {
  const times = [MS / 1000, MS, `${MS}000`, `"${MS}000000"`, `"${TIME.replace('Z', '+00:00')}"`]
  for (const time of times) t.equal(readEntry(`{"level":30,"time":${time}}`)?.time, MS, String(time))
})

t.test('large integers keep their digits', async t => {
  const entry = readEntry(
    `{"time":"${TIME}","level":"info","msg":"id 12345678901234567890","id":12345678901234567890,"ids":[-12345678901234567890,9007199254740991,1.5]}`,
  )
  t.strictSame(entry?.fields, {
    time: TIME,
    level: 'info',
    msg: 'id 12345678901234567890',
    id: '12345678901234567890',
    ids: ['-12345678901234567890', 9007199254740991, 1.5],
  })
  t.notOk(entry?.isHewn, 'so its text is not the one to show')
})

t.test('what is no record is none', async t => {
  for (const line of [
    '',
    'plain text',
    '[1]',
    '{"a":1}',
    '{"level":',
    'null',
    '{}',
    'set level=debug for all',
    'level=debug',
    'a=1 b=2',
    '{"level":{"x":1}}',
  ]) {
    t.equal(readEntry(line), undefined, line)
  }
  t.ok(readEntry('\ufeff{"level":30}\r'), 'a byte order mark and a carriage return do not matter')
})

t.test('whatever a line holds, reading it never throws, and a key of any name survives', async t => {
  const value = fc.jsonValue({ maxDepth: 3 })
  const keys = fc.constantFrom(
    'time',
    'level',
    'msg',
    'message',
    'err',
    'error',
    'log',
    'ecs',
    '@timestamp',
    'stack',
    'v',
    '__proto__',
    'x',
  )
  const json = fc.dictionary(keys, value).map(object => JSON.stringify(object))
  holds(
    t,
    fc.property(fc.oneof(json, fc.string({ unit: 'binary' })), line => {
      readEntry(line)
    }),
    1000,
  )
  t.ok(Object.hasOwn(readEntry('{"level":30,"__proto__":{"a":1}}')?.fields ?? {}, '__proto__'))
})

t.test('a hostile line of logfmt costs no more than its length', async t => {
  t.equal(readEntry(`level=info ${'a= '.repeat(20_000)}"`), undefined)
  t.equal(readEntry(`level=info a="${'\\"'.repeat(50_000)}`), undefined)
  t.equal(readEntry(`${' '.repeat(50_000)}level=info x`), undefined)
})

t.test('a time is written as Date writes it, before 1970 as well', async t => {
  holds(
    t,
    fc.property(fc.double({ min: -8.64e15, max: 8.64e15, noNaN: true }), ms => {
      // A Date drops what is below a millisecond towards 1970, isoTime towards the past.
      t.equal(isoTime(ms), new Date(Math.floor(ms)).toISOString())
    }),
    300,
  )
  t.equal(isoTime(MS), TIME)
})
