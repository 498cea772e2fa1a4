import { isIP } from 'node:net'
import { type Gate, openHttpGate, openTcpGate } from '../gate'
import { say } from '../say'
import type { Destination, Received } from './destination'

/** Calls asked for at once: an index shows no more than 10,000 messages a search, duplicates among them. */
const PAGE = 5000

const UNCOUNTED =
  'GELF gives no way to count: acknowledged is what there is to say. With --graylog-api URL it is counted by a search.'
const TCP =
  'By TCP an acknowledgement means that the operating system had it: a connection that breaks can lose what was in it, and double it. See docs/graylog.md.'
const HTTP = 'Graylog stores what comes twice after a lost answer twice; hewn_id tells. See docs/graylog.md.'

/** Graylog's GELF input, and its API if it is to count. */
export async function graylogDestination(given: string, api: string | undefined): Promise<Destination> {
  const { hostname, host, port, protocol, pathname } = parsed('--graylog', given, ['tcp', 'tls', 'http', 'https'])
  const isHttp = protocol.startsWith('http')
  const target = isHttp ? new URL(given) : { host: hostname, port: Number(port || 12201) }
  const gate: Gate = target instanceof URL ? await openHttpGate(target) : await openTcpGate(target)
  const own = `${protocol.replace('https', 'http')}//127.0.0.1:${gate.port}${isHttp ? pathname : ''}`
  const tls = protocol === 'tls:' && isIP(hostname) === 0 ? { tls: { servername: hostname } } : {}
  return {
    title: `${host}, GELF by ${protocol.slice(0, -1)}`,
    transport: { type: 'graylog', url: own, ...tls },
    env: {},
    gate,
    worth: { once: false, stored: isHttp, remark: [isHttp ? HTTP : TCP, ...(api ? [] : [UNCOUNTED])].join('\n  ') },
    received: async (run, issued) => (api === undefined ? undefined : search(api, run, issued)),
    async epilogue(run) {
      say(`\n  In Graylog: service:hewn\\-demo AND run:${run}`)
    },
    async stop() {
      gate.close()
    },
  }
}

interface Answer {
  readonly schema: readonly { readonly field: string }[]
  readonly datarows: readonly (readonly unknown[])[]
}

async function search(api: string, run: string, issued: readonly number[]): Promise<Received[]> {
  const { origin, pathname, username, password } = parsed('--graylog-api', api, ['http', 'https'])
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  const found: Received[] = []
  for (const [at, calls] of issued.entries()) {
    for (let from = 1; from <= calls; from += PAGE) {
      // The last page is open: there may be lines of a turn that nobody had promised.
      const to = from + PAGE > calls ? '*' : from + PAGE - 1
      const answer = await fetch(`${origin}${pathname.replace(/(\/api)?\/?$/, '/api/search/messages')}`, {
        method: 'POST',
        headers: {
          accept: 'application/json',
          'content-type': 'application/json',
          'x-requested-by': 'hewn demo',
          authorization: `Basic ${Buffer.from(user).toString('base64')}`,
        },
        body: JSON.stringify({
          query: `run:${run} AND life:${at + 1} AND call:[${from} TO ${to}]`,
          fields: ['life', 'call'],
          size: 10_000,
          timerange: { type: 'relative', range: 3600 },
        }),
      })
      if (!answer.ok) throw new Error(`Graylog's search was answered with ${answer.status}: is the user right?`)
      const { schema, datarows } = (await answer.json()) as Answer
      const [life, call] = ['life', 'call'].map(name => schema.findIndex(({ field }) => field === name))
      for (const values of datarows) found.push({ life: String(values[life!]), call: Number(values[call!]) })
    }
  }
  return found
}

function parsed(option: string, given: string, protocols: readonly string[]): URL {
  const url = URL.canParse(given) ? new URL(given) : undefined
  if (url === undefined || url.hostname === '' || !protocols.includes(url.protocol.slice(0, -1))) {
    const expected = protocols.map(name => `'${name}://'`).join(', ')
    throw new Error(`${option}: expected a URL that begins with one of ${expected}`)
  }
  return url
}
