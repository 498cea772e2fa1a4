import { Agent as HttpAgent, type IncomingMessage, type OutgoingHttpHeaders, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { promisify } from 'node:util'
import { gzip, type ZlibOptions } from 'node:zlib'
import { type Clock, systemClock } from './clock'
import { readAnswer } from './http-answer'
import { type HttpLimits, PhaseTimer } from './http-phases'
import { DeliveryError } from './outcome'
import { refusalOf } from './retry/classify'
import { type TlsOptions, tlsSettings } from './tls'

export interface HttpClientOptions {
  /** `http:` or `https:`. A user and a password in it become an Authorization header. */
  readonly url: string | URL
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Compresses what is sent. Default: not. */
  readonly gzip?: boolean | undefined
  readonly tls?: TlsOptions | undefined
  /** Connections that are kept. Default: 1. */
  readonly connections?: number | undefined
  readonly limits?: Partial<HttpLimits> | undefined
  readonly clock?: Clock | undefined
  /** What the body of a refusal says to people. Default, also where it returns nothing: its beginning. */
  readonly reasonIn?: ((body: string) => string | undefined) | undefined
}

export interface HttpRequest {
  /** Default: POST. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | undefined
  /** Default: none. */
  readonly body?: string | Buffer | undefined
  readonly contentType: string
  /** Default: the client's. Same origin only: credentials go nowhere else. */
  readonly path?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly signal: AbortSignal
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  /** Decompressed. */
  readonly body: string
}

/**
 * One receiver that is spoken to in HTTP: connections that are kept, a bound on each phase of a request and on the answer
 * after decompression, and one reading of every status. Names are looked up for each new connection. Redirects are
 * never followed: they would carry credentials elsewhere, and make a GET of a POST.
 */
export class HttpClient {
  private readonly url: URL
  private readonly headers: Readonly<Record<string, string>>
  private readonly agent: HttpAgent | HttpsAgent
  private readonly limits: HttpLimits
  private readonly clock: Clock

  constructor(private readonly options: HttpClientOptions) {
    const url = new URL(options.url)
    const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
    const basic = user === ':' ? {} : { authorization: `Basic ${Buffer.from(user).toString('base64')}` }
    url.username = ''
    url.password = ''
    this.url = url
    this.headers = { ...basic, ...options.headers }
    this.limits = { ...HTTP_LIMITS, ...options.limits }
    this.clock = options.clock ?? systemClock
    const keep = { keepAlive: true, maxSockets: options.connections ?? 1 }
    this.agent =
      url.protocol === 'https:' ? new HttpsAgent({ ...keep, ...tlsSettings(options.tls) }) : new HttpAgent(keep)
  }

  /**
   * Sends a POST. Resolves with an answer of 2xx, that arrived whole; throws a DeliveryError for every other status, and
   * the system's error when there was no answer.
   */
  async post(request: HttpRequest): Promise<HttpAnswer> {
    const answer = await this.exchange(request)
    const { status, headers } = answer
    const redirect = status >= 300 && status < 400
    const detail = redirect ? `${originOf(headers.location)} (redirects are not followed)` : this.textOf(answer)
    const refusal = refusalOf(status, detail, headers['retry-after'], this.clock.now())
    if (refusal !== undefined) throw new DeliveryError(refusal.kind, refusal.reason, refusal)
    return answer
  }

  /** Resolves with an answer of whatever status, that arrived whole; throws the system's error when there was none. */
  async exchange(request: HttpRequest): Promise<HttpAnswer> {
    if (request.body === undefined) return this.send(request, undefined)
    const body = typeof request.body === 'string' ? Buffer.from(request.body) : request.body
    return this.send(request, this.options.gzip === true ? await compress(body, FAST) : body)
  }

  close(): void {
    this.agent.destroy()
  }

  private send(request: HttpRequest, body: Buffer | undefined): Promise<HttpAnswer> {
    const send = this.url.protocol === 'https:' ? requestHttps : requestHttp
    const headers = {
      'user-agent': 'hewn',
      ...(body === undefined ? {} : this.describe(request, body)),
      ...this.headers,
      ...request.headers,
    }
    const { method = 'POST' } = request
    return new Promise((resolve, reject) => {
      const outgoing = send(new URL(request.path ?? '', this.url), { method, agent: this.agent, headers })
      const phases = new PhaseTimer(outgoing, this.limits)
      const fail = (error: Error): void => {
        phases.end()
        reject(error)
        outgoing.destroy()
      }
      const abort = (): void => fail(new Error('given up'))
      request.signal.addEventListener('abort', abort, { once: true })
      outgoing.on('close', () => request.signal.removeEventListener('abort', abort))
      outgoing.on('error', fail)
      outgoing.on('timeout', () => fail(new Error('timed out')))
      outgoing.on('response', incoming => {
        phases.headers()
        readAnswer(incoming, this.limits.answerBytes).then(text => {
          phases.end()
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text })
        }, fail)
      })
      if (request.signal.aborted) return abort()
      outgoing.end(body)
    })
  }

  /** What a receiver says of a refusal: never a whole web page. */
  private textOf({ body, headers }: HttpAnswer): string {
    if (/html/i.test(headers['content-type'] ?? '') || isWebPage(body)) return 'a web page'
    return this.options.reasonIn?.(body) ?? body
  }

  private describe({ contentType }: HttpRequest, body: Buffer): OutgoingHttpHeaders {
    return {
      'content-type': contentType,
      // A length rather than chunks: some receivers take nothing else.
      'content-length': body.length,
      ...(this.options.gzip === true ? { 'content-encoding': 'gzip' } : {}),
    }
  }
}

/** What a proxy or a wrong URL answers with, and no receiver of lines. */
export function isWebPage(body: string): boolean {
  return /^\s*<(?:!doctype html|html)\b/i.test(body.slice(0, 1000))
}

function originOf(location: string | undefined): string {
  if (location === undefined) return 'a redirect to nowhere'
  const url = URL.canParse(location) ? new URL(location) : undefined
  return url === undefined ? 'a redirect' : `a redirect to ${url.origin}`
}

const compress: (body: Buffer, options: ZlibOptions) => Promise<Buffer> = promisify(gzip)

/** Lines repeat themselves: zlib's default takes 2.4 times as long, for 6 % less. */
const FAST = { level: 1 }

/** Durations in ms. */
const HTTP_LIMITS: HttpLimits = {
  connect: 5000,
  tls: 10_000,
  headers: 30_000,
  total: 60_000,
  answerBytes: 4 * 1024 * 1024,
}
