import { parentPort, workerData } from 'node:worker_threads'
import { relayTo } from './channels'
import { serveThreads } from './other-threads'
import { Shipper } from './shipper'
import { type AllStats, type Answer, DELIVERY_THREAD, type Request, type ThreadData } from './thread-protocol'

// The delivery thread. It runs the shippers of all configurations of the process, and nothing else.

Reflect.set(globalThis, DELIVERY_THREAD, true)

const shippers = new Map<string, Shipper>()

function allStats(): AllStats {
  return Object.fromEntries(Array.from(shippers, ([id, shipper]) => [id, shipper.stats()]))
}

function answer(message: Answer): void {
  parentPort?.postMessage(message)
}

async function handle(request: Request): Promise<void> {
  switch (request.kind) {
    case 'open': {
      const { settings } = request
      const { id } = settings
      shippers.set(id, new Shipper(settings, position => answer({ kind: 'acknowledged', id, position })))
      return
    }
    case 'feed':
      return shippers.get(request.id)?.feed(request.turns)
    case 'listen':
      relayTo(request.channels, (channel, message) => answer({ kind: 'event', channel, message }))
      return
    default: {
      const { kind, id, call, timeout } = request
      const result = (await shippers.get(id)?.[kind](timeout)) ?? { flushed: 0, left: 0 }
      answer({ kind: 'done', call, result, stats: allStats() })
      if (kind === 'close') shippers.delete(id)
    }
  }
}

parentPort?.on('message', (request: Request) => void handle(request))
serveThreads(id => shippers.get(id) ?? Array.from(shippers.values()).find(shipper => shipper.succeeds(id)))
setInterval(() => answer({ kind: 'stats', stats: allStats() }), (workerData as ThreadData).beat).unref()
