import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createServer as createSecureServer } from 'node:tls'
import { type JsonObject, parseStrict } from '../strict-json'

export interface TcpReceiverOptions {
  readonly secure?: { readonly key: string; readonly cert: string }
}

/** A strict receiver of JSON lines over TCP. What is not one good object a line is kept in `mistakes`. */
export class TcpReceiver {
  readonly mistakes: string[] = []
  readonly stored: JsonObject[] = []
  /** Connections that are made while this is above 0 are broken at once. */
  refuse = 0
  connections = 0
  private readonly server: Server
  private readonly sockets = new Set<Socket>()
  private waiting: (() => void)[] = []

  constructor(options: TcpReceiverOptions = {}) {
    const serve = (socket: Socket): void => this.serve(socket)
    this.server = options.secure === undefined ? createServer(serve) : createSecureServer(options.secure, serve)
  }

  async start(port = 0): Promise<number> {
    await new Promise<void>(resolve => this.server.listen(port, '127.0.0.1', resolve))
    return (this.server.address() as AddressInfo).port
  }

  /** Resolves when so many lines are there. */
  async has(lines: number): Promise<void> {
    while (this.stored.length < lines) await new Promise<void>(resolve => this.waiting.push(resolve))
  }

  /** Resolves when no more than so many connections are open. */
  async keeps(connections: number): Promise<void> {
    while (this.sockets.size > connections) await new Promise<void>(resolve => this.waiting.push(resolve))
  }

  /** Breaks all connections. */
  hangUp(): void {
    for (const socket of this.sockets) socket.destroy()
  }

  async stop(): Promise<void> {
    this.hangUp()
    if (this.server.listening) await new Promise(resolve => this.server.close(resolve))
  }

  private serve(socket: Socket): void {
    this.connections++
    socket.on('error', () => {})
    if (this.refuse > 0) {
      this.refuse--
      return void socket.destroy()
    }
    this.sockets.add(socket)
    let rest = ''
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop()!
      for (const line of lines) this.read(line)
      for (const go of this.waiting.splice(0)) go()
    })
    socket.on('close', () => {
      this.sockets.delete(socket)
      for (const go of this.waiting.splice(0)) go()
      if (rest !== '') this.mistakes.push(`half a line: ${rest.slice(0, 60)}`)
    })
  }

  private read(line: string): void {
    try {
      this.stored.push(parseStrict(line) as JsonObject)
    } catch (error) {
      this.mistakes.push((error as Error).message)
    }
  }
}
