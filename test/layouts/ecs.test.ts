import { deepEqual, equal } from 'node:assert/strict'
import { hostname } from 'node:os'
import fc from 'fast-check'
import t from 'tap'
import { ECS_VERSION } from '../../lib/layouts/ecs-table'
import { ECS_FIELDS } from '../../lib/layouts/ecs-types'
import { linesOf, logCalls, ofLayout } from '../support/calls'
import { refusal } from '../support/elasticsearch'
import { holds } from '../support/property'
import { parseStrict } from '../support/strict-json'

type Document = Record<string, unknown>

function parse(line: string): Document {
  return parseStrict(line.trimEnd()) as Document
}

/** The fields of one call, less those of every line. */
function written(fields: object, message: string | null = 'm'): Document {
  const { loose, take } = ofLayout('ecs')
  if (message === null) loose.info(fields)
  else loose.info(fields, message)
  const document = parse(take()[0]!)
  equal(refusal(document), undefined)
  for (const key of ['@timestamp', 'log.level', 'process.pid', 'host.hostname', 'ecs.version']) delete document[key]
  if (message !== null) delete document['message']
  return JSON.parse(JSON.stringify(document)) as Document
}

t.test('a line has the names that the Elastic Common Schema gives them', t => {
  const { loose, take } = ofLayout('ecs', { name: 'app.db', service: 'shop', env: 'production', version: '1.2.3' })
  loose.child({ requestId: '4bf92f' }).warn({ rows: 3 }, 'slow query')
  const document = parse(take()[0]!)
  t.match(document['@timestamp'], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  t.strictSame(
    { ...document, '@timestamp': '' },
    {
      '@timestamp': '',
      'log.level': 'warn',
      'log.logger': 'app.db',
      message: 'slow query',
      'process.pid': process.pid,
      'host.hostname': hostname(),
      'service.name': 'shop',
      'service.environment': 'production',
      'service.version': '1.2.3',
      'ecs.version': ECS_VERSION,
      requestId: '4bf92f',
      rows: 3,
    },
  )
  t.end()
})

t.test('whatever is logged, Elasticsearch takes it', t => {
  for (const settings of [{}, { name: 'app', service: 'shop', env: 'test', version: '1' }]) {
    const ecs = ofLayout('ecs', settings)
    holds(
      t,
      fc.property(logCalls, call => {
        const [line] = linesOf(call, ecs) as [string]
        equal(refusal(parse(line)), undefined)
      }),
      500,
    )
  }
  t.end()
})

t.test('fields that conform to the schema stay where they are', t => {
  const kept: Document[] = [
    { http: { request: { method: 'GET' }, response: { status_code: 200, body: { bytes: 12 } } } },
    { 'http.request.method': 'GET', 'url.path': '/x', 'event.duration': 12_000_000 },
    {
      user: { id: '7', name: 'bob', roles: ['a', 'b'] },
      client: { ip: '10.0.0.1', geo: { location: { lat: 1, lon: 2 } } },
    },
    { event: { action: 'login', created: '2026-11-22T21:57:31.123Z', outcome: 'success' }, tags: ['a'] },
    { trace: { id: '4bf92f3577b34da6a3ce929d0e0e4736' }, 'span.id': '00f067aa0ba902b7' },
    { user: { plan: 'pro' }, requestId: 'x', status: 200, nested: { a: [1, 2] }, 'a.b': 1, 'a.c': 2 },
    { process: { uptime: 5 }, host: { name: 'web-1' }, labels: {} },
    { user: null, http: null },
  ]
  for (const fields of kept) {
    const { labels: _, ...expected } = fields
    t.strictSame(written(fields), expected)
  }
  t.end()
})

t.test('fields that clash with the schema are moved into labels, as texts', t => {
  const moved: [object, Document][] = [
    [{ host: 'x' }, { 'labels.host': 'x' }],
    [{ error: 'x' }, { 'labels.error': 'x' }],
    [
      { 'user.name': 'bob', user: 'x' },
      { 'user.name': 'bob', 'labels.user': 'x' },
    ],
    [{ message: {} }, { 'labels.message': '{}' }],
    [{ message: 'second' }, { 'labels.message': 'second' }],
    [{ http: 1 }, { 'labels.http': '1' }],
    [{ http: { response: { status_code: 'OK' } } }, { 'labels.http_response_status_code': 'OK' }],
    [{ http: { request: 'GET', version: '2' } }, { http: { version: '2' }, 'labels.http_request': 'GET' }],
    [{ url: { path: { a: 1 } } }, { 'labels.url_path': '{"a":1}' }],
    [{ client: { ip: 'localhost' } }, { 'labels.client_ip': 'localhost' }],
    [{ event: { created: 'yesterday' } }, { 'labels.event_created': 'yesterday' }],
    [{ process: { pid: 1 } }, { 'labels.process_pid': '1' }],
    [
      { 'log.level': 'x', ecs: { version: '1' } },
      { 'labels.log_level': 'x', 'labels.ecs_version': '1' },
    ],
    [{ data_stream: { type: 'metrics' } }, { 'labels.data_stream_type': 'metrics' }],
    [{ 'message.text': 'x' }, { 'labels.message_text': 'x' }],
    [{ labels: { a: 1, b: { c: 2 } } }, { 'labels.a': '1', 'labels.b': '{"c":2}' }],
    [{ labels: 'x' }, { 'labels.labels': 'x' }],
    [
      { labels: [{ pid: {} }], pid: [['', {}]] },
      { 'labels.labels': '[{"pid":{}}]', 'labels.pid': '[["",{}]]' },
    ],
    [
      { _id: 'x', '': 1, ' ': 2, 'a..b': 3 },
      { 'labels._id': 'x', 'labels._': '1', 'labels._#2': '2', 'labels.a__b': '3' },
    ],
    [
      { a: 1, 'a.b': 2 },
      { a: 1, 'labels.a_b': '2' },
    ],
    [{ a: { b: 1, 'b.c': 2, '': 3 } }, { a: { b: 1 }, 'labels.a_b_c': '2', 'labels.a_': '3' }],
    [
      { mixed: [1, { a: 1 }], user: [{ id: '1' }, 'x'] },
      { 'labels.mixed': '[1,{"a":1}]', 'labels.user': '[{"id":"1"},"x"]' },
    ],
    [{ user: [{ id: '1' }, { id: { x: 1 } }] }, { user: [{ id: '1' }, {}], 'labels.user_id': '{"x":1}' }],
  ]
  for (const [fields, expected] of moved) t.strictSame(written(fields), expected, JSON.stringify(fields))
  t.end()
})

t.test('names that hewn keeps for itself are free in a document', t => {
  t.strictSame(written({ level: 5, time: 'noon', msg: 1, fields: { a: 1 }, env: 'x', pid: 2 }), {
    level: 5,
    time: 'noon',
    msg: 1,
    fields: { a: 1 },
    env: 'x',
    pid: 2,
  })
  t.strictSame(written({ message: 'the only one' }, null), { message: 'the only one' })
  t.end()
})

t.test('an error has the fields of the schema, its causes in the stack, and the rest in labels', t => {
  const { loose, take } = ofLayout('ecs')
  const cause = Object.assign(new RangeError('inner'), { code: 'E_IN' })
  const error = Object.assign(new TypeError('outer', { cause }), { code: 'ENOENT', syscall: 'open', errno: -2 })
  loose.error(error)
  const document = parse(take()[0]!)
  t.equal(document['message'], 'outer')
  t.equal(document['error.type'], 'TypeError')
  t.equal(document['error.message'], 'outer')
  t.equal(document['error.code'], 'ENOENT')
  t.equal(document['error.stack_trace'], `${error.stack}\ncaused by: ${cause.stack}`)
  t.equal(document['labels.error_syscall'], 'open')
  t.equal(document['labels.error_errno'], '-2')
  t.equal(document['labels.error_cause_code'], 'E_IN')
  loose.error(new Error('"quoted"\n'), 'said')
  const plain = parse(take()[0]!)
  t.equal(plain['error.message'], '"quoted"\n')
  t.notOk('err' in plain)
  t.end()
})

t.test('bound fields of the schema are on every line, and a call replaces them', t => {
  const { loose, take } = ofLayout('ecs')
  const child = loose.child({ user: { id: '7' }, 'trace.id': 'abc', host: 'x' })
  child.info('m')
  child.info({ status: 200 }, 'm')
  child.info({ host: { name: 'web' } }, 'm')
  const [bare, plain, replaced] = take().map(parse) as [Document, Document, Document]
  for (const document of [bare, plain]) {
    deepEqual({ ...(document['user'] as Document) }, { id: '7' })
    t.equal(document['trace.id'], 'abc')
    t.equal(document['labels.host'], 'x')
  }
  t.equal(plain['status'], 200)
  t.strictSame({ ...(replaced['host'] as Document) }, { name: 'web' })
  t.notOk('labels.host' in replaced)
  t.end()
})

t.test('a line that labels make longer than it may be is cut, not sent', t => {
  const { loose, take } = ofLayout('ecs', { maxLineBytes: 2048 })
  loose.info({ user: ['"'.repeat(900), { deep: '"'.repeat(300) }] }, 'm')
  const [line] = take() as [string]
  t.ok(Buffer.byteLength(line) <= 2049, `${Buffer.byteLength(line)} bytes`)
  t.equal(refusal(parse(line)), undefined)
  t.end()
})

t.test('the table holds what Elastic publishes', t => {
  const at = (path: string) =>
    path.split('.').reduce<ReturnType<typeof ECS_FIELDS.get>>((field, name) => field?.inner?.get(name), {
      inner: ECS_FIELDS,
      accepts: () => false,
    })
  t.equal(ECS_FIELDS.size, 47)
  const accepts: [string, unknown, boolean][] = [
    ['http.response.status_code', 200, true],
    ['http.response.status_code', 'OK', false],
    ['process.parent.thread.id', 1, true],
    ['process.parent.thread.id', 'one', false],
    ['source.geo.location', { lat: 1, lon: 2 }, true],
    ['source.geo.location', 'here', false],
    ['event.ingested', '2026-13-45', false],
    ['related.ip', '::1', true],
    ['related.ip', 'fe80::1%eth0', false],
    ['file.mode', 'x', true],
    ['file.hash.sha256', {}, false],
    ['event.risk_score', 1.5, true],
    ['event.sequence', 1e300, false],
    ['dns.answers.ttl', 'x', false],
    ['device.manufacturer', 'x', true],
    ['process.interactive', 'yes', false],
    ['data_stream.dataset', 'x', false],
  ]
  for (const [path, value, expected] of accepts) t.equal(at(path)?.accepts(value), expected, `${path} ${String(value)}`)
  for (const path of ['http.request', 'labels', 'log.syslog', 'process.entry_leader.parent'])
    t.ok(at(path)?.inner, path)
  t.end()
})
