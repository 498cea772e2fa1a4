import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { SearchServer } from '../test/real/search-server'

/** Where the lines of `shipping.ts` arrive. */
export interface ShippingReceiver {
  readonly title: string
  readonly url: string
  /** Whether Elastic's own client, and with it pino-elasticsearch, speaks to it. */
  readonly elastic: boolean
  /** Documents of an index that are there. */
  count(index: string): Promise<number>
  close(): Promise<void>
}

/** Takes everything at once: what is measured is who sends. */
export async function countingReceiver(): Promise<ShippingReceiver> {
  const child = fork(join(__dirname, 'bulk-receiver.js'))
  const [{ port }] = (await once(child, 'message')) as [AddressInfo]
  let before = 0
  let counted = 0
  let current = ''
  return {
    title: 'a receiver that takes everything at once',
    url: `http://127.0.0.1:${port}`,
    elastic: true,
    async count(index) {
      if (index !== current) {
        current = index
        before = counted
      }
      child.send('count')
      const [{ documents }] = (await once(child, 'message')) as [{ documents: number }]
      counted = documents
      return documents - before
    },
    async close() {
      const exit = once(child, 'exit')
      child.disconnect()
      await exit
    },
  }
}

/** A real one, on this machine: it shares the processors with who sends. */
export async function realReceiver(name: string): Promise<ShippingReceiver> {
  const server = await startServer(name)
  return {
    title: server.title,
    url: server.url,
    elastic: name === 'elasticsearch',
    async count(index) {
      try {
        await server.ask('POST', `/${index}/_refresh`)
        return Number((await server.ask('GET', `/${index}/_count`))['count'])
      } catch (error) {
        // No line has come yet.
        if (String(error).includes('index_not_found')) return 0
        throw error
      }
    },
    close: () => server.remove(),
  }
}

async function startServer(name: string): Promise<SearchServer> {
  if (name === 'elasticsearch') {
    const { missing, startElasticsearch } = await import('../test/real/elasticsearch-server.js')
    return startUnless(missing('9.2.0'), () => startElasticsearch('9.2.0'))
  }
  if (name === 'opensearch') {
    const { missing, startOpenSearch } = await import('../test/real/opensearch-server.js')
    return startUnless(missing('3.4.0'), () => startOpenSearch('3.4.0'))
  }
  throw new Error(`--server: found '${name}', expected elasticsearch or opensearch`)
}

function startUnless(missing: string | undefined, start: () => Promise<SearchServer>): Promise<SearchServer> {
  if (missing !== undefined) throw new Error(missing)
  return start()
}
