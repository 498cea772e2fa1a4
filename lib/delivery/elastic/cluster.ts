import type { Clock } from '../clock'
import { type HttpAnswer, HttpClient, type HttpRequest, isWebPage } from '../http'
import { DeliveryError } from '../outcome'
import { classifyError } from '../retry/classify'
import { errorText } from './error-text'
import { type ElasticOptions, LIMITS, nodesOf, optionProblem } from './options'

/** The nodes of a cluster, of which one is spoken to until it fails. */
export class Cluster {
  private readonly nodes: readonly HttpClient[]
  private current: number

  /** Throws a `hold` for options that are wrong. */
  constructor(options: ElasticOptions, clock?: Clock) {
    const problem = optionProblem(options)
    if (problem !== undefined) throw new DeliveryError('hold', problem)
    this.nodes = nodesOf(options).map(
      node =>
        new HttpClient({
          url: withSlash(node),
          headers: credentials(options),
          gzip: options.gzip ?? true,
          tls: options.tls,
          connections: LIMITS.concurrency,
          // A reason for each line of a batch.
          limits: { answerBytes: 64 * 1024 * 1024 },
          clock,
          reasonIn: errorText,
        }),
    )
    // A thousand processes with the same list do not all ask its first node.
    this.current = Math.floor(Math.random() * this.nodes.length)
  }

  /**
   * As `HttpClient.post`. A node that cannot be reached, or says that it cannot answer now, is left for the next; all
   * that can come of it is a line sent twice, under the same id.
   */
  async post(request: HttpRequest): Promise<HttpAnswer> {
    const answer = await this.ask(node => node.post(request))
    if (isWebPage(answer.body)) {
      throw new DeliveryError('hold', `status ${answer.status} with a web page: is the URL right?`)
    }
    return answer
  }

  /** As `HttpClient.exchange`: resolves with whatever status. */
  request(request: HttpRequest): Promise<HttpAnswer> {
    return this.ask(node => node.exchange(request))
  }

  close(): void {
    for (const node of this.nodes) node.close()
  }

  private async ask(work: (node: HttpClient) => Promise<HttpAnswer>): Promise<HttpAnswer> {
    for (let tried = 1; ; tried++) {
      const asked = this.current
      try {
        return await work(this.nodes[asked]!)
      } catch (error) {
        if (!isNodesFault(error)) throw error
        // Another request may have turned to the next one already.
        if (this.current === asked) this.current = (asked + 1) % this.nodes.length
        // One that took its time has used up that of this batch.
        if (tried >= this.nodes.length || codeOf(error) === 'ETIMEDOUT') throw error
      }
    }
  }
}

/** Also of credentials and certificates: they may be wrong on one node. But a 400, 413 or 429 says the same everywhere. */
function isNodesFault(error: unknown): boolean {
  const { kind, status } = classifyError(error)
  return kind !== 'poison' && status !== 429
}

function credentials({ apiKey, username, password = '', bearerToken }: ElasticOptions): Record<string, string> {
  if (apiKey !== undefined) {
    // As it is encoded, it has no colon.
    return { authorization: `ApiKey ${apiKey.includes(':') ? base64(apiKey) : apiKey}` }
  }
  if (username !== undefined) return { authorization: `Basic ${base64(`${username}:${password}`)}` }
  return bearerToken === undefined ? {} : { authorization: `Bearer ${bearerToken}` }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

/** So that a path in the URL, of a proxy, is kept. */
function withSlash(node: string): string {
  const url = new URL(node)
  if (!url.pathname.endsWith('/')) url.pathname += '/'
  return url.href
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | null)?.code
}
