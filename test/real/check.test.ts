import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { checkReceiver } from '../../lib/cli/check-receiver'
import { checkRecord } from '../../lib/delivery/check-record'
import { indexTemplate } from '../../lib/delivery/elastic/template'
import { elastic } from '../../transports/elastic'
import * as elasticsearch from './elasticsearch-server'
import * as openSearch from './opensearch-server'
import { deliver, lineOf } from './search-scene'
import type { SearchServer } from './search-server'

type Options = Omit<Parameters<typeof elastic>[0], 'node'>

/** What `hewn check` says of it, and what is wrong. */
async function check(server: SearchServer, options: Options = {}): Promise<string> {
  const record = checkRecord({ service: 'shop', env: 'test' }, Date.now())
  const { text, problems } = await checkReceiver(elastic({ node: server.url, ...options }), __dirname, record)
  return [text, ...problems.map(({ found }) => found)].join('; ')
}

t.setTimeout(300_000)

// The newest that this machine's Java runs.
const openSearchVersion = ['3.4.0', '2.19.1'].find(version => openSearch.missing(version) === undefined) ?? '3.4.0'
const elasticsearchVersion =
  ['9.2.0', '8.19.7'].find(version => elasticsearch.missing(version) === undefined) ?? '9.2.0'

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
    t.equal(said, `OpenSearch ${openSearchVersion}, stored in logs-shop-test, read back by its id, deleted again`)
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
    writeFileSync(join(server.folder, 'config/users'), ROLES.map(role => `${role}:${HASH}\n`).join(''))
    writeFileSync(join(server.folder, 'config/users_roles'), ROLES.map(role => `${role}:${role}\n`).join(''))
    appendFileSync(join(server.folder, 'config/roles.yml'), PRIVILEGES)
    await server.start({ 'xpack.security.enabled': 'true' })
    const well = await check(server, { username: 'superuser', password: PASSWORD })
    t.comment(`${server.title}, a user who may do all: ${well}`)
    t.equal(well, 'stored in logs-shop-test, read back by its id, deleted again')
    await privilegesAreToldApart(t, server)
  },
)

async function privilegesAreToldApart(t: Test, server: SearchServer): Promise<void> {
  const writer = { username: 'writer', password: PASSWORD }
  const writes = await check(server, writer)
  t.comment(`${server.title}, a user who may only write: ${writes}`)
  t.equal(
    writes,
    'stored in logs-shop-test, not read back: the credentials may only write, left there: the credentials may not delete it',
  )
  const wrong = await check(server, { ...writer, password: 'wr0ng-password' })
  t.comment(`${server.title}, a wrong password: ${wrong}`)
  t.match(wrong, /the credentials are wrong, or missing \(status 401: security_exception/)
  t.notMatch(wrong, /wr0ng/)
  t.match(await check(server, { apiKey: 'no:suchkey' }), /the credentials are wrong, or missing \(status 401/)
  const elsewhere = await check(server, { username: 'elsewhere', password: PASSWORD })
  t.comment(`${server.title}, a user for other names: ${elsewhere}`)
  t.match(elsewhere, /the credentials do not allow it \(status 403: security_exception/)
  const astray = await check(server, { username: 'superuser', password: PASSWORD, dataStream: 'astray' })
  t.match(astray, /there is no such index or template \(status 404: index_not_found/)
  const { delivery } = await deliver(server, 'shop', 1000, n => ({ n }), writer)
  delivery.write(1, () => lineOf('shop', { n: 1000 }))
  t.strictSame(await delivery.flush(2_000_000), { flushed: 1001, left: 0 }, 'and that is enough for all lines')
  await delivery.end()
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

const ROLES = ['superuser', 'writer', 'elsewhere']
/** As docs/elastic.md asks for of a key. A key itself cannot be made: its index needs a module that is not there. */
const PRIVILEGES = ['writer: logs-shop-*', 'elsewhere: logs-other-*']
  .map(role => role.split(': '))
  .map(
    ([role, names]) => `${role}:\n  indices:\n    - {names: ['${names}'], privileges: [create_doc, auto_configure]}\n`,
  )
  .join('')
const PASSWORD = 'admin-of-tests'
/** Of it, by bcrypt. */
const HASH = '$2a$10$abcdefghijklmnopqrstuuJgGKExtZqErHV6b3NZmrexxhbKkZlnS'
