import { createServer as createHttpServer, request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** What stands between the service and its receiver, so that the one can be cut off from the other. */
export interface Gate {
  readonly port: number
  /** Breaks all connections, also those with an answer on the way, and lets none be made. */
  cut(): void
  reopen(): Promise<void>
  close(): void
}

/** How long a receiver may take to read the rest of a connection, in ms. */
const LINGER = 2000

/** Passes requests on to the receiver at `target`. */
export function openHttpGate(target: URL): Promise<Gate> {
  const request = target.protocol === 'https:' ? httpsRequest : httpRequest
  const server = createHttpServer((incoming, response) => {
    const { method, headers } = incoming
    const outgoing = request(new URL(incoming.url ?? '/', target), {
      method,
      headers: { ...headers, host: target.host },
    })
    outgoing.on('response', answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    // It does not answer: neither do we.
    outgoing.on('error', () => incoming.socket.destroy())
    // Half a request is none: the service was killed, or cut off, while it sent it.
    incoming.on('close', () => {
      if (!incoming.complete) outgoing.destroy()
    })
    incoming.pipe(outgoing)
  })
  return open(server)
}

/** Passes bytes on to the receiver at `target`. */
export function openTcpGate(target: { readonly host: string; readonly port: number }): Promise<Gate> {
  const server = createServer({ allowHalfOpen: true }, socket => {
    const onward = connect({ ...target, allowHalfOpen: true })
    socket.pipe(onward).pipe(socket)
    socket.on('error', () => {})
    onward.on('error', () => {})
    // What has come through is the receiver's, also when the service is killed.
    socket.on('close', () => {
      onward.end()
      onward.setTimeout(LINGER, () => onward.destroy())
    })
    onward.on('close', () => socket.destroy())
  })
  return open(server)
}

async function open(server: Server): Promise<Gate> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => {})
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject)
        resolve()
      })
    })
  await listen(0)
  const { port } = server.address() as AddressInfo
  // Refused and not broken once it is made: what is written into a connection by TCP counts as delivered.
  const cut = (): void => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  return { port, cut, reopen: () => listen(port), close: cut }
}
