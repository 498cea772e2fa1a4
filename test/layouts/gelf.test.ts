import fc from 'fast-check'
import t from 'tap'
import { gelfMessage } from '../../lib/layouts/gelf'
import { legalName } from '../../lib/layouts/gelf-fields'
import { capture } from '../support/capture'
import { additionalFields, storeInGraylog } from '../support/graylog'
import { userFields } from '../support/graylog-fields'
import { hostiles } from '../support/hostile'
import { holds } from '../support/property'

const TIME = '2026-11-22T21:57:31.123Z'

/** What Graylog keeps of a record of hewn's. */
function stored(record: object): Record<string, string | number> {
  return Object.fromEntries(storeInGraylog(gelfMessage(JSON.stringify(record), 'fallback')))
}

t.test('a line becomes a message with its time, severity, text and host where Graylog has them', async t => {
  const line = {
    time: TIME,
    level: 'warn',
    logger: 'http',
    msg: 'slow',
    pid: 4132,
    host: 'web-1',
    status: 200,
    ms: 12.5,
  }
  t.equal(
    gelfMessage(JSON.stringify(line), 'fallback', { hewn_id: 'w-1' }),
    '{"version":"1.1","host":"web-1","short_message":"slow","timestamp":1795384651.123,"level":4,' +
      '"_level_name":"warn","_logger":"http","_pid":4132,"_hewn_id":"w-1","_status":200,"_ms":12.5}',
  )
})

t.test('each level has its severity, and its own name beside it', async t => {
  const severity = (level: unknown) => {
    const { level: number, level_name } = stored({ time: TIME, level, msg: 'x' })
    return [number, level_name]
  }
  const standard = { trace: 7, debug: 7, info: 6, warn: 4, error: 3, fatal: 2, notice: 5, alert: 1 }
  for (const [name, number] of Object.entries(standard)) t.strictSame(severity(name), [number, name])
  t.strictSame(severity('verbose-ish'), [6, 'verbose-ish'])
  t.strictSame(severity(30), [6, 30])
})

t.test('booleans, objects, arrays and large numbers are written in a way that Graylog keeps', async t => {
  const given = {
    ok: true,
    off: false,
    http: { status: 200, 'request.id': 'r1', headers: { 'x-a': 'b' } },
    tags: ['a', 1, null],
    none: [],
    nothing: {},
    big: '9223372036854775808',
    rounded: 2 ** 60,
    gone: null,
  }
  const { level, message, source, timestamp, ...rest } = stored({ time: TIME, msg: 'x', ...given })
  t.strictSame(rest, {
    ok: 'true',
    off: 'false',
    http_status: 200,
    http_request_id: 'r1',
    'http_headers_x-a': 'b',
    tags: '["a",1,null]',
    none: '[]',
    nothing: '{}',
    big: '9223372036854775808',
    rounded: String(2 ** 60),
  })
})

t.test('names that GELF or Graylog has for itself are given a place of their own', async t => {
  const { fields_id, fields_source, fields_message, fields_level, fields_gl2_x, fields_timestamp } = stored({
    time: TIME,
    level: 'info',
    msg: 'x',
    id: 7,
    _id: 'mongo',
    source: 's',
    message: 'm',
    gl2_x: 1,
    timestamp: 't',
    fields: { level: 5 },
  })
  t.strictSame(
    [fields_id, fields_source, fields_message, fields_level, fields_gl2_x, fields_timestamp],
    [7, 's', 'm', 5, 1, 't'],
  )
})

t.test('names that become the same stay apart', async t => {
  const { a_b, a_b_2, a_b_3, a_b_4 } = stored({ msg: 'x', 'a.b': 1, a: { b: 2 }, a_b_2: 3, 'a b': 4 })
  t.strictSame([a_b, a_b_2, a_b_3, a_b_4].sort(), [1, 2, 4, undefined].sort())
  t.equal(stored({ msg: 'x', 'a.b': 1, a: { b: 2 }, a_b_2: 3, 'a b': 4 })['a_b_2_2'], 3)
  t.not(legalName('größe'), legalName('grässe'))
  t.equal(legalName('größe'), 'gru00f6u00dfe'.replaceAll('u00', 'u'))
  t.equal(legalName('___'), 'field')
})

t.test('an error gives the message its stack and those of its causes, and fields to search for', async t => {
  const { full_message, message, err_type, err_code, err_cause_message, err_stack, err_cause_code, err_errors } =
    stored({
      time: TIME,
      level: 'error',
      err: {
        type: 'TypeError',
        message: 'boom',
        stack: 'TypeError: boom\n    at a.js:1',
        code: 'E1',
        cause: { type: 'Error', message: 'inner', stack: 'Error: inner\n    at b.js:1', code: 5 },
        errors: [{ type: 'Error', message: 'one', stack: 'Error: one' }],
      },
    })
  t.equal(full_message, 'TypeError: boom\n    at a.js:1\n\ncause: Error: inner\n    at b.js:1\n\nerrors[0]: Error: one')
  t.strictSame([message, err_type, err_code, err_stack], ['boom', 'TypeError', 'E1', undefined])
  t.strictSame([err_cause_message, err_cause_code], ['inner', '5'], 'a code is always a text: a field has one type')
  t.equal(err_errors, '[{"type":"Error","message":"one"}]')
})

t.test('a text that the index would refuse the message for is kept in full_message', async t => {
  const body = 'ü'.repeat(20_000)
  const kept = stored({ msg: 'x', body, short: 'ü'.repeat(16_383) })
  t.equal(kept['body'], '[too long for a field: in full_message]')
  t.equal(kept['full_message'], `body: ${body}`)
  t.equal(Buffer.byteLength(String(kept['short'])), 32_766)
})

t.test('data used as names does not fill the index with fields', async t => {
  const byUser = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`user${n}`, n]))
  const kept = stored({ msg: 'x', byUser })
  t.equal(kept['byUser'], JSON.stringify(byUser))
})

t.test('a message is never without a text, a host or a severity', async t => {
  for (const record of [
    {},
    { msg: '' },
    { msg: ' \u001c\n' },
    { msg: null },
    { err: { message: ' ' } },
    { host: '\t' },
  ]) {
    t.match(stored(record), { message: /\S/, source: 'fallback', level: 6 }, JSON.stringify(record))
  }
  t.equal(stored({ err: { type: 'MyError', message: '' } })['message'], 'MyError')
  t.match(stored({ msg: 5, host: 7 }), { message: '5', source: 'fallback', fields_host: 7 })
})

t.test('a time in any form is kept: as the timestamp, or as a field where that would change it', async t => {
  const times = (time: unknown) => {
    const { timestamp, time: kept } = stored({ time, msg: 'x' })
    return [timestamp, kept]
  }
  t.strictSame(times(TIME), [1795384651.123, undefined])
  t.strictSame(times(1795384651123), [1795384651.123, undefined])
  t.strictSame(times('1795384651123456789'), [1795384651.123, '1795384651123456789'])
  t.strictSame(times('2026-11-22T21:57:31.123456Z'), [1795384651.123, '2026-11-22T21:57:31.123456Z'])
  t.strictSame(times('yesterday'), [undefined, 'yesterday'])
  t.strictSame(times(-1), [undefined, -1])
  t.strictSame(times(1e300), [undefined, String(1e300)])
  t.strictSame(times(undefined), [undefined, undefined])
})

t.test('what is no line of hewn is kept as the text of a message', async t => {
  for (const text of ['plain', '[1,2]', '"x"', '{"cut', 'null', '7', '\u2028']) {
    const kept = storeInGraylog(gelfMessage(text, 'fallback', { hewn_id: 'i' }))
    t.strictSame([kept.get('message'), kept.get('hewn_id')], [text.trim() === '' ? '-' : text, 'i'])
  }
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
  t.ok(gelfMessage(`{"a":${deep}}`, 'fallback').length > deep.length)
})

t.test('an id that a line has already, because it came from another hewn, is kept', async t => {
  const text = gelfMessage('{"msg":"x","hewn_id":"first"}', 'h', { hewn_id: 'second' })
  t.strictSame(additionalFields(text), { _hewn_id: 'first' })
})

/** What a field's value comes to, leaf by leaf, written down a second time: only the values, without their names. */
function leaves(value: unknown): (string | number)[] {
  if (value === null) return []
  if (Array.isArray(value)) return [JSON.stringify(value)]
  if (typeof value === 'object') {
    const inner = Object.values(value as object)
    return inner.length === 0 ? ['{}'] : inner.flatMap(leaves)
  }
  if (typeof value === 'number' && (!Number.isInteger(value) || Number.isSafeInteger(value))) return [value + 0]
  return [String(value)]
}

t.test('whatever is logged, Graylog takes the message and keeps every value in a field of its own', async t => {
  holds(
    t,
    fc.property(userFields, given => {
      const record = JSON.stringify({ time: TIME, level: 'info', msg: 'x', ...given })
      const kept = storeInGraylog(gelfMessage(record, 'fallback'))
      const values = [...kept].filter(([key]) => !['message', 'source', 'timestamp', 'level'].includes(key))
      const all = ['info', ...Object.values(JSON.parse(JSON.stringify(given)) as object).flatMap(leaves)]
      const sorted = (list: unknown[]) => list.map(item => `${typeof item} ${item}`).sort()
      const found = sorted(values.map(([, item]) => item))
      const wanted = sorted(all)
      if (found.join('\n') !== wanted.join('\n')) throw new Error(`${record}\n${found}\n${wanted}`)
    }),
    500,
  )
})

t.test('whatever hostile value is logged, Graylog takes the message', async t => {
  const { loose, take } = capture()
  for (const { name, make } of hostiles.filter(({ slow, once }) => slow !== true && once !== true)) {
    loose.info({ value: make() }, 'x')
    loose.error(make())
    for (const line of take()) {
      t.doesNotThrow(() => storeInGraylog(gelfMessage(line.trimEnd(), 'fallback')), name)
    }
  }
})
