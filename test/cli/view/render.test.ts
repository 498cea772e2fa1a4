import fc from 'fast-check'
import t from 'tap'
import { readEntry } from '../../../lib/cli/record/entry'
import { chosen } from '../../../lib/cli/view/fields'
import type { Format } from '../../../lib/cli/view/options'
import { Renderer } from '../../../lib/cli/view/render'
import { pageFor } from '../../../lib/layouts/pretty'
import { parseLine } from '../../support/capture'
import { holds } from '../../support/property'
import { parseStrict } from '../../support/strict-json'

process.env.TZ = 'UTC'

function renderer(format: Format, isTerminal: boolean, fields?: string[]): Renderer {
  const page = pageFor({ colors: false, columns: 100, base: fields !== undefined })
  return new Renderer({ format, isTerminal, fields, page: () => page })
}

function show(line: string, format: Format, fields?: string[], isTerminal = false): string {
  const entry = readEntry(line)
  const with_ = renderer(format, isTerminal, fields)
  return entry === undefined ? with_.other(line, true) : with_.record(entry, line, '')
}

const HEWN =
  '{"time":"2026-11-23T01:57:31.123Z","level":"info","logger":"http","msg":"hm","pid":7,"a":{"b":1,"c":[1]},"x.y":2}'
const PINO =
  '{"level":50,"time":1795399051123,"pid":7,"hostname":"w","name":"shop","msg":"hm","err":{"type":"E","message":"no","stack":"E: no"}}'

t.test("--json gives hewn's line: its own as it stands, any other with its names", async t => {
  t.equal(show(HEWN, 'json'), `${HEWN}\n`)
  const line = show(PINO, 'json')
  t.same(parseLine(line), {
    time: new Date(1795399051123).toISOString(),
    level: 'error',
    logger: 'shop',
    msg: 'hm',
    err: { type: 'E', message: 'no', stack: 'E: no' },
    pid: 7,
    host: 'w',
  })
})

t.test('--logfmt gives one line of pairs, flat and quoted where needed', async t => {
  t.equal(
    show(HEWN, 'logfmt'),
    'time=2026-11-23T01:57:31.123Z level=info logger=http msg=hm pid=7 a.b=1 a.c=[1] x.y=2\n',
  )
  t.equal(
    show('{"level":"info","msg":"two \\"words\\"","":"","a b":"x=y","n":null,"nl":"a\\nb","o":{}}', 'logfmt'),
    'level=info msg="two \\"words\\"" _="" a_b="x=y" n=null nl="a\\nb"\n',
  )
})

t.test('--fields shows time, level, name and message, and of the rest only those named', async t => {
  t.equal(show(HEWN, 'pretty', ['a.b', 'x.y', 'no', 'pid']), '01:57:31.123 INFO  http: hm  a.b=1 x.y=2 pid=7\n')
  t.equal(
    show(HEWN, 'json', ['a']),
    '{"time":"2026-11-23T01:57:31.123Z","level":"info","logger":"http","msg":"hm","a":{"b":1,"c":[1]}}\n',
  )
  t.equal(
    show(PINO, 'pretty', []),
    '01:57:31.123 ERROR shop: hm\n'.replace('01:57:31.123', new Date(1795399051123).toISOString().slice(11, 23)),
  )
  t.same(chosen({ a: { __proto__: null } }, ['__proto__', 'a.toString', 'a.b.c']), {}, 'only what is there')
})

t.test('what is no record stays as it is, unless a terminal shows it', async t => {
  const text = 'a\tb \x1b[32mgreen\x1b[0m \x1b]0;title\x07 \u202e\r'
  t.equal(renderer('pretty', false).other(text, true), `${text}\n`)
  t.equal(renderer('pretty', true).other(text, true), 'a    b green \\x1b]0;title\\x07 \\u202e\n')
  t.equal(renderer('pretty', true).other('piece', false), 'piece', 'a piece of a line does not end it')
})

const HARMFUL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/

t.test('whatever a line holds, nothing of it acts on a terminal, in any format', async t => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\x1b[31m', '\x9b', '\u202e', '\r', '\x1b]0;x\x07'),
  )
  const record = fc.dictionary(
    fc.oneof(fc.constantFrom('time', 'level', 'logger', 'msg', 'err', 'stack', 'log'), text),
    fc.oneof(text, fc.jsonValue()),
  )
  const line = fc.oneof(
    record.map(fields => JSON.stringify({ level: 'info', ...fields })),
    text.map(value => `level=info a=${value} b="${value}"`),
    text,
  )
  holds(
    t,
    fc.property(line, fc.constantFrom<Format>('pretty', 'json', 'logfmt'), (value, format) => {
      if (value.includes('\n')) return true
      return !HARMFUL.test(show(value, format, undefined, true))
    }),
    2000,
  )
})

t.test('whatever a record holds, --json is one line of strict JSON and --logfmt one line', async t => {
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.jsonValue(),
    fc.constant('\\ud800 is text'),
    fc.constant('\ud800'),
  )
  const record = fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('time', 'message', 'err', 'error')), value)
  holds(
    t,
    fc.property(record, fields => {
      const text = JSON.stringify({ level: 30, ...fields })
      const json = show(text, 'json')
      if (readEntry(text) === undefined) return true
      parseStrict(json.slice(0, -1))
      return !json.slice(0, -1).includes('\n') && !show(text, 'logfmt').slice(0, -1).includes('\n')
    }),
    500,
  )
})

t.test('a record nested too deep to be walked is shown as text', async t => {
  const deep = `{"level":30,"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`
  for (const format of ['pretty', 'json', 'logfmt'] as const) t.ok(show(deep, format).length > 1000, format)
})
