import { setImmediate as nextTurn } from 'node:timers/promises'
import type pino from 'pino'
import type * as Hewn from '../lib/index'
import { ownThread } from './own-thread'
import { peer, peerPath } from './place'
import { atPace } from './probes/steady'

/** Who logs, and where to. `best`: a child logger, sonic-boom 4.2.0, and batches as large as hewn's. */
export type Shipper = 'nobody' | 'hewn' | 'hewn, a file' | 'pino' | 'pino, best' | 'pino, a file' | 'pino, a file, best'

/** What `shipping.ts` has a service do. */
export interface ShippingTask {
  readonly by: Shipper
  readonly url: string
  readonly index: string
  readonly dir: string
  readonly lines: number
  /** Lines before those that are measured: 0 where all that arrives is counted. */
  readonly warm: number
  /** Lines a second; 0 for as fast as it can, 10 a turn. */
  readonly rate: number
}

/** Since the first of the measured lines: ms by the clock and of CPU. */
export interface ShippingTimes {
  /** What the calls took, each turn's together. */
  readonly calls: number
  /** CPU of the application's thread. */
  readonly own: number
  /** CPU of all threads. */
  readonly all: number
}

const BURST = 10

type Call = (n: number) => void

async function main(task: ShippingTask): Promise<void> {
  const call = task.by === 'nobody' ? ofNobody() : task.by.startsWith('hewn') ? ofHewn(task) : ofPino(task)
  let calls = 0
  const some = (from: number, until: number): void => {
    const before = performance.now()
    for (let n = from; n < until; n++) call(n)
    calls += performance.now() - before
  }
  for (let n = 0; n < task.warm; n += BURST) {
    some(n, n + BURST)
    await nextTurn()
  }
  process.send?.('warm')
  await new Promise(resolve => process.once('message', resolve))
  calls = 0
  const own = ownThread()
  const cpu = process.cpuUsage()
  const times = (): ShippingTimes => {
    const { user, system } = process.cpuUsage(cpu)
    return { calls, own: ownThread() - own, all: (user + system) / 1000 }
  }
  process.on('message', () => process.send?.(times()))
  if (task.rate > 0) {
    await atPace({ perSecond: task.rate, seconds: task.lines / task.rate }, some)
  } else {
    for (let n = 0; n < task.lines; n += BURST) {
      some(n, n + BURST)
      await nextTurn()
    }
  }
  process.send?.('logged')
}

/** What a call costs where nothing is logged: its fields, its turns and the clock. */
function ofNobody(): Call {
  const kept = new Array<unknown>(64)
  return n => {
    kept[n & 63] = fieldsOf(n)
  }
}

function ofHewn({ by, url, index, dir }: ShippingTask): Call {
  const { createLogger } = require('../lib/index') as typeof Hewn
  const { elastic } = require('../transports/elastic') as typeof import('../transports/elastic')
  const { file } = require('../transports/file') as typeof import('../transports/file')
  const transport = by === 'hewn' ? elastic({ node: url, index }) : file({ path: `${dir}/log` })
  const log = createLogger({ service: 'shipping', spool: { dir, minFree: 0 }, transports: [transport] })
  return n => log.info(fieldsOf(n), 'request handled')
}

function ofPino({ by, url, index, dir }: ShippingTask): Call {
  const best = by.endsWith('best')
  const create = peer(best ? 'pino-with-sonic-4.2.0' : 'pino') as typeof pino
  const batches = best ? { flushBytes: 1024 * 1024, flushInterval: 1000 } : { flushInterval: 1000 }
  const target: pino.TransportSingleOptions<object> = by.startsWith('pino, a file')
    ? { target: 'pino/file', options: { destination: `${dir}/log` } }
    : { target: peerPath('pino-elasticsearch'), options: { node: url, index, esVersion: 9, ...batches } }
  const root = create({ name: 'shipping' }, create.transport(target) as pino.DestinationStream)
  const log = best ? root.child({}) : root
  return n => log.info(fieldsOf(n), 'request handled')
}

function fieldsOf(n: number) {
  return { n, requestId: `request-${n}`, ms: n % 977 }
}

void main(JSON.parse(process.argv[2]!) as ShippingTask)
