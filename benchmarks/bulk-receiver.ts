import { createServer } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'

/** A receiver of bulk requests that takes everything at once and counts it; in a process of its own. */
let documents = 0
const decompress = promisify(gunzip)

const server = createServer(async (request, response) => {
  const body = await buffer(request)
  const text = request.headers['content-encoding'] === 'gzip' ? await decompress(body) : body
  let breaks = 0
  for (let at = text.indexOf(10); at !== -1; at = text.indexOf(10, at + 1)) breaks++
  documents += breaks / 2
  // Elastic's own client asks for this header.
  response.writeHead(200, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' })
  response.end('{"took":1,"errors":false,"items":[]}')
})

process.on('message', () => process.send?.({ documents }))
process.on('disconnect', () => process.exit())
server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
