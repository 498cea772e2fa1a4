import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import t from 'tap'
import { Cluster } from '../../../lib/delivery/elastic/cluster'
import { type Plan, type ProvisionWishes, planProvision } from '../../../lib/delivery/elastic/provision'
import { objectPaths } from '../../../lib/delivery/elastic/template'
import { ECS_FIELDS } from '../../../lib/layouts/ecs-types'

/** What a cluster keeps of templates and policies, written back as Elasticsearch writes it. */
interface Model {
  readonly version: object
  readonly policies?: 'ilm' | 'ism' | 'none'
  readonly resolved?: object
  readonly forbidden?: boolean
}

async function model(t: { teardown(work: () => void): void }, { version, policies = 'ilm', ...more }: Model) {
  const kept = new Map<string, { body: Record<string, unknown>; version: number }>()
  const puts: string[] = []
  const paths = { ilm: '/_ilm/policy', ism: '/_plugins/_ism/policies', none: '' }
  const answer = async (request: IncomingMessage): Promise<[number, unknown]> => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://model')
    if (pathname === '/') return [200, { version }]
    if (more.forbidden === true) return [403, { error: { reason: 'no privilege for [hunter2]' } }]
    if (pathname.startsWith('/_resolve')) return [200, more.resolved ?? { indices: [], data_streams: [] }]
    if (pathname === paths[policies]) return [200, {}]
    const name = pathname.split('/').at(-1)!
    const policy = policies !== 'none' && pathname.startsWith(`${paths[policies]}/`)
    if (!policy && !pathname.startsWith('/_index_template/')) {
      return [400, { error: `no handler found for uri [${pathname}]` }]
    }
    const found = kept.get(pathname)
    if (request.method === 'PUT') {
      if (
        policies === 'ism' &&
        found &&
        pathname.includes('_ism') &&
        searchParams.get('if_seq_no') !== `${found.version}`
      ) {
        return [409, { error: { reason: 'version conflict' } }]
      }
      puts.push(pathname)
      kept.set(pathname, { body: (await json(request)) as Record<string, unknown>, version: (found?.version ?? 0) + 1 })
      return [200, { acknowledged: true }]
    }
    if (found === undefined) return [404, { error: { reason: 'not there' } }]
    if (pathname.startsWith('/_index_template/')) {
      return [200, { index_templates: [{ name, index_template: { ...found.body, composed_of: [] } }] }]
    }
    if (policies === 'ilm') return [200, { [name]: { version: found.version, ...found.body, in_use_by: {} } }]
    return [200, { _id: name, _seq_no: found.version, _primary_term: 1, ...found.body }]
  }
  const server: Server = createServer((request, response) => {
    void answer(request).then(([status, body]) => response.writeHead(status).end(JSON.stringify(body)))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const cluster = new Cluster({ node: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, gzip: false })
  t.teardown(() => {
    cluster.close()
    server.close()
  })
  const plan = (wishes: Partial<ProvisionWishes> = {}): Promise<Plan> =>
    planProvision(cluster, { retention: '30d', ...wishes })
  const run = async (wishes: Partial<ProvisionWishes> = {}): Promise<string[]> => {
    const { steps } = await plan(wishes)
    for (const step of steps) if (step.state !== 'as wanted') await step.apply()
    return steps.map(({ what, state }) => `${what}: ${state}`)
  }
  return { plan, run, puts, kept }
}

const ES9 = { number: '9.1.4', build_flavor: 'default' }

t.test('Elasticsearch gets a lifecycle policy and a template, once', async t => {
  const { run, puts, kept } = await model(t, { version: ES9 })
  t.strictSame(await run(), ["lifecycle policy 'hewn-logs': missing", "index template 'hewn-logs': missing"])
  t.strictSame(await run(), ["lifecycle policy 'hewn-logs': as wanted", "index template 'hewn-logs': as wanted"])
  t.strictSame(puts, ['/_ilm/policy/hewn-logs', '/_index_template/hewn-logs'])
  t.match(kept.get('/_index_template/hewn-logs')?.body, {
    index_patterns: ['logs-*-*'],
    data_stream: {},
    template: {
      settings: {
        'index.lifecycle.name': 'hewn-logs',
        'index.mapping.total_fields.ignore_dynamic_beyond_limit': 'true',
      },
      mappings: { properties: { labels: { type: 'flattened' } } },
    },
  })
})

t.test('planning changes nothing, and says what would be', async t => {
  const { plan, run, puts } = await model(t, { version: ES9 })
  await run()
  const { steps } = await plan({ retention: '7d' })
  t.match(steps, [
    { state: 'different', differences: [{ path: 'policy.phases.delete.min_age', found: '30d', wanted: '7d' }] },
    { state: 'as wanted' },
  ])
  t.equal(puts.length, 2)
  t.strictSame((await run({ retention: '7d' }))[0], "lifecycle policy 'hewn-logs': different")
  t.strictSame((await run({ retention: '7d' }))[0], "lifecycle policy 'hewn-logs': as wanted")
})

t.test('an Elasticsearch that does not know a setting is not told it', async t => {
  const { run, kept } = await model(t, { version: { number: '8.11.0' } })
  await run()
  t.notMatch(JSON.stringify(kept.get('/_index_template/hewn-logs')), 'ignore_dynamic_beyond_limit')
})

t.test('where there are no lifecycle policies, the data stream keeps its documents so long itself', async t => {
  const { run, kept } = await model(t, { version: { number: '8.11.0', build_flavor: 'serverless' }, policies: 'none' })
  t.strictSame(await run(), ["index template 'hewn-logs': missing"])
  t.match(kept.get('/_index_template/hewn-logs')?.body, { template: { lifecycle: { data_retention: '30d' } } })
})

t.test('OpenSearch gets a policy of its own kind, if its plugin is there', async t => {
  const version = { distribution: 'opensearch', number: '3.4.0' }
  const { run, kept } = await model(t, { version, policies: 'ism' })
  t.strictSame(await run(), ["state policy 'hewn-logs': missing", "index template 'hewn-logs': missing"])
  t.strictSame((await run({ retention: '7d' }))[0], "state policy 'hewn-logs': different")
  t.strictSame((await run({ retention: '7d' }))[0], "state policy 'hewn-logs': as wanted")
  t.match(kept.get('/_index_template/hewn-logs')?.body, {
    template: { mappings: { properties: { labels: { type: 'flat_object' } } } },
  })
  const bare = await model(t, { version, policies: 'none' })
  t.match(await bare.plan(), {
    steps: [{ what: "index template 'hewn-logs'" }],
    remarks: [/nothing is deleted by age/],
  })
})

t.test('patterns are as narrow as what is known', async t => {
  const { plan, run, kept } = await model(t, { version: ES9 })
  await run({ service: 'Check-out' })
  t.match(kept.get('/_index_template/hewn-logs-check_out')?.body, { index_patterns: ['logs-check_out-*'] })
  await run({ index: 'app-{service}-{date}', service: 'checkout' })
  const dated = kept.get('/_index_template/hewn-app-checkout')?.body
  t.match(dated, { index_patterns: ['app-checkout-*'] })
  t.notOk('data_stream' in (dated ?? {}))
  t.match(await plan({ index: 'app' }), { steps: [{ what: "index template 'hewn-app'" }], remarks: [/never deleted/] })
})

t.test('an index that stands where a data stream should be is told', async t => {
  const resolved = {
    indices: [{ name: 'logs-a-b' }, { name: '.ds-x', data_stream: 'x' }],
    data_streams: [{ name: 'logs-c-d' }],
  }
  const { plan } = await model(t, { version: ES9, resolved })
  t.match((await plan()).remarks, [/^logs-a-b: made as an index/, /^logs-c-d: .* next rollover/])
})

t.test('a refusal is an error that says of what', async t => {
  const { plan } = await model(t, { version: ES9, forbidden: true })
  await t.rejects(plan(), /status 403 for GET \/_ilm\/policy: no privilege/)
  const other = await model(t, { version: 'other' as unknown as object })
  await t.rejects(other.plan(), /neither Elasticsearch nor OpenSearch/)
})

t.test('the paths of objects are those of the schema', async t => {
  const paths = new RegExp(`^(?:${objectPaths(ECS_FIELDS)})$`)
  for (const path of ['http', 'http.request', 'http.request.body', 'url', 'process.parent']) t.match(path, paths)
  for (const path of ['http.request.headers', 'user.settings', 'order', 'message', 'httpx']) t.notMatch(path, paths)
})
