import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { Cluster } from '../../lib/delivery/elastic/cluster'
import { planProvision } from '../../lib/delivery/elastic/provision'
import type { Pipeline } from '../../lib/delivery/pipeline'
import { newSpoolId } from '../../lib/delivery/spool/ids'
import { elastic } from '../../transports/elastic'
import { type Delivery, deliveryTo } from '../support/deliveries'
import { missing, type OpenSearch, startOpenSearch } from './opensearch-server'

// Ten minutes of ours at the pipeline's hundredfold speed.
const LONG = 60_000_000

// To start a server takes up to half a minute, and it is started three times.
t.setTimeout(900_000)

for (const version of ['3.4.0', '2.19.1']) {
  const reason = missing(version)
  t.test(`OpenSearch ${version}`, { skip: reason ?? false, timeout: 400_000 }, async t => {
    const server = await startOpenSearch(version)
    t.teardown(() => server.remove())
    await stores(t, server)
    await sortsAndFinds(t, server)
    await takesAnything(t, server)
    await setsConflictsAside(t, server)
    await storesOnce(t, server)
    await holdsForReadOnly(t, server)
    await outlivesPressure(t, server)
    await outlivesRestart(t, server)
  })
}

async function stores(t: Test, server: OpenSearch): Promise<void> {
  await t.test('setting up makes a template, and a second time changes nothing', async t => {
    const first = await provision(server)
    t.strictSame(first, ['missing'])
    t.strictSame(await provision(server), ['as wanted'])
  })
}

async function sortsAndFinds(t: Test, server: OpenSearch): Promise<void> {
  await t.test('10,000 lines of a few milliseconds are found: all, by id, by trace, and in their order', async t => {
    const { delivery, ids } = await deliver(server, 'found', 10_000, n => ({
      time: new Date(1_790_000_000_000 + Math.floor(n / 2500)).toISOString(),
      trace_id: `trace-${n % 100}`,
      n,
    }))
    t.strictSame(await delivery.flush(LONG), { flushed: 10_000, left: 0 })
    t.equal(await count(server, 'found'), 10_000)
    const byTrace = await search(server, 'found', {
      query: { term: { 'trace.id': 'trace-42' } },
      track_total_hits: true,
    })
    t.match(byTrace, { total: { value: 100 } })
    const byId = await search(server, 'found', { query: { ids: { values: [ids[4321]] } } })
    t.match(byId, { hits: [{ _id: ids[4321], _source: { n: 4321, service: { name: 'found' } } }] })
    const sort = [{ '@timestamp': 'asc' }, { 'event.sequence': 'asc' }]
    const sorted = await search(server, 'found', { size: 10_000, sort, _source: ['n'] })
    t.ok(
      sorted.hits.every(({ _source }, at) => _source['n'] === at),
      'as they were written',
    )
    const streams = (await server.ask('GET', '/_data_stream/logs-found-test')) as { data_streams: object[] }
    t.match(streams, { data_streams: [{ template: 'hewn-logs' }] })
    await delivery.end()
  })
}

async function takesAnything(t: Test, server: OpenSearch): Promise<void> {
  await t.test(
    'whatever the types of fields, no document is refused, and keys by the thousand make one field',
    async t => {
      const values = [
        1,
        'one',
        true,
        null,
        { a: 1 },
        [1, 'x'],
        [{ b: 1 }, { b: { c: 2 } }],
        12.5,
        '2026-11-22',
        { a: { b: 'x' } },
      ]
      const names = [
        'v',
        'http',
        'a.b',
        'user',
        'error',
        'labels',
        'event',
        '@timestamp',
        'host',
        'log.level',
        '_id',
        'process.pid',
      ]
      const { delivery } = await deliver(server, 'anything', 1200, n => ({
        [names[n % names.length]!]: values[Math.floor(n / names.length) % values.length],
        status: n % 2 === 0 ? n : `${n} or so`,
        byUser: { [`user-${n}`]: n },
        err: { type: 'Error', message: 'no', stack: 'Error: no', code: n % 2 === 0 ? n : 'E', cause: { n } },
      }))
      t.strictSame(await delivery.flush(LONG), { flushed: 1200, left: 0 })
      t.strictSame(delivery.letters(), [])
      t.equal(await count(server, 'anything'), 1200)
      const mapping = JSON.stringify(await server.ask('GET', '/logs-anything-test/_mapping'))
      t.notMatch(mapping, 'user-7')
      t.match(await search(server, 'anything', { query: { term: { 'byUser.user-7': '7' } } }), { hits: [{}] })
      await delivery.end()
    },
  )
}

async function setsConflictsAside(t: Test, server: OpenSearch): Promise<void> {
  await t.test('a line that clashes with the mapping is set aside with the reason, the others are stored', async t => {
    await server.ask('PUT', '/clash', { mappings: { properties: { n: { type: 'long' } } } })
    const { delivery, ids } = await deliver(server, 'x', 500, n => ({ n: n === 77 ? 'many' : n }), { index: 'clash' })
    t.strictSame(await delivery.flush(LONG), { flushed: 500, left: 0 })
    t.match(delivery.letters(), [
      { id: ids[77], status: 400, reason: /mapper_parsing_exception: failed to parse field \[n\]/ },
    ])
    t.equal(await countIn(server, 'clash'), 499)
    await delivery.end()
  })
  await t.test('a closed index, an index that is missing: held, and nothing set aside', async t => {
    await server.ask('PUT', '/shut', {})
    await server.ask('POST', '/shut/_close')
    await server.ask('PUT', '/_cluster/settings', { transient: { 'action.auto_create_index': '-nonesuch*,+*' } })
    for (const [index, says] of [
      ['shut', /index_closed_exception/],
      ['nonesuch', /index_not_found_exception/],
    ] as const) {
      const { delivery } = await deliver(server, 'x', 5, n => ({ n }), { index })
      t.equal((await delivery.flush(20_000)).left, 5)
      t.match(delivery.said, [says])
      t.strictSame(delivery.letters(), [])
      await delivery.end()
    }
  })
}

async function storesOnce(t: Test, server: OpenSearch): Promise<void> {
  await t.test('answers that are lost after their lines were stored make no duplicate', async t => {
    const proxy = await forgetful(server.url)
    const { delivery } = await deliver(server, 'once', 20_000, n => ({ n }), { node: proxy.url })
    t.equal((await delivery.flush(LONG)).left, 0)
    t.ok(proxy.forgotten() >= 3, `${proxy.forgotten()} answers were lost`)
    t.equal(await count(server, 'once'), 20_000)
    await delivery.end()
    proxy.close()
  })
}

async function holdsForReadOnly(t: Test, server: OpenSearch): Promise<void> {
  await t.test('while an index is read-only its lines are held, and delivered when it is not', async t => {
    const first = await deliver(server, 'full', 10, n => ({ n }))
    await first.delivery.flush(LONG)
    const block = (value: boolean | null): Promise<unknown> =>
      server.ask('PUT', '/logs-full-test/_settings', { 'index.blocks.read_only_allow_delete': value })
    await block(true)
    first.delivery.write(100, n => text('full', { n }))
    t.equal((await first.delivery.flush(100_000)).left, 100)
    t.match(first.delivery.said, [/is held: status (403|429): cluster_block_exception/])
    t.strictSame(first.delivery.letters(), [])
    await block(null)
    t.equal((await first.delivery.flush(LONG)).left, 0)
    t.equal(await count(server, 'full'), 110)
    await first.delivery.end()
  })
}

async function outlivesPressure(t: Test, server: OpenSearch): Promise<void> {
  await t.test('a server that rejects under pressure and takes small requests only gets all lines, once', async t => {
    await server.kill()
    await server.start({ 'indexing_pressure.memory.limit': '1200kb', 'http.max_content_length': '1mb' })
    const several = await Promise.all(
      [0, 1, 2, 3].map(() => deliver(server, 'pressed', 5000, n => ({ n, pad: 'x'.repeat(300) }), { gzip: false })),
    )
    const done = await Promise.all(several.map(({ delivery }) => delivery.flush(LONG)))
    t.strictSame(
      done.map(({ left }) => left),
      [0, 0, 0, 0],
    )
    t.equal(await count(server, 'pressed'), 20_000)
    const retried = several.reduce((sum, { delivery }) => sum + delivery.pipeline.stats().retried, 0)
    const pressure = await server.ask('GET', '/_nodes/stats/indexing_pressure')
    const rejected = Number(/"coordinating_rejections":(\d+)/.exec(JSON.stringify(pressure))?.[1])
    t.comment(`${retried} lines sent again, ${rejected} requests rejected`)
    t.ok(retried > 0)
    for (const { delivery } of several) t.strictSame(delivery.letters(), [])
    await Promise.all(several.map(({ delivery }) => delivery.end()))
  })
}

async function outlivesRestart(t: Test, server: OpenSearch): Promise<void> {
  await t.test('a server that is killed in the middle of it and comes back has every line, once', async t => {
    const { delivery } = await deliver(server, 'killed', 30_000, n => ({ n }))
    const flushed = delivery.flush(LONG)
    while (delivery.pipeline.stats().sent < 4000) await new Promise(resolve => setTimeout(resolve, 5))
    await server.kill()
    t.ok(delivery.pipeline.stats().sent < 30_000, 'in the middle')
    await server.start()
    t.equal((await flushed).left, 0)
    t.equal(await count(server, 'killed'), 30_000)
    t.strictSame(delivery.letters(), [])
    await delivery.end()
  })
}

interface Running extends Delivery {
  flush: Pipeline['flush']
  end(): Promise<void>
}

async function deliver(
  server: OpenSearch,
  service: string,
  lines: number,
  fields: (n: number) => object,
  options: Partial<Parameters<typeof elastic>[0]> = {},
): Promise<{ delivery: Running; ids: string[] }> {
  const made = await deliveryTo(elastic({ node: server.url, ...options }), newSpoolId())
  const ids = made.write(lines, n => text(service, fields(n)))
  const end = async (): Promise<void> => {
    await made.pipeline.close(0)
    made.remove()
  }
  return { ids, delivery: { ...made, flush: timeout => made.pipeline.flush(timeout), end } }
}

function text(service: string, fields: object): string {
  return JSON.stringify({
    time: '2026-11-22T21:57:31.123Z',
    level: 'info',
    msg: 'paid',
    service,
    env: 'test',
    ...fields,
  })
}

async function provision(server: OpenSearch): Promise<string[]> {
  const cluster = new Cluster({ node: server.url })
  const { steps } = await planProvision(cluster, { retention: '30d' })
  for (const step of steps) if (step.state !== 'as wanted') await step.apply()
  cluster.close()
  return steps.map(({ state }) => state)
}

function count(server: OpenSearch, service: string): Promise<number> {
  return countIn(server, `logs-${service}-test`)
}

async function countIn(server: OpenSearch, name: string): Promise<number> {
  await server.ask('POST', `/${name}/_refresh`)
  return (await server.ask('GET', `/${name}/_count`))['count'] as number
}

interface Hits {
  readonly hits: readonly { readonly _id: string; readonly _source: Record<string, unknown> }[]
}

async function search(server: OpenSearch, service: string, query: object): Promise<Hits> {
  const answer = await server.ask('POST', `/logs-${service}-test/_search`, query)
  return answer['hits'] as unknown as Hits
}

/** Passes requests on, and breaks the connection instead of every third answer. */
async function forgetful(url: string): Promise<{ url: string; forgotten(): number; close(): void }> {
  let answers = 0
  let forgotten = 0
  const proxy = createServer(async (incoming, response) => {
    const body = await buffer(incoming)
    const outgoing = request(new URL(incoming.url ?? '/', url), { method: 'POST', headers: incoming.headers })
    outgoing.on('response', async answer => {
      const said = await buffer(answer)
      if (answers++ % 3 === 0) {
        forgotten++
        incoming.socket.destroy()
      } else response.writeHead(answer.statusCode ?? 500, answer.headers).end(said)
    })
    outgoing.on('error', () => incoming.socket.destroy())
    outgoing.end(body)
  })
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    forgotten: () => forgotten,
    close: () => {
      proxy.closeAllConnections()
      proxy.close()
    },
  }
}
