import type { IncomingMessage } from 'node:http'

/**
 * A request's body: what a framework has already parsed, else the text of the stream; undefined if it is
 * longer than `maxBytes`. An aborted request ends as what has arrived. Never rejects, and never waits for a
 * stream that has ended.
 */
export function readBody(req: IncomingMessage & { readonly body?: unknown }, maxBytes: number): Promise<unknown> {
  const { body } = req
  if (typeof body === 'string' || Buffer.isBuffer(body)) {
    return Promise.resolve(Buffer.byteLength(body) > maxBytes ? undefined : body.toString())
  }
  // Some parsers leave an empty object beside a stream that they did not read.
  const parsed = typeof body === 'object' && body !== null && (Object.keys(body).length > 0 || req.readableEnded)
  if (parsed) return Promise.resolve(body)
  if (req.readableEnded || req.destroyed) return Promise.resolve('')
  return readStream(req, maxBytes)
}

function readStream(req: IncomingMessage, maxBytes: number): Promise<string | undefined> {
  return new Promise(resolve => {
    const chunks: Buffer[] = []
    let bytes = 0
    const settle = (): void => {
      req.off('data', take)
      resolve(bytes > maxBytes ? undefined : Buffer.concat(chunks).toString())
      // What is still to come is thrown away, so that the client gets to read the answer.
      req.resume()
    }
    const take = (chunk: Buffer | string): void => {
      const piece = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
      bytes += piece.length
      if (bytes > maxBytes) settle()
      else chunks.push(piece)
    }
    req.on('data', take).once('end', settle).once('close', settle).once('error', settle)
  })
}
