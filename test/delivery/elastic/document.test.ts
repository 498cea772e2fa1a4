import { equal } from 'node:assert'
import fc from 'fast-check'
import t from 'tap'
import { bulkLines, carefully } from '../../../lib/delivery/elastic/document'
import { plainDocument } from '../../../lib/delivery/elastic/plain-document'
import { targetOf } from '../../../lib/delivery/elastic/target'
import { lineId, sequenceOf } from '../../../lib/delivery/spool/ids'
import { refusal } from '../../support/elasticsearch'
import { holds } from '../../support/property'
import { isLegalName } from '../../support/receivers/bulk-receiver'
import { type JsonObject, parseStrict } from '../../support/strict-json'

const NOW = Date.UTC(2026, 10, 23)
const ID = lineId('0123456789abcdef', 4321)

function made(text: string, id = ID): { action: JsonObject; document: JsonObject } {
  const [action = '', document = '', ...rest] = bulkLines({ id, text, bytes: 0 }, targetOf({}), NOW).split('\n')
  equal(rest.join('|'), '', 'two lines, and an end')
  return { action: parseStrict(action) as JsonObject, document: parseStrict(document) as JsonObject }
}

const key = fc.oneof(
  fc.constantFrom(
    'event',
    'event.sequence',
    'labels',
    'labels.a.b',
    '@timestamp',
    'time',
    'level',
    'msg',
    'http',
    'a',
    'a.b',
    'a.b.c',
    '__proto__',
    'fields',
    'err',
    '.',
    '',
  ),
  fc.string({ maxLength: 6 }),
)
const { value } = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small' },
    // Larger whole numbers are texts in every line.
    fc.integer(),
    fc.string(),
    fc.boolean(),
    fc.constantFrom('2026-11-22T21:57:31.123Z', 'info', 5, null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4 }),
  ),
}))

t.test('whatever a line holds, its document is one that Elasticsearch takes, sorted by its number', t => {
  holds(
    t,
    fc.property(fc.dictionary(key, value, { maxKeys: 8 }), record => {
      const { action, document } = made(JSON.stringify(record))
      const meta = action['create'] as JsonObject
      equal(meta['_id'], ID)
      equal(isLegalName(String(meta['_index'])), true)
      equal(refusal({ ...document }), undefined)
      equal(
        [document['event']].flat(10).some(event => (event as JsonObject)['sequence'] === 4321),
        true,
      )
      equal(Number.isNaN(Date.parse(String(document['@timestamp']))), false)
    }),
    1000,
  )
  t.end()
})

t.test('the short way makes the same document as the careful one, and is taken by ordinary lines', t => {
  const target = targetOf({})
  const ordinary = fc.record(
    {
      time: fc.constant('2026-11-22T21:57:31.123Z'),
      level: fc.constantFrom('info', 'warn'),
      logger: fc.constantFrom('http', 'a.b'),
      msg: fc.string({ unit: 'binary' }),
      requestId: fc.string({ unit: 'binary' }),
      ms: fc.double({ noNaN: true }),
      ok: fc.boolean(),
      none: fc.constant(null),
      tags: fc.array(fc.string()),
      req: fc.dictionary(fc.constantFrom('id', 'url', 'a b'), fc.oneof(fc.string(), fc.integer())),
      trace_id: fc.string(),
      span_id: fc.string(),
      pid: fc.nat(),
      host: fc.string(),
      service: fc.string(),
      env: fc.string(),
      version: fc.string(),
    },
    { requiredKeys: ['time', 'level'] },
  )
  const parsed = (record: object): unknown => JSON.parse(JSON.stringify(record))
  holds(
    t,
    fc.property(
      fc.oneof(ordinary, fc.dictionary(key, value, { maxKeys: 8 })),
      fc.dictionary(key, value, { maxKeys: 2 }),
      (a, b) => {
        for (const record of [a, { ...a, ...b }]) {
          const text = JSON.stringify(record)
          const [, document] = bulkLines({ id: ID, text, bytes: 0 }, target, NOW).split('\n')
          equal(document, carefully(parsed(record), text, 4321, NOW).document)
        }
      },
    ),
    1000,
  )
  const line = { time: '2026-11-22T21:57:31.123Z', level: 'info', msg: 'x', ms: 1, req: { id: 'a' }, list: ['b'] }
  t.type(plainDocument(line, line.time, 1), 'string')
  for (const record of [
    { err: {} },
    { 'a.b': 1 },
    { http: 1 },
    { _id: 1 },
    { a: [{}] },
    { a: { 'b.c': 1 } },
    { ' ': 1 },
  ]) {
    t.equal(plainDocument(parsed(record) as JsonObject, line.time, 1), undefined, JSON.stringify(record))
  }
  t.end()
})

t.test('lines that differ in one thing only, as those of one process do, each say their own', t => {
  const line: JsonObject = {
    time: '2026-11-22T21:57:31.123Z',
    level: 'info',
    logger: 'http',
    msg: 'x',
    pid: 1,
    host: 'a',
    service: 'b',
    env: 'c',
    version: 'd',
  }
  for (const [name, value] of Object.entries({ ...line, pid: 2 })) {
    const other = name === 'time' ? '2026-11-22T21:57:31.124Z' : name === 'pid' ? value : `${value}!`
    for (const record of [line, { ...line, [name]: other }, { ...line, [name]: undefined }]) {
      const text = JSON.stringify(record)
      const [action, document] = bulkLines({ id: ID, text, bytes: 0 }, targetOf({}), NOW).split('\n')
      t.equal(document, carefully(JSON.parse(text), text, 4321, NOW).document, text)
      const index = `logs-${record['service'] ?? 'generic'}-${record['env'] ?? 'default'}`
      t.equal(action, JSON.stringify({ create: { _index: index, _id: ID } }))
    }
  }
  t.end()
})

t.test("a line's number is read from its id, and from no other text", t => {
  holds(
    t,
    fc.property(fc.integer({ min: 1, max: 2 ** 50 - 1 }), sequence => {
      equal(sequenceOf(lineId('0123456789abcdev', sequence)), sequence)
    }),
  )
  const odd = ['', 'x', `${ID}0000`, ID.slice(0, -1), ID.replace('.', '-'), ID.replace('a', 'w'), ID.replace('a', 'A')]
  for (const id of odd) t.equal(sequenceOf(id), undefined, id)
  t.end()
})

t.test('a line that is no record is a message of now', t => {
  for (const text of ['', 'plain text', '[1]', '{"a":', 'null', '{"level":30}', '{"msg":{}}', '{"pid":"x"}']) {
    t.strictSame(
      JSON.stringify(made(text).document),
      JSON.stringify({ '@timestamp': '2026-11-23T00:00:00.000Z', message: text, event: { sequence: 4321 } }),
    )
  }
  t.end()
})

t.test('a time that cannot be read is kept as a label', t => {
  t.match(made('{"time":"10:00","level":"info"}').document, {
    '@timestamp': '2026-11-23T00:00:00.000Z',
    labels: { time: '10:00' },
  })
  t.match(made('{"time":1790000000000,"level":"info"}').document, { '@timestamp': '2026-09-21T14:13:20.000Z' })
  t.match(made('{"time":"1790000000000123456","level":"info"}').document, {
    '@timestamp': '2026-09-21T14:13:20.000123456Z',
  })
  t.end()
})

t.test('an event.sequence of the user becomes a label, and an id of another make has no number', t => {
  const { document } = made('{"level":"info","event":{"sequence":1,"kind":"x"}}')
  t.match(document, { event: { sequence: 4321, kind: 'x' }, labels: { event_sequence: '1' } })
  t.notOk('event' in made('{"level":"info"}', 'another-7').document)
  t.end()
})
