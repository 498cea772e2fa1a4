import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { gunzipSync, gzipSync } from 'node:zlib'
import { type JsonObject, parseStrict } from '../strict-json'

/** What a receiver does with one request. */
export type Misbehaviour =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  /** The connection breaks before the request is looked at. */
  | 'reset'
  /** The request is stored, and then the connection breaks. */
  | 'store, then reset'
  | 'no answer'
  /** A byte of the answer now and then, for ever. */
  | 'drip'
  | 'web page'
  /** 200 and half of the body that the headers promise. */
  | 'cut short'
  | 'cut short, compressed'
  | 'broken gzip'
  /** 200 and a few kilobytes that become many megabytes. */
  | 'bomb'

export interface HttpReceiverOptions {
  readonly secure?: { readonly key: string; readonly cert: string }
  /** What `authorization` must be; may be changed at any time. */
  readonly authorization?: string
  /** Larger bodies are answered with 413. */
  readonly maxBytes?: number
  /** Refuses a whole request with 400 if it holds such a line. */
  readonly poison?: (line: JsonObject) => boolean
}

/**
 * A strict receiver of JSON lines or arrays: a request that is not exactly as it should be is a mistake of the sender, and
 * kept in `mistakes`. It does what is in `next`, one entry a request, before it is well-behaved again.
 */
export class HttpReceiver {
  readonly mistakes: string[] = []
  /** Lines stored, in the order they came, with those that came twice. */
  readonly stored: JsonObject[] = []
  readonly next: Misbehaviour[] = []
  /** What it does with every request that `next` says nothing of. */
  always: Misbehaviour | undefined
  /** Lines of each request, also of those refused. */
  readonly requests: number[] = []
  readonly headers: IncomingMessage['headers'][] = []
  authorization: string | undefined
  connections = 0
  private readonly server: Server
  private readonly sockets = new Set<Socket>()
  private readonly timers = new Set<NodeJS.Timeout>()
  private readonly different = new Set<unknown>()
  private readonly waiting: (() => void)[] = []

  constructor(private readonly options: HttpReceiverOptions = {}) {
    this.authorization = options.authorization
    const handle = (request: IncomingMessage, response: ServerResponse): void => void this.handle(request, response)
    this.server = options.secure === undefined ? createServer(handle) : createSecureServer(options.secure, handle)
    this.server.on('connection', socket => {
      this.connections++
      this.sockets.add(socket)
      socket.on('close', () => this.sockets.delete(socket))
      socket.on('error', () => {})
    })
    this.server.on('tlsClientError', () => {})
  }

  /** Listens on `port`, or on one that is free. Returns the URL. */
  async start(port = 0): Promise<string> {
    await new Promise<void>(resolve => this.server.listen(port, '127.0.0.1', resolve))
    return `http${this.options.secure === undefined ? '' : 's'}://127.0.0.1:${this.port}/lines`
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port
  }

  get ids(): string[] {
    return this.stored.map(line => String(line['hewn_id']))
  }

  /** Resolves when so many different lines are stored. */
  async reached(count: number): Promise<void> {
    while (this.different.size < count) await new Promise<void>(resolve => this.waiting.push(resolve))
  }

  /** The numbers `n` of the different lines, in their order. */
  get numbers(): number[] {
    const byId = new Map(this.stored.map(line => [line['hewn_id'], Number(line['n'])]))
    return [...byId.values()].sort((a, b) => a - b)
  }

  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer)
    for (const socket of this.sockets) socket.destroy()
    if (this.server.listening) await new Promise(resolve => this.server.close(resolve))
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const move = this.next.shift() ?? this.always
    if (move === 'reset') return void request.socket.destroy()
    let body: Buffer
    try {
      body = await buffer(request)
    } catch {
      return
    }
    this.headers.push(request.headers)
    const lines = this.read(request, body)
    this.requests.push(lines.length)
    if (move !== undefined) return this.misbehave(move, lines, response)
    if (this.authorization !== undefined && request.headers.authorization !== this.authorization) {
      response.writeHead(401).end(`no: ${request.headers.authorization ?? 'nothing'}`)
    } else if (body.length > (this.options.maxBytes ?? Number.POSITIVE_INFINITY)) {
      response.writeHead(413).end('too large')
    } else if (this.options.poison !== undefined && lines.some(this.options.poison)) {
      response.writeHead(400).end('a line that cannot be stored')
    } else {
      this.store(lines)
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}')
    }
  }

  private store(lines: readonly JsonObject[]): void {
    this.stored.push(...lines)
    for (const line of lines) this.different.add(line['hewn_id'])
    for (const resolve of this.waiting.splice(0)) resolve()
  }

  private misbehave(move: Misbehaviour, lines: JsonObject[], response: ServerResponse): void {
    const { socket } = response
    if (typeof move === 'object') response.writeHead(move.status, move.headers).end(move.body)
    else if (move === 'store, then reset') {
      this.store(lines)
      socket?.destroy()
    } else if (move === 'drip') {
      response.writeHead(200, { 'content-type': 'text/plain' })
      this.timers.add(setInterval(() => response.write('.'), 5))
    } else if (move === 'web page') {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!DOCTYPE html><title>Log in</title>')
    } else if (move === 'cut short' || move === 'cut short, compressed') {
      const encoding = move === 'cut short' ? {} : { 'content-encoding': 'gzip' }
      response.writeHead(200, { 'content-length': '1000', ...encoding })
      response.write(move === 'cut short' ? '{"ok":' : gzipSync('{"ok":true}').subarray(0, 15))
      setImmediate(() => socket?.destroy())
    } else if (move === 'broken gzip') {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip at all')
    } else if (move === 'bomb') {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(64 * 1024 * 1024)))
    }
  }

  private read(request: IncomingMessage, raw: Buffer): JsonObject[] {
    const { headers } = request
    const wrong = (what: string): void => void this.mistakes.push(what)
    if (request.method !== 'POST') wrong(`method ${request.method}`)
    if (Number(headers['content-length']) !== raw.length) wrong('no right content-length')
    const text = (headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw).toString()
    try {
      if (headers['content-type'] === 'application/json') return parseStrict(text) as unknown as JsonObject[]
      if (headers['content-type'] !== 'application/x-ndjson') wrong(`content-type ${headers['content-type']}`)
      if (!text.endsWith('\n')) wrong('no line break at the end')
      return text
        .slice(0, -1)
        .split('\n')
        .map(line => parseStrict(line) as JsonObject)
    } catch (error) {
      wrong(`a body that cannot be read: ${(error as Error).message}`)
      return []
    }
  }
}
