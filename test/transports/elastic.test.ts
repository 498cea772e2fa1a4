import t from 'tap'
import { elastic } from '../../transports/elastic'
import { EXPIRED, GOOD, TEST_KEY } from '../support/certificates'
import { type Delivery, deliveryTo } from '../support/deliveries'
import { BulkReceiver, type BulkReceiverOptions, type ItemError } from '../support/receivers/bulk-receiver'

/** Ten minutes of the pipeline's time, six seconds of ours. */
const LONG = 600_000

interface Scene extends Delivery {
  readonly receiver: BulkReceiver
  readonly url: string
}

async function scene(
  t: { teardown(work: () => Promise<void>): void },
  options: BulkReceiverOptions = {},
  more: Partial<Parameters<typeof elastic>[0]> = {},
): Promise<Scene> {
  const receiver = new BulkReceiver(options)
  const url = await receiver.start()
  const delivery = await deliveryTo(elastic({ node: url, ...more }))
  t.teardown(async () => {
    await delivery.pipeline.close(0)
    await receiver.stop()
    delivery.remove()
  })
  return { receiver, url, ...delivery }
}

function line(n: number, more: object = {}): string {
  return JSON.stringify({ time: '2026-11-22T21:57:31.123Z', level: 'info', msg: 'paid', n, ...more })
}

t.test('lines are stored as ECS documents under their ids, compressed', async t => {
  const { receiver, pipeline, write } = await scene(t)
  const ids = write(5500, n =>
    line(n, { service: 'checkout', env: 'production', http: { response: { status_code: 200 } } }),
  )
  t.strictSame(await pipeline.flush(LONG), { flushed: 5500, left: 0 })
  t.strictSame(receiver.ids, ids)
  t.strictSame(receiver.requests.sort(), [500, 5000])
  t.strictSame(new Set(receiver.encodings), new Set(['gzip']))
  t.strictSame(receiver.mistakes, [])
  t.match(
    receiver.stored.find(({ id }) => id === ids[7]),
    {
      target: 'logs-checkout-production',
      document: {
        '@timestamp': '2026-11-22T21:57:31.123Z',
        log: { level: 'info' },
        message: 'paid',
        service: { name: 'checkout', environment: 'production' },
        http: { response: { status_code: 200 } },
        n: 7,
      },
    },
  )
})

t.test('while one request waits for its answer the next is made', async t => {
  let judged = 0
  let second = (): void => {}
  const { receiver, pipeline, write } = await scene(t, {
    judge() {
      if (++judged === 5000) second()
      return undefined
    },
  })
  receiver.next.push(
    new Promise(resolve => {
      second = resolve
    }),
  )
  const ids = write(10_000, n => line(n))
  t.strictSame(await pipeline.flush(LONG), { flushed: 10_000, left: 0 })
  t.strictSame(
    receiver.stored.map(({ id }) => id),
    [...ids.slice(5000), ...ids.slice(0, 5000)],
    'the second request was taken while the first had no answer',
  )
  t.match(pipeline.stats(), { sent: 10_000, retried: 0 })
})

t.test('each line goes to the data stream of its service and environment, in one request', async t => {
  const { receiver, pipeline, write } = await scene(t)
  const from = [
    { service: 'Check-Out API', env: 'pre-production' },
    { service: 'check/out', env: 'Ünï*' },
    {},
    { service: '', env: '---' },
  ]
  write(4, n => line(n, from[n]))
  await pipeline.flush(LONG)
  t.strictSame(
    receiver.stored.map(({ target }) => target),
    ['logs-check_out_api-pre_production', 'logs-check_out-ünï_', 'logs-generic-default', 'logs-generic-___'],
  )
  t.equal(receiver.requests.length, 1)
  t.strictSame(receiver.mistakes, [])
})

t.test('an index named after the day takes lines of the day they were logged', async t => {
  const { receiver, pipeline, write } = await scene(t, {}, { index: 'app-{service}-{date}' })
  const days = ['2026-11-21T23:59:59.999Z', '2026-11-22T00:00:00.000Z']
  write(2, n => line(n, { time: days[n], service: 'a-b' }))
  await pipeline.flush(LONG)
  t.strictSame(
    receiver.stored.map(({ target }) => target),
    ['app-a-b-2026.11.21', 'app-a-b-2026.11.22'],
  )
  t.strictSame(receiver.mistakes, [])
})

t.test('a line stored before is delivered, though its answer was lost', async t => {
  const { receiver, pipeline, write, letters } = await scene(t)
  receiver.next.push('store, then reset', 'store, then reset', 'an item short')
  const ids = write(50, line)
  t.strictSame(await pipeline.flush(LONG), { flushed: 50, left: 0 })
  t.strictSame(receiver.ids, ids, 'each once')
  t.equal(receiver.conflicts, 150)
  t.strictSame(letters(), [])
  t.match(pipeline.stats(), { sent: 50, dead: 0 })
})

t.test('a rollover between a lost answer and the next try stores a line in both backing indices', async t => {
  // What a data stream cannot do, as the documents say; an index with {date} can.
  for (const [options, times] of [
    [{}, 2],
    [{ index: 'app-{date}' }, 1],
  ] as const) {
    const { receiver, pipeline, write } = await scene(t, {}, options)
    receiver.next.push('store, then reset')
    receiver.always = { status: 503 }
    write(1, line)
    await pipeline.flush(5000)
    receiver.rollover()
    receiver.always = undefined
    await pipeline.flush(LONG)
    t.equal(receiver.stored.length, times)
  }
})

const judged: Readonly<Record<string, readonly [ItemError, 'dead' | 'held' | 'later']>> = {
  'a mapping that it clashes with': [
    { status: 400, type: 'document_parsing_exception', reason: 'failed to parse field [n] of type [long]' },
    'dead',
  ],
  'one field too many': [
    { status: 400, type: 'illegal_argument_exception', reason: 'Limit of total fields [1000] has been exceeded' },
    'dead',
  ],
  'a processor of a pipeline': [{ status: 500, type: 'fail_processor_exception', reason: 'no' }, 'dead'],
  'a queue that is full': [{ status: 429, type: 'es_rejected_execution_exception', reason: 'queue' }, 'later'],
  'a shard that is not there': [{ status: 503, type: 'unavailable_shards_exception', reason: 'primary' }, 'later'],
  'a cluster without a master': [
    { status: 503, type: 'cluster_block_exception', reason: 'state not recovered' },
    'later',
  ],
  'an index that is read-only, as the disk is full': [
    { status: 429, type: 'cluster_block_exception', reason: 'blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded]' },
    'held',
  ],
  'an index that takes no writes': [{ status: 403, type: 'cluster_block_exception', reason: 'FORBIDDEN/8' }, 'held'],
  'an index that is closed': [{ status: 400, type: 'index_closed_exception', reason: 'closed' }, 'held'],
  'an index that is missing': [{ status: 404, type: 'index_not_found_exception', reason: 'no such index' }, 'held'],
  'a key that may not write': [{ status: 403, type: 'security_exception', reason: 'unauthorized' }, 'held'],
  'too many shards': [{ status: 400, type: 'validation_exception', reason: 'maximum shards open' }, 'held'],
  'a pipeline that is missing': [
    { status: 400, type: 'illegal_argument_exception', reason: 'pipeline with id [p] does not exist' },
    'held',
  ],
}

for (const [what, [error, fate]] of Object.entries(judged)) {
  t.test(`of a batch with a line that fails for ${what}, the others are delivered and it is ${fate}`, async t => {
    let broken = true
    const { receiver, pipeline, write, letters, said } = await scene(t, {
      judge: document => (document['n'] === 3 && broken ? error : undefined),
    })
    const ids = write(10, line)
    await pipeline.flush(fate === 'dead' ? LONG : 20_000)
    t.strictSame(
      receiver.ids,
      ids.filter((_, n) => n !== 3),
    )
    if (fate === 'dead') {
      t.match(letters(), [
        { id: ids[3], status: error.status, reason: `status ${error.status}: ${error.type}: ${error.reason}` },
      ])
      t.equal(letters()[0]?.line, line(3))
      return
    }
    t.strictSame(letters(), [])
    t.equal(pipeline.stats().state, fate === 'held' ? 'held' : 'down', said.join('; '))
    broken = false
    t.strictSame((await pipeline.flush(LONG)).left, 0)
    t.strictSame(receiver.ids, ids)
    t.strictSame(letters(), [])
  })
}

t.test('an index that refuses every document is set up wrong: nothing is set aside', async t => {
  let strict = true
  let mended = false
  const requests: number[] = []
  const judge = (): ItemError | undefined => {
    // Mended in the middle of a search for the line at fault, it would look like one that takes some lines.
    if (mended && requests.at(-1) === 300) strict = false
    return strict ? { status: 400, type: 'strict_dynamic_mapping_exception', reason: 'not allowed' } : undefined
  }
  const { receiver, pipeline, write, letters, said } = await scene(t, { judge, requests })
  const ids = write(300, line)
  t.equal((await pipeline.flush(60_000)).left, 300)
  t.strictSame(letters(), [])
  t.match(said[0], /^elastic: is held: refuses every line: status 400: strict_dynamic_mapping_exception/)
  mended = true
  t.equal((await pipeline.flush(LONG)).left, 0)
  t.strictSame(receiver.ids, ids)
  t.strictSame(letters(), [])
})

for (const [what, moves] of Object.entries({
  'a whole request refused with 429 and Retry-After': [{ status: 429, headers: { 'retry-after': '3' } }],
  'a proxy that answers 502, 503 and 504': [{ status: 502 }, { status: 503 }, { status: 504 }],
  'a connection that breaks': ['reset', 'reset'],
  'answers that are none': [
    { status: 200, body: '{"errors":fa' },
    { status: 200, body: '{"took":3}' },
    { status: 200, body: '<!DOCTYPE html><title>Log in</title>' },
    { status: 200, body: '{"errors":true,"items":[]}' },
    { status: 200, body: '[]' },
  ],
  'a wrong path, a method that is not allowed': [{ status: 404 }, { status: 405 }],
} as const)) {
  t.test(`nothing is lost, given up or stored twice by ${what}`, async t => {
    const { receiver, pipeline, write, letters } = await scene(t)
    receiver.next.push(...moves)
    const ids = write(50, line)
    t.strictSame(await pipeline.flush(LONG), { flushed: 50, left: 0 })
    t.strictSame(receiver.ids, ids)
    t.equal(receiver.next.length, 0, 'the receiver did misbehave')
    t.strictSame(letters(), [])
    t.strictSame(receiver.mistakes, [])
  })
}

t.test('a request that is too large is halved, and a single line that is goes to the dead letters', async t => {
  const { receiver, pipeline, write, letters } = await scene(t, { maxBytes: 20_000 }, { gzip: false })
  const ids = write(500, n => line(n, n === 123 ? { text: 'x'.repeat(30_000) } : {}))
  t.equal((await pipeline.flush(LONG)).left, 0)
  t.strictSame(
    receiver.ids,
    ids.filter((_, n) => n !== 123),
  )
  t.match(letters(), [{ id: ids[123], status: 413 }])
})

t.test('a receiver that does not know a parameter is asked without it from then on', async t => {
  for (const parameters of [[], ['require_data_stream'], ['include_source_on_error']]) {
    const { receiver, pipeline, write, said } = await scene(t, { parameters })
    write(10, line)
    await pipeline.flush(LONG)
    write(10, line)
    await pipeline.flush(LONG)
    t.equal(receiver.stored.length, 20)
    t.equal(receiver.requests.length, 3)
    t.strictSame(said, [])
  }
})

t.test('a data stream without a template is held rather than made an index', async t => {
  const { pipeline, write, said } = await scene(t, {}, { dataStream: 'lgos-a-b' })
  write(1, line)
  t.equal((await pipeline.flush(20_000)).left, 1)
  t.match(said, [/is held: status 404: index_not_found_exception: lgos-a-b/])
})

t.test('when a node does not answer, another one is asked, and lines are stored once', async t => {
  const nodes = [new BulkReceiver(), new BulkReceiver(), new BulkReceiver()]
  const urls = await Promise.all(nodes.map(node => node.start()))
  const { pipeline, write, said, remove } = await deliveryTo(elastic({ node: urls }))
  await nodes[0]!.stop()
  nodes[1]!.always = { status: 503 }
  const ids = write(5, line)
  t.equal((await pipeline.flush(LONG)).left, 0)
  t.strictSame(nodes[2]!.ids, ids)
  nodes[2]!.always = 'reset'
  nodes[1]!.always = undefined
  const more = write(5, line)
  t.equal((await pipeline.flush(LONG)).left, 0)
  t.strictSame(nodes[1]!.ids, more)
  t.strictSame(said, [])
  await pipeline.close(0)
  await Promise.all(nodes.map(node => node.stop()))
  remove()
})

const encoded = Buffer.from('id:s3cr3t-key').toString('base64')
for (const [what, options, authorization] of [
  ['an API key as id and key', { apiKey: 'id:s3cr3t-key' }, `ApiKey ${encoded}`],
  ['an API key as it is encoded', { apiKey: encoded }, `ApiKey ${encoded}`],
  [
    'a user and a password',
    { username: 'üser', password: 's3cr3t' },
    `Basic ${Buffer.from('üser:s3cr3t').toString('base64')}`,
  ],
  ['a bearer token', { bearerToken: 's3cr3t-token' }, 'Bearer s3cr3t-token'],
] as const) {
  t.test(`${what} opens the door, and is not shown when it does not`, async t => {
    const { receiver, pipeline, write, said, letters } = await scene(t, { authorization: 'another' }, options)
    const ids = write(3, line)
    t.equal((await pipeline.flush(20_000)).left, 3)
    t.match(said, [/^elastic: is held: status 401: /])
    const shown = JSON.stringify([said, pipeline.stats(), letters()])
    t.notOk(shown.includes('s3cr3t') || shown.includes(authorization.split(' ')[1]!), shown)
    receiver.authorization = authorization
    t.equal((await pipeline.flush(LONG)).left, 0)
    t.strictSame(receiver.ids, ids)
  })
}

t.test('a cluster whose certificate we trust gets the lines, any other none', async t => {
  const good = await scene(t, { secure: { key: TEST_KEY, cert: GOOD } }, { tls: { ca: GOOD } })
  good.write(3, line)
  t.equal((await good.pipeline.flush(LONG)).left, 0)
  const expired = await scene(t, { secure: { key: TEST_KEY, cert: EXPIRED } }, { tls: { ca: EXPIRED } })
  expired.write(3, line)
  t.equal((await expired.pipeline.flush(20_000)).left, 3)
  t.match(expired.said, [/is held: TLS: certificate has expired/])
  t.equal(expired.receiver.requests.length, 0)
})

t.test("a proxy's path is kept", async t => {
  const receiver = new BulkReceiver()
  const url = await receiver.start()
  const { pipeline, write, remove } = await deliveryTo(elastic({ node: `${url}/es/cluster-1` }))
  write(1, line)
  await pipeline.flush(LONG)
  t.strictSame(receiver.paths, ['/es/cluster-1/_bulk'])
  await pipeline.close(0)
  await receiver.stop()
  remove()
})

t.test('options that are wrong are told, without their values', async t => {
  t.throws(() => elastic({ node: 'http://x', apikey: 'k' } as never), /apikey.*did you mean 'apiKey'/)
  t.throws(() => elastic({} as never), /elastic\(\) node: found nothing/)
  const url = 'http://127.0.0.1:1'
  for (const [options, wrong] of [
    [{ node: 'localhost:9200/s3cr3t' }, "node: not a URL that begins with 'http://' or 'https://'"],
    [{ node: [url, 's3cr3t'] }, 'node[1]: not a URL'],
    [{ node: [] }, 'node: an empty list'],
    [{ node: url, index: 'a', dataStream: 'b' }, 'index and dataStream: one of them'],
    [{ node: url, apiKey: 's3cr3t', username: 'u' }, 'apiKey, username and bearerToken: one of them'],
    [{ node: url, password: 's3cr3t' }, 'password: there is no username'],
    [{ node: url, index: 'app-{day}' }, "index: found '{day}', expected {service}, {env}, {date}"],
  ] as const) {
    const { pipeline, write, said, remove } = await deliveryTo(elastic(options))
    write(1, line)
    t.equal((await pipeline.flush(2000)).left, 1)
    t.equal(said[0]?.startsWith(`elastic: is held: ${wrong}`), true, String(said[0]))
    t.notMatch(said[0], 's3cr3t')
    await pipeline.close(0)
    remove()
  }
})
