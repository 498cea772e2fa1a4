import { parentPort } from 'node:worker_threads'
import { Shipper } from './shipper'
import { type AllStats, type Answer, DELIVERY_THREAD, type Request } from './thread-protocol'

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
  if (request.kind === 'open') {
    shippers.set(request.settings.id, new Shipper(request.settings))
    return
  }
  const { kind, id, call, timeout } = request
  const shipper = shippers.get(id)
  const result = (await shipper?.[kind](timeout)) ?? { flushed: 0, left: 0 }
  answer({ kind: 'done', call, result, stats: allStats() })
  if (kind === 'close') shippers.delete(id)
}

parentPort?.on('message', (request: Request) => void handle(request))
setInterval(() => answer({ kind: 'stats', stats: allStats() }), 1000).unref()
