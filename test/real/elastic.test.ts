import t, { type Test } from 'tap'
import { Cluster } from '../../lib/delivery/elastic/cluster'
import { planProvision } from '../../lib/delivery/elastic/provision'
import { indexTemplate } from '../../lib/delivery/elastic/template'
import * as elasticsearch from './elasticsearch-server'
import * as openSearch from './opensearch-server'
import { rollsOver } from './rollover'
import { count, countIn, deliver, forgetful, LONG, lineOf, search, speaks } from './search-scene'
import type { SearchServer } from './search-server'

// To start a server takes up to half a minute, and each is started up to three times.
t.setTimeout(1_500_000)

const SERVERS = [
  ['OpenSearch', '3.4.0'],
  ['Elasticsearch', '9.2.0'],
  ['OpenSearch', '2.19.1'],
  ['Elasticsearch', '8.19.7'],
] as const
/** The newest of each that this machine's Java runs is restarted as well, under pressure and in mid-load. */
const restarted = new Set<string>()

for (const [name, version] of SERVERS) {
  const { missing } = name === 'OpenSearch' ? openSearch : elasticsearch
  const reason = missing(version)
  const isFirst = reason === undefined && !restarted.has(name)
  if (isFirst) restarted.add(name)
  t.test(`${name} ${version}`, { skip: reason ?? false, timeout: 400_000 }, async t => {
    const start = name === 'OpenSearch' ? openSearch.startOpenSearch : elasticsearch.startElasticsearch
    const server = await start(version)
    t.teardown(() => server.remove())
    await (name === 'OpenSearch' ? stores(t, server) : takesTemplate(t, server, version))
    await sortsAndFinds(t, server)
    await takesAnything(t, server)
    await setsConflictsAside(t, server)
    await storesOnce(t, server)
    await rollsOver(t, server)
    await holdsForReadOnly(t, server)
    if (!isFirst) return
    await outlivesPressure(t, server)
    await outlivesRestart(t, server)
    await outlivesFullPool(t, server)
  })
}

async function stores(t: Test, server: SearchServer): Promise<void> {
  await t.test('setting up makes a template, and a second time changes nothing', async t => {
    const first = await provision(server)
    t.strictSame(first, ['missing'])
    t.strictSame(await provision(server), ['as wanted'])
  })
}

async function takesTemplate(t: Test, server: SearchServer, version: string): Promise<void> {
  await t.test('the template is taken, and a data stream that has none is not made an index', async t => {
    const isStream = true
    const template = indexTemplate({ flavour: 'elasticsearch', version, pattern: 'logs-*-test', isStream })
    // Its kind of texts comes with a module that this distribution does not have.
    const known = JSON.parse(JSON.stringify(template).replaceAll('match_only_text', 'text')) as object
    await server.ask('PUT', '/_index_template/hewn-logs', known)
    const { delivery } = await deliver(server, 'x', 5, n => ({ n }), { dataStream: 'astray' })
    await speaks(delivery)
    t.equal((await delivery.flush(1)).left, 5)
    t.match(delivery.said, [/is held: status 404: index_not_found_exception: .*requires a data stream/])
    await delivery.end()
  })
}

async function sortsAndFinds(t: Test, server: SearchServer): Promise<void> {
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
    t.comment(
      `${server.title}: ${await count(server, 'found')} documents counted of 10000 lines, 100 by trace, 1 by id`,
    )
    t.match(byId, { hits: [{ _id: ids[4321], _source: { n: 4321, service: { name: 'found' } } }] })
    const sort = [{ '@timestamp': 'asc' }, { 'event.sequence': 'asc' }]
    const sorted = await search(server, 'found', { size: 10_000, sort, _source: ['n'] })
    t.ok(
      sorted.hits.every(({ _source }, at) => _source['n'] === at),
      'as they were written',
    )
    const resolved = await server.ask('GET', '/_resolve/index/logs-found-test')
    t.match(resolved, { data_streams: [{ backing_indices: [/^\.ds-logs-found-test-/] }] })
    await delivery.end()
  })
}

async function takesAnything(t: Test, server: SearchServer): Promise<void> {
  await t.test(
    'whatever the types of fields, documents are stored, and keys by the thousand make one field',
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
      const letters = delivery.letters()
      t.equal((await count(server, 'anything')) + letters.length, 1200)
      const kinds = letters.filter(({ reason }) => !/failed to parse field .*object as number/.test(reason))
      t.strictSame(kinds, [], 'nothing is refused but, by Elasticsearch, an object for what was a number')
      if (server.title.startsWith('OpenSearch')) t.strictSame(letters, [])
      const mapping = JSON.stringify(await server.ask('GET', '/logs-anything-test/_mapping'))
      t.notMatch(mapping, 'user-7')
      t.match(await search(server, 'anything', { query: { term: { 'byUser.user-7': '7' } } }), { hits: [{}] })
      await delivery.end()
    },
  )
}

async function setsConflictsAside(t: Test, server: SearchServer): Promise<void> {
  await t.test('a line that clashes with the mapping is set aside with the reason, the others are stored', async t => {
    await server.ask('PUT', '/clash', { mappings: { properties: { n: { type: 'long' } } } })
    const { delivery, ids } = await deliver(server, 'x', 500, n => ({ n: n === 77 ? 'many' : n }), { index: 'clash' })
    t.strictSame(await delivery.flush(LONG), { flushed: 500, left: 0 })
    t.match(delivery.letters(), [
      { id: ids[77], status: 400, reason: /(mapper|document)_parsing_exception: .*failed to parse field \[n\]/ },
    ])
    t.equal(await countIn(server, 'clash'), 499)
    await delivery.end()
  })
  await t.test('a closed index, an index that is missing: held, and nothing set aside', async t => {
    await server.ask('PUT', '/shut', {})
    await server.ask('POST', '/shut/_close')
    await server.ask('PUT', '/_cluster/settings', { persistent: { 'action.auto_create_index': '-nonesuch*,+*' } })
    for (const [index, says] of [
      ['shut', /index_closed_exception/],
      ['nonesuch', /index_not_found_exception/],
    ] as const) {
      const { delivery } = await deliver(server, 'x', 5, n => ({ n }), { index })
      await speaks(delivery)
      t.equal((await delivery.flush(1)).left, 5)
      t.match(delivery.said, [says])
      t.strictSame(delivery.letters(), [])
      await delivery.end()
    }
  })
}

async function storesOnce(t: Test, server: SearchServer): Promise<void> {
  await t.test('answers that are lost after their lines were stored make no duplicate', async t => {
    const proxy = await forgetful(server.url, answer => answer % 3 === 0)
    const { delivery } = await deliver(server, 'once', 40_000, n => ({ n }), { node: proxy.url })
    t.equal((await delivery.flush(LONG)).left, 0)
    t.ok(proxy.forgotten() >= 3, `${proxy.forgotten()} answers were lost`)
    const stored = await count(server, 'once')
    t.equal(stored, 40_000)
    t.comment(`${server.title}: ${stored} counted of 40000 lines, ${proxy.forgotten()} answers lost on the way`)
    await delivery.end()
    proxy.close()
  })
}

async function holdsForReadOnly(t: Test, server: SearchServer): Promise<void> {
  await t.test('while an index is read-only its lines are held, and delivered when it is not', async t => {
    const first = await deliver(server, 'full', 10, n => ({ n }))
    await first.delivery.flush(LONG)
    const block = (value: boolean | null): Promise<unknown> =>
      server.ask('PUT', '/logs-full-test/_settings', { 'index.blocks.read_only_allow_delete': value })
    await block(true)
    first.delivery.write(100, n => lineOf('full', { n }))
    await speaks(first.delivery)
    t.equal((await first.delivery.flush(1)).left, 100)
    t.match(first.delivery.said, [/is held: status (403|429): cluster_block_exception/])
    t.strictSame(first.delivery.letters(), [])
    await block(null)
    t.equal((await first.delivery.flush(LONG)).left, 0)
    const stored = await count(server, 'full')
    t.equal(stored, 110)
    t.comment(`${server.title}: ${stored} counted of 110 lines, 100 of them held while the index was read-only`)
    await first.delivery.end()
  })
}

async function outlivesPressure(t: Test, server: SearchServer): Promise<void> {
  await t.test('a server that rejects under pressure and takes small requests only gets all lines, once', async t => {
    await server.kill()
    await server.start({ 'indexing_pressure.memory.limit': '1200kb', 'http.max_content_length': '1mb' })
    const several = await Promise.all(
      [0, 1, 2, 3].map(() => deliver(server, 'pressed', 2500, n => ({ n, pad: 'x'.repeat(300) }), { gzip: false })),
    )
    const done = await Promise.all(several.map(({ delivery }) => delivery.flush(LONG)))
    t.strictSame(
      done.map(({ left }) => left),
      [0, 0, 0, 0],
    )
    t.equal(await count(server, 'pressed'), 10_000)
    const retried = several.reduce((sum, { delivery }) => sum + delivery.pipeline.stats().retried, 0)
    const pressure = await server.ask('GET', '/_nodes/stats/indexing_pressure')
    const rejected = Number(/"coordinating_rejections":(\d+)/.exec(JSON.stringify(pressure))?.[1])
    t.comment(
      `${server.title}: 10000 counted of 10000 lines under pressure: ${rejected} requests rejected, ${retried} lines sent again`,
    )
    t.ok(retried > 0)
    for (const { delivery } of several) t.strictSame(delivery.letters(), [])
    await Promise.all(several.map(({ delivery }) => delivery.end()))
  })
}

async function outlivesRestart(t: Test, server: SearchServer): Promise<void> {
  await t.test('a server that is killed in the middle of it and comes back has every line, once', async t => {
    const { delivery } = await deliver(server, 'killed', 30_000, n => ({ n }))
    const flushed = delivery.flush(LONG)
    while (delivery.pipeline.stats().sent < 4000) await new Promise(resolve => setTimeout(resolve, 5))
    await server.kill()
    t.ok(delivery.pipeline.stats().sent < 30_000, 'in the middle')
    await server.start({ 'thread_pool.write.size': '1', 'thread_pool.write.queue_size': '1' })
    t.equal((await flushed).left, 0)
    const stored = await count(server, 'killed')
    t.equal(stored, 30_000)
    t.comment(`${server.title}: ${stored} counted of 30000 lines, killed by SIGKILL in the middle of them`)
    t.strictSame(delivery.letters(), [])
    await delivery.end()
  })
}

async function outlivesFullPool(t: Test, server: SearchServer): Promise<void> {
  await t.test('a full thread pool refuses some lines of a batch, which come again, once', async t => {
    const { delivery } = await deliver(server, 'x', 12_000, n => ({ n, service: `pool${n % 12}` }))
    t.equal((await delivery.flush(LONG)).left, 0)
    let stored = 0
    for (let n = 0; n < 12; n++) stored += await count(server, `pool${n}`)
    t.equal(stored, 12_000)
    const pool = await server.ask('GET', '/_nodes/stats/thread_pool?filter_path=nodes.*.thread_pool.write.rejected')
    const rejected = Number(/"rejected":(\d+)/.exec(JSON.stringify(pool))?.[1])
    t.comment(`${server.title}: ${stored} counted of 12000 lines, ${rejected} tasks refused by a full thread pool`)
    t.ok(rejected > 0)
    t.ok(delivery.pipeline.stats().retried > 0)
    t.strictSame(delivery.letters(), [])
    await delivery.end()
  })
}

async function provision(server: SearchServer): Promise<string[]> {
  const cluster = new Cluster({ node: server.url })
  const { steps } = await planProvision(cluster, { retention: '30d' })
  for (const step of steps) if (step.state !== 'as wanted') await step.apply()
  cluster.close()
  return steps.map(({ state }) => state)
}
