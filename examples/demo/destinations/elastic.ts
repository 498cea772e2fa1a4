import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { openHttpGate } from '../gate'
import { say } from '../say'
import type { Destination, Received } from './destination'

/** Buckets an answer: as many as a cluster gives by default. */
const PAGE = 5000

interface Page {
  readonly aggregations?: {
    readonly calls: {
      readonly after_key?: object
      readonly buckets: readonly { readonly key: Received; readonly doc_count: number }[]
    }
  }
}

/** Elasticsearch or OpenSearch, with the key in ELASTIC_API_KEY or the user in the URL, which must be let set up, write and search. */
export async function elasticDestination(given: string): Promise<Destination> {
  const { url, authorization } = withoutUser(given)
  const gate = await openHttpGate(url)
  const apiKey = process.env['ELASTIC_API_KEY']
  const own = new URL(given)
  Object.assign(own, { protocol: 'http:', host: `127.0.0.1:${gate.port}` })
  const headers = {
    'content-type': 'application/json',
    ...(apiKey ? { authorization: `ApiKey ${encoded(apiKey)}` } : authorization),
  }

  async function page(run: string, after: object | undefined): Promise<Page> {
    const sources = [{ life: { terms: { field: 'life' } } }, { call: { terms: { field: 'call' } } }]
    const calls = { composite: { size: PAGE, sources, ...(after === undefined ? {} : { after }) } }
    const body = JSON.stringify({ size: 0, query: { term: { run } }, aggs: { calls } })
    const answer = await fetch(new URL('logs-hewn_demo-*/_search', url), { method: 'POST', headers, body })
    if (!answer.ok)
      throw new Error(`the search was answered with ${answer.status}: ${(await answer.text()).slice(0, 300)}`)
    return (await answer.json()) as Page
  }

  return {
    title: url.host,
    transport: { type: 'elastic', node: '${DEMO_NODE}', ...(apiKey ? { apiKey: '${ELASTIC_API_KEY}' } : {}) },
    env: { DEMO_NODE: own.href },
    gate,
    worth: { once: true, stored: true },
    prepare: config => setUp(config, own.href),
    async received(run) {
      const found: Received[] = []
      let after: object | undefined
      do {
        const calls = (await page(run, after)).aggregations?.calls
        for (const { key, doc_count } of calls?.buckets ?? []) for (let n = 0; n < doc_count; n++) found.push(key)
        after = calls?.after_key
      } while (after !== undefined)
      return found
    },
    async epilogue(run) {
      say(`\n  In Kibana or Dashboards: logs-hewn_demo-*, run : "${run}", sorted by @timestamp and event.sequence.`)
      say('  To remove it all: DELETE /_data_stream/logs-hewn_demo-*, DELETE /_index_template/hewn-logs-hewn_demo')
    },
    async stop() {
      gate.close()
    },
  }
}

/** `hewn setup elastic`, by the configuration that the service has. */
async function setUp(config: string, node: string): Promise<void> {
  const bin = join(__dirname, '../../../lib/cli/main.js')
  say('   hewn setup elastic')
  const child = spawn(process.execPath, [bin, 'setup', 'elastic'], {
    env: { ...process.env, HEWN_CONFIG: config, DEMO_NODE: node, DEMO_LIFE: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', line => say(`     ${line}`))
  const [code] = (await once(child, 'close')) as [number]
  if (code !== 0) throw new Error('the cluster could not be set up')
}

/** fetch takes no URL with a user in it. */
function withoutUser(given: string): { url: URL; authorization: { authorization?: string } } {
  if (!/^https?:\/\//.test(given) || !URL.canParse(given)) {
    throw new Error("--elastic: expected a URL that begins with 'http://' or 'https://'")
  }
  const url = new URL(given)
  const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  const authorization = url.username === '' ? {} : { authorization: `Basic ${Buffer.from(user).toString('base64')}` }
  Object.assign(url, { username: '', password: '', pathname: url.pathname.replace(/\/?$/, '/') })
  return { url, authorization }
}

/** A key may be given as `id:key`, or as Elasticsearch shows it encoded. */
function encoded(apiKey: string): string {
  return apiKey.includes(':') ? Buffer.from(apiKey).toString('base64') : apiKey
}
