import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { checkReceiver } from '../../lib/cli/check-receiver'
import { checkRecord } from '../../lib/delivery/check-record'
import { indexTemplate } from '../../lib/delivery/elastic/template'
import { elastic } from '../../transports/elastic'
import * as elasticsearch from './elasticsearch-server'
import * as openSearch from './opensearch-server'
import { deliver, LONG, lineOf } from './search-scene'
import type { SearchServer } from './search-server'

type Options = Omit<Parameters<typeof elastic>[0], 'node'>

/** What `hewn check` says of it, and what is wrong. */
async function check(server: SearchServer, options: Options = {}): Promise<string> {
  const record = checkRecord({ service: 'shop', env: 'test' }, Date.now())
  const { text, problems } = await checkReceiver(elastic({ node: server.url, ...options }), __dirname, record)
  return [text, ...problems.map(({ found }) => found)].join('; ')
}

t.setTimeout(300_000)

const [openSearchVersion, elasticsearchVersion] = ['3.4.0', '9.2.0'] as const

t.test(
  `hewn check with OpenSearch ${openSearchVersion}`,
  { skip: openSearch.missing(openSearchVersion) ?? false },
  async t => {
    const server = await openSearch.startOpenSearch(openSearchVersion)
    t.teardown(() => server.remove())
    t.match(await check(server), /there is no such index or template \(no matching index template: logs-shop-test/)
    await t.rejects(server.ask('GET', '/logs-shop-test'), /404/, 'and nothing has become one')
    await putTemplate(server, 'opensearch', openSearchVersion)
    const said = await check(server)
    t.comment(`${server.title}: ${said}`)
    t.equal(said, 'OpenSearch 3.4.0, stored in logs-shop-test, read back by its id, deleted again')
    await server.ask('POST', '/logs-shop-test/_refresh')
    t.match(await server.ask('GET', '/logs-shop-test/_count'), { count: 0 }, 'nothing is left of it')
    const mappings = { dynamic: 'strict', properties: { '@timestamp': { type: 'date' } } }
    await server.ask('PUT', '/strict', { mappings })
    t.match(await check(server, { index: 'strict' }), /it refuses the test record \(status 400: strict_dynamic_mapping/)
    await server.kill()
    t.match(await check(server), /nobody listens there/)
  },
)

t.test(
  `hewn check with Elasticsearch ${elasticsearchVersion} and its security`,
  { skip: elasticsearch.missing(elasticsearchVersion) ?? false },
  async t => {
    const server = await elasticsearch.startElasticsearch(elasticsearchVersion)
    t.teardown(() => server.remove())
    await putTemplate(server, 'elasticsearch', elasticsearchVersion)
    await server.kill()
    writeFileSync(join(server.folder, 'config/users'), `admin:${HASH}\n`)
    writeFileSync(join(server.folder, 'config/users_roles'), 'superuser:admin\n')
    await server.start({ 'xpack.security.enabled': 'true' })
    const well = await check(server, { username: 'admin', password: PASSWORD })
    t.comment(`${server.title}, a user who may do all: ${well}`)
    t.equal(well, 'stored in logs-shop-test, read back by its id, deleted again')
    await keysAreToldApart(t, server)
  },
)

async function keysAreToldApart(t: Test, server: SearchServer): Promise<void> {
  // As docs/elastic.md has it.
  const apiKey = await keyFor(server, 'logs-shop-*')
  const writes = await check(server, { apiKey })
  t.comment(`${server.title}, a key that may only write: ${writes}`)
  t.equal(
    writes,
    'stored in logs-shop-test, not read back: the credentials may only write, left there: the credentials may not delete it',
  )
  const wrong = await check(server, { apiKey: 'bm9uZTp3cm9uZ3dyb25nd3Jvbmc=' })
  t.comment(`${server.title}, a key that is wrong: ${wrong.slice(0, 120)}`)
  t.match(wrong, /the credentials are wrong, or missing \(status 401/)
  t.notMatch(wrong, /bm9uZTp3cm9uZ3dyb25nd3Jvbmc/)
  const elsewhere = await check(server, { apiKey: await keyFor(server, 'logs-other-*') })
  t.match(elsewhere, /the credentials do not allow it \(status 403: security_exception/)
  const astray = await check(server, { username: 'admin', password: PASSWORD, dataStream: 'astray' })
  t.match(astray, /there is no such index or template \(status 404: index_not_found/)
  const { delivery } = await deliver(server, 'shop', 1000, n => ({ n }), { apiKey })
  delivery.write(1, () => lineOf('shop', { n: 1000 }))
  t.strictSame(await delivery.flush(LONG), { flushed: 1001, left: 0 }, 'and the same key is enough for all lines')
  await delivery.end()
}

/** Returns a key with the privileges that the documents ask for, and no other. */
async function keyFor(server: SearchServer, names: string): Promise<string> {
  const role = { index: [{ names: [names], privileges: ['create_doc', 'auto_configure'] }] }
  const answer = await fetch(`${server.url}/_security/api_key`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from(`admin:${PASSWORD}`).toString('base64')}`,
    },
    body: JSON.stringify({ name: names, role_descriptors: { writer: role } }),
  })
  const { id, api_key } = (await answer.json()) as { id: string; api_key: string }
  return `${id}:${api_key}`
}

async function putTemplate(
  server: SearchServer,
  flavour: 'opensearch' | 'elasticsearch',
  version: string,
): Promise<void> {
  const template = indexTemplate({ flavour, version, pattern: 'logs-*-test', isStream: true })
  const known = JSON.parse(JSON.stringify(template).replaceAll('match_only_text', 'text')) as object
  await server.ask('PUT', '/_index_template/shop', known)
}

const PASSWORD = 'admin-of-tests'
/** Of it, by bcrypt. */
const HASH = '$2a$10$5tpEWUjikGTgNSYgDHhgw.85OAE1uC54zZZm/LWQxlyTyYCSk1V.e'
