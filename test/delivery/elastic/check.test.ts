import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { checkRecord } from '../../../lib/delivery/check-record'
import { systemClock } from '../../../lib/delivery/clock'
import { openBulk } from '../../../lib/delivery/elastic/bulk'
import type { ElasticOptions } from '../../../lib/delivery/elastic/options'

/** What a cluster answers: by `METHOD /path`, with `*` for the record's id; an array is a status with a body. */
type Answers = Readonly<Record<string, unknown>>

const OPENSEARCH = { version: { number: '3.4.0', distribution: 'opensearch' } }
const STREAM = '.ds-logs-shop-test-000001'
const STORED = { errors: false, items: [{ create: { _index: STREAM, status: 201 } }] }
const WELL: Answers = {
  'GET /': OPENSEARCH,
  'GET /_resolve/index/logs-shop-test': { indices: [], aliases: [], data_streams: [{}] },
  'POST /_bulk': STORED,
  [`GET /${STREAM}/_doc/*`]: {},
  [`DELETE /${STREAM}/_doc/*`]: {},
}

async function check(
  t: Test,
  answers: Answers,
  options: Partial<ElasticOptions> = {},
): Promise<{ seen: readonly string[]; asked: string[] }> {
  const record = checkRecord({ service: 'shop', env: 'test' }, Date.now())
  const asked: string[] = []
  const server = createServer(async (request: IncomingMessage, response) => {
    await text(request)
    const { pathname } = new URL(request.url ?? '/', 'http://cluster')
    const asks = `${request.method} ${pathname.replace(record.id, '*')}`
    asked.push(asks)
    const answer = answers[asks] ?? [404, { error: asks }]
    const [status, body] = Array.isArray(answer) ? (answer as [number, unknown]) : [200, answer]
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const node = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const opened = openBulk({ node, ...options }, systemClock)
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  try {
    return { seen: await opened.check!(record, { signal: new AbortController().signal }), asked }
  } finally {
    await opened.close()
  }
}

t.test('the record is stored, read back by its id, and deleted', async t => {
  const { seen, asked } = await check(t, WELL)
  t.strictSame(seen, ['OpenSearch 3.4.0', 'stored in logs-shop-test', 'read back by its id', 'deleted again'])
  t.strictSame(asked, Object.keys(WELL))
})

t.test('credentials that may only write are enough', async t => {
  const { seen } = await check(t, {
    'GET /': [403, {}],
    'POST /_bulk': STORED,
    [`GET /${STREAM}/_doc/*`]: [403, {}],
    [`DELETE /${STREAM}/_doc/*`]: [403, {}],
  })
  t.strictSame(seen, [
    'stored in logs-shop-test',
    'not read back: the credentials may only write',
    'left there: the credentials may not delete it',
  ])
})

t.test('nothing is sent where OpenSearch would make an index of it', async t => {
  const none = { indices: [], aliases: [], data_streams: [] }
  const resolve = 'GET /_resolve/index/logs-shop-test'
  const template = (...index_patterns: string[]) => ({
    'GET /_index_template': {
      index_templates: [
        { index_template: { index_patterns, data_stream: {} } },
        { index_template: { index_patterns: ['*'] } },
      ],
    },
  })
  await t.rejects(check(t, { ...WELL, [resolve]: none, ...template('logs-other-*') }), {
    message: /no matching index template/,
    status: 404,
  })
  await t.rejects(check(t, { ...WELL, [resolve]: { ...none, indices: [{}] } }), {
    message: /logs-shop-test is an index/,
  })
  t.match((await check(t, { ...WELL, [resolve]: none, ...template('metrics-*', 'logs-*-test') })).seen, [
    'OpenSearch 3.4.0',
  ])
  t.match((await check(t, { ...WELL, [resolve]: none })).seen, ['OpenSearch 3.4.0'], 'which may not be looked at')
  const { asked } = await check(t, WELL, { index: 'app' })
  t.notOk(asked.includes(resolve), 'an index needs no template')
})

t.test('what is no cluster, wrong credentials, and a line that is refused or not found are told', async t => {
  await t.rejects(check(t, { 'GET /': 'hello' }), { message: /neither Elasticsearch nor OpenSearch/, kind: 'hold' })
  await t.rejects(check(t, { 'GET /': [401, {}] }), { message: /401/, status: 401 })
  await t.rejects(check(t, { 'GET /': [403, {}], 'POST /_bulk': [403, {}] }), { message: /403/, status: 403 })
  const refusal = { errors: true, items: [{ create: { status: 400, error: { type: 'x', reason: 'strict' } } }] }
  await t.rejects(check(t, { ...WELL, 'POST /_bulk': refusal }), { kind: 'poison', message: /strict/ })
  await t.rejects(check(t, { ...WELL, [`GET /${STREAM}/_doc/*`]: [404, { found: false }] }), {
    message: /404/,
    status: 404,
  })
})
