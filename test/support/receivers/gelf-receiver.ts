import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { createServer as createTlsServer } from 'node:tls'
import { gunzipSync } from 'node:zlib'
import { GOOD, TEST_KEY } from '../certificates'
import { type StoredMessage, storeInGraylog } from '../graylog'
import { Chunks } from './gelf-chunks'

export type GelfProtocol = 'udp' | 'tcp' | 'tls' | 'http' | 'https'

/** What an HTTP input does with a request. */
export type GelfAnswer = number | 'reset' | 'store, then reset' | 'no answer' | 'web page'

export interface GelfReceiverOptions {
  /** The input reads many messages a request. */
  readonly bulk?: boolean
  /** Longer requests get 413. */
  readonly maxBytes?: number
  /** What the header `authorization` must be. */
  readonly authorization?: string
  /** A message that is answered with 400; Graylog itself has none. */
  readonly poison?: (message: StoredMessage) => boolean
  readonly cert?: string
}

/**
 * Graylog's GELF inputs, as strict as can be: whatever it would drop, merge or refuse in silence is in `mistakes`.
 * An HTTP input does what is in `next`, one entry a request, then what `always` says.
 */
export class GelfReceiver {
  readonly mistakes: string[] = []
  /** In the order they came, with those that came twice. */
  readonly stored: StoredMessage[] = []
  /** Bytes of each datagram, or messages of each request. */
  readonly sizes: number[] = []
  readonly next: GelfAnswer[] = []
  always: GelfAnswer | undefined
  readonly encodings: (string | undefined)[] = []
  connections = 0
  private readonly server: Server | UdpSocket
  private readonly sockets = new Set<Socket>()
  private stopped = false
  private waiting: (() => void)[] = []

  constructor(
    private readonly protocol: GelfProtocol,
    private readonly options: GelfReceiverOptions = {},
  ) {
    this.server = this.create()
    if ('listen' in this.server) this.server.on('connection', (socket: Socket) => this.welcome(socket))
  }

  /** Listens on `port`, or on one that is free. Returns the URL. */
  async start(port = 0): Promise<string> {
    const { server } = this
    if ('bind' in server) await new Promise<void>(resolve => server.bind(port, '127.0.0.1', resolve))
    else await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
    return `${this.protocol}://127.0.0.1:${this.port}`
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port
  }

  get ids(): string[] {
    return this.stored.map(message => String(message.get('hewn_id')))
  }

  /** Resolves when so many messages are there. */
  async has(messages: number): Promise<void> {
    while (this.stored.length < messages) await new Promise<void>(resolve => this.waiting.push(resolve))
  }

  hangUp(): void {
    for (const socket of this.sockets) socket.destroy()
  }

  async stop(): Promise<void> {
    this.hangUp()
    const { server } = this
    if (this.stopped || ('listening' in server && !server.listening)) return
    this.stopped = true
    await new Promise<void>(resolve => void server.close(() => resolve()))
  }

  private create(): Server | UdpSocket {
    const secure = { key: TEST_KEY, cert: this.options.cert ?? GOOD }
    const http = (request: IncomingMessage, response: ServerResponse): void => void this.answer(request, response)
    switch (this.protocol) {
      case 'udp': {
        const chunks = new Chunks()
        return createSocket('udp4', datagram => {
          this.sizes.push(datagram.length)
          this.guarded(() => {
            const message = chunks.add(datagram)
            if (message !== undefined) this.store(message)
          })
        })
      }
      case 'tcp':
        return createServer(socket => this.readFrames(socket))
      case 'tls':
        return createTlsServer(secure, socket => this.readFrames(socket))
      case 'http':
        return createHttpServer(http)
      case 'https':
        return createHttpsServer(secure, http)
    }
  }

  private welcome(socket: Socket): void {
    this.connections++
    this.sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => this.sockets.delete(socket))
  }

  private readFrames(socket: Socket): void {
    let rest = ''
    socket.setEncoding('utf8')
    socket.on('error', () => {})
    socket.on('data', (text: unknown) => {
      const frames = (rest + String(text)).split('\0')
      rest = frames.pop()!
      for (const frame of frames) this.guarded(() => this.store(frame))
    })
    socket.on('close', () => {
      if (rest !== '') this.mistakes.push(`half a frame: ${rest.slice(0, 60)}`)
    })
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request).catch(() => undefined)
    if (body === undefined) return
    const move = this.next.shift() ?? this.always
    if (move === 'no answer') return
    if (move === 'reset') return void request.socket.destroy()
    if (move === 'web page') return void response.end('<!doctype html><title>Log in</title>')
    if (typeof move === 'number') return void response.writeHead(move).end(request.headers.authorization)
    const status = this.accept(request, body)
    if (move === 'store, then reset') return void request.socket.destroy()
    response.writeHead(status).end()
  }

  /** Graylog answers before it looks at what it got: 202 says no more than that it came. */
  private accept(request: IncomingMessage, body: Buffer): number {
    if (request.url !== '/gelf') return 404
    if (request.method !== 'POST') return 405
    const { authorization = request.headers.authorization, maxBytes = 65_536, bulk, poison } = this.options
    if (request.headers.authorization !== authorization) return 401
    const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body).toString() : body.toString()
    if (Buffer.byteLength(text) > maxBytes) return 413
    this.encodings.push(request.headers['content-encoding'])
    const messages = bulk === true ? text.split('\n') : [text]
    // What does not end in a line break waits for the next request, and is joined with it.
    if (bulk === true && messages.pop() !== '') this.mistakes.push('a message that does not end its line')
    this.sizes.push(messages.length)
    if (poison !== undefined && messages.some(message => poison(storeInGraylog(message)))) return 400
    for (const message of messages) this.guarded(() => this.store(message))
    return 202
  }

  private store(text: string): void {
    this.stored.push(storeInGraylog(text))
    for (const go of this.waiting.splice(0)) go()
  }

  private guarded(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.mistakes.push((error as Error).message)
    }
  }
}
