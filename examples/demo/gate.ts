import { createServer as createHttpServer, request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** What stands between the service and its receiver, so that the one can be cut off from the other. */
export interface Gate {
  readonly port: number
  /** Breaks all connections, also those with an answer on the way, and each new one. */
  cut(): void
  reopen(): void
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
  let isCut = false
  // Before the server's own listener: a connection that is cut is not served.
  server.prependListener('connection', socket => {
    socket.on('error', () => {})
    if (isCut) return void socket.destroy()
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const cut = (): void => {
    isCut = true
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    reopen: () => {
      isCut = false
    },
    close: () => {
      cut()
      server.close()
    },
  }
}
