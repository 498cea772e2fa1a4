import { readFileSync } from 'node:fs'
import type pino from 'pino'
import { createLogger, flush } from '../lib/index'
import { elastic } from '../transports/elastic'
import { file } from '../transports/file'
import { peer } from './place'

/** What `shipping.ts` has a service do: log bursts of ten lines a turn. */
export interface ShippingTask {
  readonly by: 'hewn, elastic()' | 'hewn, a file' | 'pino.transport, as installed' | 'pino.transport, at its best'
  readonly url: string
  readonly dir: string
  readonly lines: number
}

/** µs a line: of the application's thread, its CPU and how long its calls take; of all threads, CPU until all is sent. */
export interface ShippingFigures {
  readonly own: number
  readonly calls: number
  readonly all: number
}

const BURST = 10

async function main({ by, url, dir, lines }: ShippingTask): Promise<void> {
  const { call, done } = by.startsWith('hewn') ? ofHewn(by, url, dir) : ofPino(by.endsWith('best'), dir)
  await turns(call, 20_000)
  const cpu = process.cpuUsage()
  const own = ownThread()
  const calls = await turns(call, lines)
  const ownCpu = ownThread() - own
  await done()
  const { user, system } = process.cpuUsage(cpu)
  const figures: ShippingFigures = {
    own: (ownCpu * 1000) / lines,
    calls: (calls * 1000) / lines,
    all: (user + system) / lines,
  }
  process.send?.(figures, () => process.exit(0))
}

interface Shipped {
  call(n: number): void
  done(): Promise<unknown>
}

function ofHewn(by: string, url: string, dir: string): Shipped {
  const transport = by.endsWith('file') ? file({ path: `${dir}/log` }) : elastic({ node: url })
  const log = createLogger({ service: 'shipping', spool: { dir, minFree: 0 }, transports: [transport] })
  return {
    call: n => log.info({ n, requestId: `request-${n}`, ms: n % 977 }, 'request handled'),
    done: () => flush({ timeout: 120_000 }),
  }
}

/** The thread only writes to a file: what the application's own thread pays is the same for every target. */
function ofPino(best: boolean, dir: string): Shipped {
  const create = peer(best ? 'pino-with-sonic-4.2.0' : 'pino') as typeof pino
  const stream = create.transport({ target: 'pino/file', options: { destination: `${dir}/log`, mkdir: true } }) as {
    flush(done: () => void): void
  }
  const root = create({ name: 'shipping' }, stream as never)
  const log = best ? root.child({}) : root
  return {
    call: n => log.info({ n, requestId: `request-${n}`, ms: n % 977 }, 'request handled'),
    done: () => new Promise<void>(resolve => stream.flush(resolve)),
  }
}

/** ms that the calls took by the clock. */
async function turns(call: (n: number) => void, lines: number): Promise<number> {
  let ms = 0
  for (let n = 0; n < lines; n += BURST) {
    const before = performance.now()
    for (let i = n; i < n + BURST; i++) call(i)
    ms += performance.now() - before
    await new Promise(setImmediate)
  }
  return ms
}

/** CPU of the main thread so far, in ms: Linux counts it in hundredths of a second. */
function ownThread(): number {
  const stat = readFileSync(`/proc/self/task/${process.pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

void main(JSON.parse(process.argv[2]!) as ShippingTask)
