import { entry, renderNamed } from './entries'
import type { Guard } from './redact/guard'

/**
 * HTTP requests and responses hold their sockets, parsers and servers: by their own properties they would fill
 * a line. What looks like one is written by what a reader of logs looks for. A serializer of the user's own for
 * the field comes before this.
 */
export function renderHttp(value: object, room: number, guard?: Guard): string | undefined {
  const it = value as HttpLike
  if (typeof it.method === 'string' && typeof it.url === 'string' && typeof it.headers === 'object' && isRequest(it)) {
    return renderRequest(it, room, guard)
  }
  if (typeof it.statusCode === 'number' && typeof it.getHeaders === 'function')
    return renderResponse(it.statusCode, guard)
  return undefined
}

interface HttpLike {
  method?: unknown
  url?: unknown
  headers?: unknown
  socket?: { remoteAddress?: unknown; remotePort?: unknown } | null
  raw?: unknown
  id?: unknown
  statusCode?: unknown
  getHeaders?: unknown
}

/** Node's own (and Express's) requests have a socket, Fastify's wrap one in `raw`. */
function isRequest(it: HttpLike): boolean {
  return typeof it.socket === 'object' || typeof it.raw === 'object'
}

function renderRequest(it: HttpLike, room: number, guard: Guard | undefined): string {
  let text = ''
  const add = (name: string, value: unknown, most: number): void => {
    text += entry(name, renderNamed(value, name, most, guard))
  }
  add('method', it.method, 32)
  add('url', it.url, room >> 1)
  if (typeof it.id === 'string' || typeof it.id === 'number') add('id', it.id, 256)
  const address = it.socket?.remoteAddress
  if (typeof address === 'string') add('remoteAddress', address, 64)
  const port = it.socket?.remotePort
  if (typeof port === 'number') add('remotePort', port, 64)
  return `{${text.slice(1)}}`
}

function renderResponse(statusCode: number, guard: Guard | undefined): string {
  const code = Number.isInteger(statusCode) ? statusCode : null
  return `{${entry('statusCode', renderNamed(code, 'statusCode', 64, guard)).slice(1)}}`
}
