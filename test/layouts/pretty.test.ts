import fc from 'fast-check'
import t from 'tap'
import { type PrettyOptions, prettyLine } from '../../lib/layouts/pretty'
import { holds } from '../support/property'

process.env.TZ = 'UTC'

const PLAIN: PrettyOptions = { colors: false, columns: 100 }
const COLORED: PrettyOptions = { colors: true, columns: 100 }
const TIME = '2026-11-22T21:57:31.123Z'

function line(fields: object): string {
  return JSON.stringify({ time: TIME, level: 'info', ...fields })
}

function plain(fields: object, options: Partial<PrettyOptions> = {}): string {
  return prettyLine(line(fields), { ...PLAIN, ...options })
}

t.test('time, level, name, message and fields stand on one line', async t => {
  t.equal(
    plain({ logger: 'http', msg: 'request completed', status: 200, ms: 12.3, ok: true, none: null }),
    '21:57:31.123 INFO  http: request completed  status=200 ms=12.3 ok=true none=null',
  )
  t.equal(plain({ msg: 'listening' }), '21:57:31.123 INFO  listening', 'the root logger has no name')
  t.equal(plain({ logger: 'http', status: 200 }), '21:57:31.123 INFO  http  status=200', 'a record may have no message')
  t.equal(prettyLine(`${line({})}\n`, PLAIN), '21:57:31.123 INFO \n', 'a newline at the end stays')
})

t.test('the time is local', async t => {
  process.env.TZ = 'Asia/Kolkata'
  t.equal(plain({ msg: 'x' }), '03:27:31.123 INFO  x')
  process.env.TZ = 'UTC'
})

t.test('every form of time is understood', async t => {
  t.match(plain({ time: 1795384651123, msg: 'x' }), /^21:57:31\.123 /)
  t.match(plain({ time: '1795384651123000042', msg: 'x' }), /^21:57:31\.123 /)
  t.match(plain({ time: 'soon', msg: 'x' }), /^soon INFO /)
  t.match(plain({ time: { h: 1 }, msg: 'x' }), /^INFO {2}x {2}time=\{h: 1\}$/)
})

t.test('levels line up, also those of pino and of your own', async t => {
  t.equal(plain({ level: 'warn', msg: 'x' }), '21:57:31.123 WARN  x')
  t.equal(plain({ level: 'error', msg: 'x' }), '21:57:31.123 ERROR x')
  t.equal(plain({ level: 30, msg: 'x' }), '21:57:31.123 INFO  x')
  t.equal(plain({ level: 35, msg: 'x' }), '21:57:31.123 35    x')
  t.equal(plain({ level: 'notice', msg: 'x' }), '21:57:31.123 NOTICE x')
})

t.test('what is the same on every line is left out unless asked for', async t => {
  const fields = { msg: 'x', pid: 1, host: 'web-1', service: 'shop', env: 'dev', version: '1.2.3', a: 1 }
  t.equal(plain(fields), '21:57:31.123 INFO  x  a=1')
  t.equal(
    plain(fields, { base: true }),
    '21:57:31.123 INFO  x  pid=1 host=web-1 service=shop env=dev version=1.2.3 a=1',
  )
  t.equal(plain({ msg: 'x', fields: { pid: 3 } }), '21:57:31.123 INFO  x  fields={pid: 3}', "a caller's own are shown")
})

t.test('fields go on below the line where it is full, and none is broken', async t => {
  const text = plain({ msg: 'm', a: 'x'.repeat(30), b: 'y'.repeat(30), c: 'z'.repeat(80), d: 1 }, { columns: 60 })
  t.equal(
    text,
    [`21:57:31.123 INFO  m  a=${'x'.repeat(30)}`, `    b=${'y'.repeat(30)}`, `    c=${'z'.repeat(80)}`, '    d=1'].join(
      '\n',
    ),
  )
})

t.test('an object that fits is on the line, one that does not is laid out below', async t => {
  t.equal(
    plain({ msg: 'm', user: { id: 17, roles: ['a', 'b'] } }),
    '21:57:31.123 INFO  m  user={id: 17, roles: [a, b]}',
  )
  const big = { id: 17, names: ['x'.repeat(30), 'y'.repeat(30)], tags: [{ k: 'z'.repeat(40), n: [1] }, 'w', {}] }
  t.equal(
    plain({ msg: 'm', user: big, after: 1 }, { columns: 50 }),
    [
      '21:57:31.123 INFO  m  after=1',
      '    user:',
      '      id: 17',
      '      names:',
      `        - ${'x'.repeat(30)}`,
      `        - ${'y'.repeat(30)}`,
      '      tags:',
      `        - k: ${'z'.repeat(40)}`,
      '          n: [1]',
      '        - w',
      '        - {}',
    ].join('\n'),
  )
})

t.test('many numbers share lines', async t => {
  const vector = Array.from({ length: 40 }, (_, i) => i)
  t.equal(
    plain({ msg: 'm', vector }, { columns: 50 }),
    [
      '21:57:31.123 INFO  m',
      '    vector:',
      '      0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17',
      '      18 19 20 21 22 23 24 25 26 27 28 29 30 31 32',
      '      33 34 35 36 37 38 39',
    ].join('\n'),
  )
})

t.test('a text of several lines stands behind a bar, so that it cannot pass for a line of the log', async t => {
  const forged = `${TIME.slice(11, 23)} ERROR forged`
  t.equal(
    plain({ msg: `first\n${forged}`, sql: 'select 1\n\tfrom x\r\n', a: 1 }),
    `21:57:31.123 INFO  first  a=1\n    │ ${forged}\n    sql:\n      │ select 1\n      │   from x`,
  )
  t.equal(plain({ list: ['a\nb', 'c'] }), '21:57:31.123 INFO \n    list:\n      - │ a\n        │ b\n      - c')
  t.equal(plain({ msg: 'one line\n' }), '21:57:31.123 INFO  one line', 'a newline at the end makes no second line')
})

t.test('in colour the same text is shown', async t => {
  const fields = { logger: 'http', msg: 'm', a: 'x'.repeat(90), o: { b: ['y'.repeat(120)] }, t: 'k\nl' }
  const colored = prettyLine(line(fields), COLORED)
  t.match(colored, /\x1b\[32mINFO \x1b\[0m/)
  t.match(colored, /\x1b\[1mm\x1b\[0m/, 'the message is bold')
  t.equal(colored.replaceAll(/\x1b\[[\d;]*m/g, ''), plain(fields))
})

t.test('a line that is no record passes through, with nothing that acts on the terminal', async t => {
  for (const text of ['', 'plain text', '[1,2]', '{"a":1}', '{"level":', '"x"', 'null', '{}', '12', '{"level":null}']) {
    t.equal(prettyLine(text, PLAIN), text)
  }
  t.equal(prettyLine('\x1b]0;title\x07 a\tb\r\n', COLORED), '\\x1b]0;title\\x07 a    b\n')
  t.equal(prettyLine(`a\n${line({ msg: 'm' })}\nb\n`, PLAIN), 'a\n21:57:31.123 INFO  m\nb\n', 'several lines at once')
})

t.test('a width that is none counts as 100', async t => {
  const fields = { msg: 'm', a: 'x'.repeat(40), b: 'y'.repeat(60) }
  for (const columns of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    t.equal(plain(fields, { columns }), plain(fields))
})

const HARMFUL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/

const jsonValue = fc.letrec(tie => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.string({ unit: 'binary' }),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: 'binary' }), tie('value'), { maxKeys: 4 }),
  ),
})).value

const KEYS = ['time', 'level', 'logger', 'msg', 'err', 'pid', 'fields', 'type', 'message', 'stack', 'cause', 'errors']
const record = fc.record(Object.fromEntries(KEYS.map(key => [key, jsonValue])), { requiredKeys: [] })
const error = fc.record({
  type: fc.string({ unit: 'binary' }),
  message: fc.string({ unit: 'binary' }),
  stack: fc.string({ unit: fc.constantFrom('\n', '    at ', 'x', ' (', ')', ':1', '/node_modules/', 'node:', '\x1b') }),
  cause: jsonValue,
  errors: jsonValue,
})
const columns = fc.oneof(fc.integer({ min: -1, max: 300 }), fc.constantFrom(Number.NaN, 1e9))

t.test('whatever a record holds, it is rendered, and only newlines of our own reach the terminal', async t => {
  holds(
    t,
    fc.property(record, error, columns, (fields, err, columns) => {
      const text = line({ err, ...fields, level: 'info' })
      const shown = prettyLine(text, { colors: false, columns })
      return shown !== text && !HARMFUL.test(shown)
    }),
    500,
  )
})

t.test('whatever the text is, it is shown and nothing is thrown', async t => {
  const text = fc.string({
    unit: fc.oneof(fc.constantFrom(...'{}[]",:\\\n\x1b'), fc.string({ unit: 'binary', maxLength: 1 })),
  })
  holds(
    t,
    fc.property(text, columns, (text, columns) => !HARMFUL.test(prettyLine(text, { colors: false, columns }))),
    1000,
  )
})

t.test('no value of a record is lost', async t => {
  const name = fc.stringMatching(/^[a-z]{3,8}$/)
  const leaf = fc.stringMatching(/^[a-z]{4,60}$/)
  const tree = fc.letrec(tie => ({
    tree: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie('tree'), { maxLength: 5 }), fc.dictionary(name, tie('tree'))),
  })).tree
  const leaves = (value: unknown): unknown[] =>
    typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [value]
  holds(
    t,
    fc.property(tree, fc.integer({ min: 40, max: 160 }), (value, columns) => {
      const words = prettyLine(line({ value }), { colors: false, columns }).match(/[a-z]{4,60}/g) ?? []
      return leaves(value).every(leaf => words.some(word => word === leaf))
    }),
    300,
  )
})

t.test('what is nested without end is shown all the same', async t => {
  const deep = `{"level":"info","a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
  t.match(prettyLine(deep, PLAIN), '['.repeat(90_000))
  const twenty = { a: JSON.parse(`${'[0,'.repeat(20)}"${'x'.repeat(200)}"${']'.repeat(20)}`) }
  t.match(plain(twenty), 'x'.repeat(200), 'as deep as hewn writes, it is laid out')
})

t.test('the output of a line of 256 KiB is bounded by its length', async t => {
  const size = 256 * 1024
  const lines = {
    string: line({ a: 'x'.repeat(size) }),
    controls: line({ a: '\u0001'.repeat(size / 6) }),
    newlines: line({ a: '\n'.repeat(size / 2) }),
    numbers: line({ a: Array.from({ length: size / 2 }, () => 1) }),
    objects: line({ a: Array.from({ length: size / 8 }, () => ({ b: 1 })) }),
    keys: line(Object.fromEntries(Array.from({ length: size / 12 }, (_, i) => [`k${i}`, 1]))),
    deep: `{"level":"info","a":${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}}`,
  }
  for (const [name, text] of Object.entries(lines)) {
    const shown = prettyLine(text, PLAIN)
    t.not(shown, text, `${name}: rendered`)
    t.ok(shown.length < 32 * text.length, `${name}: ${shown.length} characters`)
  }
})

t.test('durations and sizes are readable, in objects as well', async t => {
  t.equal(
    plain({ msg: 'm', ms: 83_211.77, mem: { heapBytes: 1_048_576 } }),
    '21:57:31.123 INFO  m  ms=83212 (1m23s) mem={heapBytes: 1048576 (1 MiB)}',
  )
})

t.test('a request has one colour, wherever it is logged', async t => {
  const colorOf = (fields: object, colorDepth: number): string | undefined => {
    const text = prettyLine(line(fields), { ...COLORED, colorDepth })
    return /^\x1b\[([\d;]+)m21:57:31\.123\x1b\[0m/.exec(text)?.[1]
  }
  t.equal(colorOf({ msg: 'm' }, 8), '2', 'a line of no request is dim')
  for (const depth of [4, 8, 24]) {
    const color = colorOf({ requestId: 'r-1' }, depth)
    t.match(color, depth === 4 ? /^3\d$/ : /^38;5;\d+$/)
    for (const fields of [{ msg: 'x', reqId: 'r-1' }, { req: { id: 'r-1', method: 'GET' } }, { trace_id: 'r-1' }]) {
      t.equal(colorOf(fields, depth), color, Object.keys(fields).join())
    }
  }
  const colors = new Set(Array.from({ length: 200 }, (_, i) => colorOf({ reqId: `req-${i}` }, 8)))
  t.equal(colors.size, 12, 'ids that follow one another have different colours')
  t.equal(colorOf({ requestId: { a: 1 }, reqId: '' }, 8), '2', 'what is no id is none')
  t.match(prettyLine(line({ reqId: 'r-1' }), COLORED), /reqId.*\x1b\[3\dmr-1\x1b\[0m/, 'the id has it, too')
})
