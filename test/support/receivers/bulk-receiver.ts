import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { refusal } from '../elasticsearch'
import { type JsonObject, parseStrict } from '../strict-json'

/** What becomes of one document that is not stored. */
export interface ItemError {
  readonly status: number
  readonly type?: string
  readonly reason?: string
}

/** What it does with one request. */
export type BulkMove =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | 'reset'
  | 'store, then reset'
  | 'no answer'
  /** Looks at the request once this has resolved. */
  | Promise<void>
  /** 200, and one item fewer than there were actions. */
  | 'an item short'

export interface BulkReceiverOptions {
  readonly secure?: { readonly key: string; readonly cert: string }
  /** What `authorization` must be; may be changed at any time. */
  readonly authorization?: string
  readonly maxBytes?: number
  /** Gets the number of lines of each request, before a line of it is judged. */
  readonly requests?: number[]
  /** Parameters beside filter_path that it knows. Default: those of Elasticsearch 9. */
  readonly parameters?: readonly string[]
  /** Data streams are what begins with this. Default: `logs-`. */
  readonly streams?: string
  /** What it says of a document that it does not take. Default: what the types of ECS forbid. */
  readonly judge?: (document: JsonObject, id: string) => ItemError | undefined
}

export interface Stored {
  /** The name that was written to. */
  readonly target: string
  readonly id: string
  readonly document: JsonObject
}

/**
 * `_bulk` as Elasticsearch documents it, and strict: what a sender should not do is kept in `mistakes`. It does what is
 * in `next`, one entry a request, before it is well-behaved again.
 */
export class BulkReceiver {
  readonly mistakes: string[] = []
  /** In the order they were stored; an id once in each backing index. */
  readonly stored: Stored[] = []
  readonly next: BulkMove[] = []
  always: BulkMove | undefined
  /** Lines of each request. */
  readonly requests: number[]
  readonly paths: string[] = []
  readonly encodings: (string | undefined)[] = []
  /** How many documents were there already. */
  conflicts = 0
  authorization: string | undefined
  private generation = 1
  private readonly keys = new Set<string>()
  private readonly server: Server
  private readonly sockets = new Set<Socket>()

  constructor(private readonly options: BulkReceiverOptions = {}) {
    this.requests = options.requests ?? []
    this.authorization = options.authorization
    const handle = (request: IncomingMessage, response: ServerResponse): void => void this.handle(request, response)
    this.server = options.secure === undefined ? createServer(handle) : createSecureServer(options.secure, handle)
    this.server.on('connection', socket => {
      this.sockets.add(socket)
      socket.on('close', () => this.sockets.delete(socket))
      socket.on('error', () => {})
    })
    this.server.on('tlsClientError', () => {})
  }

  async start(port = 0): Promise<string> {
    await new Promise<void>(resolve => this.server.listen(port, '127.0.0.1', resolve))
    return `http${this.options.secure === undefined ? '' : 's'}://127.0.0.1:${this.port}`
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port
  }

  /** Of the documents, in the order of their writers' lines. */
  get ids(): string[] {
    return this.stored.map(({ id }) => id).sort()
  }

  /** A new backing index for each data stream: ids are unique in each of them only. */
  rollover(): void {
    this.generation++
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    if (this.server.listening) await new Promise(resolve => this.server.close(resolve))
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const move = this.next.shift() ?? this.always
    if (move === 'reset') return void request.socket.destroy()
    let raw: Buffer
    try {
      raw = await buffer(request)
    } catch {
      return
    }
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://receiver')
    if (request.method !== 'POST') return this.answerCheck(request.method, pathname, response)
    this.paths.push(pathname)
    this.encodings.push(request.headers['content-encoding'])
    if (move instanceof Promise) await move
    const actions = this.read(request, pathname, raw)
    this.requests.push(actions.length)
    if (typeof move === 'object' && 'status' in move)
      return void response.writeHead(move.status, move.headers).end(move.body)
    if (move === 'no answer') return
    if (this.authorization !== undefined && request.headers.authorization !== this.authorization) {
      return void reply(response, 401, whole('security_exception', `no: ${request.headers.authorization}`, 401))
    }
    if (raw.length > (this.options.maxBytes ?? Number.POSITIVE_INFINITY)) return void response.writeHead(413).end()
    const known = this.options.parameters ?? ['include_source_on_error', 'require_data_stream']
    const unknown = [...searchParams.keys()].filter(name => name !== 'filter_path' && !known.includes(name)).sort()
    if (unknown.length > 0) {
      const names = unknown.map(name => `[${name}]`).join(', ')
      const reason = `request [${pathname}] contains unrecognized parameters: ${names}`
      return void reply(response, 400, whole('illegal_argument_exception', reason, 400))
    }
    if (searchParams.get('filter_path')?.includes('items.*.status') !== true) this.mistakes.push('no items.*.status')
    const strictStream = searchParams.get('require_data_stream') === 'true'
    const items = actions.map(action => ({ create: this.store(action, strictStream) }))
    if (move === 'store, then reset') return void request.socket.destroy()
    if (move === 'an item short') items.pop()
    reply(response, 200, { errors: items.some(({ create }) => create.error !== undefined), items })
  }

  /** What `hewn check` asks: who it is, and for a document by its id. */
  private answerCheck(method: string | undefined, pathname: string, response: ServerResponse): void {
    if (typeof this.always === 'object' && 'status' in this.always)
      return void response.writeHead(this.always.status).end(this.always.body)
    if (pathname === '/') return reply(response, 200, { version: { number: '9.2.0' } })
    const [name, id] = pathname.slice(1).split('/_doc/').map(decodeURIComponent)
    const at = this.stored.findIndex(stored => stored.id === id && this.indexOf(stored.target) === name)
    if (method === 'DELETE' && at !== -1) this.stored.splice(at, 1)
    reply(response, at === -1 ? 404 : 200, { found: at !== -1 })
  }

  private indexOf(target: string): string {
    const isStream = target.startsWith(this.options.streams ?? 'logs-')
    return isStream ? `.ds-${target}-${this.generation}` : target
  }

  private store(
    { target, id, document }: Stored,
    strictStream: boolean,
  ): { _index?: string; status: number; error?: object } {
    const isStream = target.startsWith(this.options.streams ?? 'logs-')
    if (strictStream && !isStream) return failed({ status: 404, type: 'index_not_found_exception', reason: target })
    const index = this.indexOf(target)
    const key = `${index} ${id}`
    if (this.keys.has(key)) {
      this.conflicts++
      return failed({ status: 409, type: 'version_conflict_engine_exception', reason: `[${id}]` })
    }
    const error = this.options.judge?.(document, id) ?? byTypes(document)
    if (error !== undefined) return failed(error)
    this.keys.add(key)
    this.stored.push({ target, id, document })
    return { _index: index, status: 201 }
  }

  private read({ method, headers }: IncomingMessage, pathname: string, raw: Buffer): Stored[] {
    const wrong = (what: string): void => void this.mistakes.push(what)
    if (method !== 'POST') wrong(`method ${method}`)
    if (!pathname.endsWith('/_bulk')) wrong(`path ${pathname}`)
    if (Number(headers['content-length']) !== raw.length) wrong('no right content-length')
    if (headers['content-type'] !== 'application/x-ndjson') wrong(`content-type ${headers['content-type']}`)
    const text = (headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw).toString()
    if (!text.endsWith('\n')) wrong('no line break at the end')
    const lines = text.slice(0, -1).split('\n')
    if (lines.length % 2 === 1) wrong('an action without a document')
    const found: Stored[] = []
    for (let at = 0; at + 1 < lines.length; at += 2) {
      try {
        found.push(this.action(parseStrict(lines[at]!) as JsonObject, parseStrict(lines[at + 1]!) as JsonObject))
      } catch (error) {
        wrong((error as Error).message)
      }
    }
    return found
  }

  private action(action: JsonObject, document: JsonObject): Stored {
    const [[name, meta] = []] = Object.entries(action) as [string, JsonObject][]
    if (name !== 'create' || Object.keys(action).length !== 1) throw new Error(`action ${Object.keys(action)}`)
    const { _index: target, _id: id, ...rest } = meta as { _index?: unknown; _id?: unknown }
    if (Object.keys(rest).length > 0) throw new Error(`unknown in an action: ${Object.keys(rest)}`)
    if (typeof target !== 'string' || !isLegalName(target)) throw new Error(`name ${JSON.stringify(target)}`)
    if (typeof id !== 'string' || id === '' || Buffer.byteLength(id) > 512) throw new Error(`id ${JSON.stringify(id)}`)
    return { target, id, document }
  }
}

/** What Elasticsearch's documentation says of the names of indices. */
export function isLegalName(name: string): boolean {
  return (
    name === name.toLowerCase() &&
    !/[\\/*?"<>| ,#:]/.test(name) &&
    !/^[-_+]/.test(name) &&
    !['', '.', '..'].includes(name) &&
    Buffer.byteLength(name) <= 255
  )
}

function byTypes(document: JsonObject): ItemError | undefined {
  const time = document['@timestamp']
  const refused =
    typeof time === 'string' && /^\d{4}-\d\d-\d\dT.*Z$/.test(time) ? refusal({ ...document }) : 'no @timestamp'
  return refused === undefined ? undefined : { status: 400, type: 'document_parsing_exception', reason: refused }
}

function failed({ status, type = 'an_exception', reason = 'no' }: ItemError): { status: number; error: object } {
  return { status, error: { type, reason } }
}

function whole(type: string, reason: string, status: number): object {
  return { error: { root_cause: [{ type, reason }], type, reason }, status }
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
