/**
 * A small receiver: JSON lines by POST, each stored once, by its `hewn_id`, in FOLDER/received.ndjson before the answer
 * says so. It is strict: what should never come is answered with 500, and told.
 *
 *     node dist/examples/demo/receiver.js FOLDER
 */
import { openSync, writeSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

/** What it says when it is asked. */
export interface ReceiverReport {
  /** Lines that came again, word for word, after an answer was lost. */
  readonly again: number
  readonly complaints: readonly string[]
}

const [folder = '.'] = process.argv.slice(2)
const fd = openSync(join(folder, 'received.ndjson'), 'a')
const stored = new Map<string, string>()
const complaints: string[] = []
let again = 0

const server = createServer(async (request, response) => {
  let body: string
  try {
    body = await text(request)
  } catch {
    // Half a request is none.
    return
  }
  try {
    if (request.method !== 'POST') throw new Error(`method ${request.method}`)
    if (!body.endsWith('\n')) throw new Error('no line break at the end')
    store(body.slice(0, -1).split('\n'))
    response.writeHead(200).end()
  } catch (error) {
    complaints.push((error as Error).message)
    response.writeHead(500).end()
  }
})

/** All of them or none. */
function store(lines: readonly string[]): void {
  const fresh = new Map<string, string>()
  for (const line of lines) {
    const { hewn_id: id } = JSON.parse(line) as { hewn_id?: unknown }
    if (typeof id !== 'string' || id === '') throw new Error(`a line without an id: ${line.slice(0, 200)}`)
    const known = stored.get(id) ?? fresh.get(id)
    if (known === undefined) fresh.set(id, line)
    else if (known === line) again++
    else throw new Error(`two lines with the id ${id}`)
  }
  if (fresh.size === 0) return
  writeSync(fd, `${[...fresh.values()].join('\n')}\n`)
  for (const [id, line] of fresh) stored.set(id, line)
}

server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.on('message', () => process.send?.({ again, complaints } satisfies ReceiverReport))
process.once('disconnect', () => process.exit())
