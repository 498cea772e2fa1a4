import { renderString, renderValue } from './value'

/**
 * HTTP requests and responses hold their sockets, parsers and servers: by their own properties they would fill
 * a line. What looks like one is written by what a reader of logs looks for. A serializer of the user's own for
 * the field comes before this.
 */
export function renderHttp(value: object, room: number): string | undefined {
  const it = value as HttpLike
  if (typeof it.method === 'string' && typeof it.url === 'string' && typeof it.headers === 'object' && isRequest(it)) {
    return renderRequest(it, room)
  }
  if (typeof it.statusCode === 'number' && typeof it.getHeaders === 'function') return renderResponse(it.statusCode)
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

function renderRequest(it: HttpLike, room: number): string {
  let text = `{"method":${renderString(it.method as string, 32)},"url":${renderString(it.url as string, room >> 1)}`
  const id = typeof it.id === 'string' || typeof it.id === 'number' ? renderValue(it.id, 256) : undefined
  if (id !== undefined) text += `,"id":${id}`
  const address = it.socket?.remoteAddress
  if (typeof address === 'string') text += `,"remoteAddress":${renderString(address, 64)}`
  const port = it.socket?.remotePort
  if (typeof port === 'number') text += `,"remotePort":${port}`
  return `${text}}`
}

function renderResponse(statusCode: number): string {
  return `{"statusCode":${Number.isInteger(statusCode) ? statusCode : 'null'}}`
}
