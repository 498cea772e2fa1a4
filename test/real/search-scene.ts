import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { Pipeline } from '../../lib/delivery/pipeline'
import { newSpoolId } from '../../lib/delivery/spool/ids'
import { elastic } from '../../transports/elastic'
import { type Delivery, deliveryTo } from '../support/deliveries'
import type { SearchServer } from './search-server'

/** Ten minutes of ours at the pipeline's hundredfold speed. */
export const LONG = 60_000_000

/** A delivery whose lines are already there. */
export interface Running extends Delivery {
  flush: Pipeline['flush']
  end(): Promise<void>
}

export async function deliver(
  server: SearchServer,
  service: string,
  lines: number,
  fields: (n: number) => object,
  options: Partial<Parameters<typeof elastic>[0]> = {},
): Promise<{ delivery: Running; ids: string[] }> {
  const made = await deliveryTo(elastic({ node: server.url, ...options }), newSpoolId())
  const ids = made.write(lines, n => lineOf(service, fields(n)))
  const end = async (): Promise<void> => {
    await made.pipeline.close(0)
    made.remove()
  }
  return { ids, delivery: { ...made, flush: timeout => made.pipeline.flush(timeout), end } }
}

/** Resolves when the delivery has said that something is wrong, or returns without a word after a minute. */
export async function speaks({ said }: Running): Promise<void> {
  for (let tries = 0; said.length === 0 && tries < 3000; tries++) await new Promise(resolve => setTimeout(resolve, 20))
}

/** A line of hewn's. */
export function lineOf(service: string, fields: object): string {
  return JSON.stringify({
    time: '2026-11-22T21:57:31.123Z',
    level: 'info',
    msg: 'paid',
    service,
    env: 'test',
    ...fields,
  })
}

export function count(server: SearchServer, service: string): Promise<number> {
  return countIn(server, `logs-${service}-test`)
}

export async function countIn(server: SearchServer, name: string): Promise<number> {
  await server.ask('POST', `/${name}/_refresh`)
  return (await server.ask('GET', `/${name}/_count`))['count'] as number
}

interface Hits {
  readonly hits: readonly { readonly _id: string; readonly _index: string; readonly _source: Record<string, unknown> }[]
}

export async function search(server: SearchServer, service: string, query: object): Promise<Hits> {
  const answer = await server.ask('POST', `/logs-${service}-test/_search`, query)
  return answer['hits'] as unknown as Hits
}

/** Passes requests on, and breaks the connection instead of those answers of 2xx that are to be lost, by their number. */
export async function forgetful(
  url: string,
  loses: (answer: number) => boolean | Promise<boolean>,
): Promise<{ url: string; forgotten(): number; close(): void }> {
  let answers = 0
  let forgotten = 0
  const proxy = createServer(async (incoming, response) => {
    const body = await buffer(incoming)
    const outgoing = request(new URL(incoming.url ?? '/', url), { method: 'POST', headers: incoming.headers })
    outgoing.on('response', async answer => {
      const said = await buffer(answer)
      if (answer.statusCode === 200 && (await loses(answers++))) {
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
