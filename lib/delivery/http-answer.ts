import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'

/**
 * The whole body of an answer, decompressed. Rejects when it breaks off, cannot be decompressed, or is longer than
 * `maxBytes`, of which no more than that is ever in memory.
 */
export function readAnswer(incoming: IncomingMessage, maxBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const body = decompressed(incoming, reject)
    if (body === undefined) return
    const parts: Buffer[] = []
    let bytes = 0
    const fail = (error: Error): void => {
      reject(error)
      body.destroy()
      incoming.destroy()
    }
    incoming.on('error', fail)
    body.on('error', fail)
    body.on('data', (part: Buffer) => {
      bytes += part.length
      if (bytes > maxBytes) return fail(new Error(`an answer of more than ${maxBytes} bytes`))
      parts.push(part)
    })
    body.on('end', () => resolve(Buffer.concat(parts).toString()))
  })
}

function decompressed(incoming: IncomingMessage, reject: (error: Error) => void): Readable | undefined {
  const encoding = (incoming.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  if (encoding === 'identity' || encoding === '') return incoming
  if (encoding === 'gzip' || encoding === 'x-gzip') return incoming.pipe(createGunzip())
  if (encoding === 'deflate') return incoming.pipe(createInflate())
  if (encoding === 'br') return incoming.pipe(createBrotliDecompress())
  reject(new Error('an answer in a compression that is not known'))
  incoming.destroy()
  return undefined
}
