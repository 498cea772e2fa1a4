import { hostname as nameOfThisHost } from 'node:os'
import { type Batch, builtInTransport, type OpenTransport } from '../lib/delivery/definition'
import { graylogOptions } from '../lib/delivery/graylog/options'
import type { HttpClient, ItemOutcome, SendResult } from '../lib/delivery/sending'

/** GELF 1.1 to Graylog, or to anything else that reads it: over UDP, TCP, TLS or HTTP. */
export const graylog = builtInTransport({
  name: 'graylog',
  acknowledges: ({ url }) => (isHttp(url) ? 'received' : 'none'),
  options: graylogOptions,
  limits: ({ url, bulk }) => {
    // Graylog reads 64 KiB of a request, unless its input says otherwise.
    if (isHttp(url)) return bulk === true ? { bytes: 32 * 1024 } : { lines: 100 }
    return isUdp(url) ? { lines: 100, bytes: 64 * 1024 } : { bytes: 256 * 1024 }
  },

  async open({ url, compress = true, bulk = false, headers, tls }, { clock }): Promise<OpenTransport> {
    const { DeliveryError, gelfDatagrams, gelfMessage, HttpClient, ID_FIELD, TcpClient, UdpClient } = await import(
      '../lib/delivery/sending.js'
    )
    const mistake = mistakeIn({ url, bulk, headers, tls })
    if (mistake !== undefined) throw new DeliveryError('hold', mistake)
    const { protocol, hostname, port } = new URL(url)
    const address = { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? PORT : Number(port) }
    const ownHost = nameOfThisHost()
    const messages = (lines: Batch['lines']): string[] =>
      lines.map(({ id, text }) => gelfMessage(text, ownHost, { [ID_FIELD]: id }))

    if (isUdp(url)) {
      const client = new UdpClient({ ...address, clock })
      return {
        async send(batch, { signal }) {
          const datagrams = await Promise.all(messages(batch.lines).map(message => gelfDatagrams(message, compress)))
          await client.send(datagrams.flat(), signal)
        },
        close: () => client.close(),
      }
    }
    if (isHttp(url)) {
      const client = new HttpClient({ url: withPath(url), headers, gzip: compress && bulk, tls, clock })
      const post = (body: string, signal: AbortSignal) => postTo(client, body, signal)
      return {
        send: (batch, { signal }) =>
          bulk
            ? post(messages(batch.lines).map(endLine).join(''), signal)
            : oneByOne(messages(batch.lines), message => post(message, signal)),
        close: () => client.close(),
      }
    }
    const client = new TcpClient({ ...address, tls: protocol === 'tls:' ? (tls ?? {}) : undefined })
    const frames = (lines: Batch['lines']): string =>
      messages(lines)
        .map(message => `${message}\0`)
        .join('')
    return {
      send: ({ lines }, { signal }) => client.write(frames(lines), signal),
      check: (record, { signal }) => client.check(frames([record]), signal),
      close: () => client.close(),
    }
  },
})

/** What Graylog's inputs for GELF listen on. */
const PORT = 12_201

interface Given {
  readonly url: string
  readonly bulk: boolean
  readonly headers: object | undefined
  readonly tls: object | undefined
}

/** What is wrong with options that are well-formed each by itself. Above all, nobody must believe a plain connection to be secure. */
function mistakeIn({ url, bulk, headers, tls }: Given): string | undefined {
  if (!/^(?:udp|tcp|tls|https?):\/\//i.test(url) || !URL.canParse(url) || new URL(url).hostname === '') {
    return "url: not a URL that begins with 'udp://', 'tcp://', 'tls://', 'http://' or 'https://'"
  }
  if (tls !== undefined && !/^(?:tls|https):/i.test(url)) return "tls: only for a URL with 'tls://' or 'https://'"
  if (bulk && !isHttp(url)) return "bulk: only for a URL with 'http://' or 'https://'"
  if (headers !== undefined && !isHttp(url)) return "headers: only for a URL with 'http://' or 'https://'"
  return undefined
}

/** Graylog keeps what does not end in a line break, and puts the next request's first message behind it. */
function endLine(message: string): string {
  return `${message}\n`
}

/** Graylog answers on this path alone. */
function withPath(url: string): URL {
  const target = new URL(url)
  if (target.pathname === '/') target.pathname = '/gelf'
  return target
}

async function postTo(client: HttpClient, body: string, signal: AbortSignal): Promise<void> {
  const { DeliveryError, isWebPage } = await import('../lib/delivery/sending.js')
  const answer = await client.post({ body, contentType: 'application/json', signal })
  if (isWebPage(answer.body))
    throw new DeliveryError('hold', `status ${answer.status} with a web page: is the URL right?`)
}

/**
 * A request for each message, in order; of a second message in one, Graylog says nothing and drops it. After a failure that
 * is not the message's own, the rest is not tried, and what was taken before is not sent again.
 */
async function oneByOne(messages: readonly string[], post: (message: string) => Promise<void>): Promise<SendResult> {
  const { classifyError } = await import('../lib/delivery/sending.js')
  const items: ItemOutcome[] = []
  let first: unknown
  for (const message of messages) {
    try {
      await post(message)
      items.push('ok')
    } catch (error) {
      first ??= error
      const refusal = classifyError(error)
      items.push(refusal)
      if (refusal.kind !== 'poison') break
    }
  }
  const taken = items.indexOf('ok')
  // A receiver that takes nothing at all may be set up wrong: then no message is to blame.
  if (taken === -1) throw first
  const last = items.at(-1)!
  return { items: messages.map((_, index) => (index < taken ? unproven(items[index]!) : (items[index] ?? last))) }
}

/** What was refused before anything was taken is tried again: the receiver may have been put right in between. */
function unproven(outcome: ItemOutcome): ItemOutcome {
  return outcome === 'ok' || outcome.tooLarge === true ? outcome : { kind: 'temporary', reason: outcome.reason }
}

function isHttp(url: string): boolean {
  return /^https?:/i.test(url)
}

function isUdp(url: string): boolean {
  return /^udp:/i.test(url)
}
