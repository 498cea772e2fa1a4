import { once } from 'node:events'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createLogger, flush } from '../lib/index'
import { file } from '../transports/file'
import { http } from '../transports/http'
import { ownThread } from './own-thread'
import { atPace } from './probes/steady'

/** What `outage.ts` has a service do: log so many lines a second, to nowhere or to a receiver that is down. */
export interface OutageTask {
  readonly to: 'nowhere' | 'down'
  readonly url: string
  readonly dir: string
  readonly perSecond: number
  readonly seconds: number
}

/** Bytes, ms, ms of CPU of all threads, ms of CPU of the application's own. */
export interface OutageFigures {
  readonly rss: number
  readonly delay: number
  readonly cpu: number
  readonly ownCpu: number
}

async function main({ to, url, dir, perSecond, seconds }: OutageTask): Promise<void> {
  const log = createLogger({
    service: 'outage',
    spool: { dir, maxBytes: '1GiB', minFree: 0 },
    transports: [to === 'down' ? http({ url }) : file({ path: '/dev/null' })],
  })
  const call = (n: number): void => log.info({ n, requestId: `request-${n}`, ms: n % 977 }, 'request handled')
  let next = 0
  const some = (from: number, until: number): void => {
    for (let n = from; n < until; n++) call(next++)
  }
  await atPace({ perSecond, seconds: 2 }, some)
  const delays = monitorEventLoopDelay({ resolution: 1 })
  const before = process.memoryUsage.rss()
  let most = before
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss())
  }, 100)
  const cpu = process.cpuUsage()
  const own = ownThread()
  delays.enable()
  await atPace({ perSecond, seconds }, some)
  delays.disable()
  clearInterval(watch)
  const { user, system } = process.cpuUsage(cpu)
  const figures: OutageFigures = {
    rss: most - before,
    delay: delays.percentile(99.9) / 1e6,
    cpu: (user + system) / 1000,
    ownCpu: ownThread() - own,
  }
  process.send?.(figures)
  await once(process, 'message')
  const started = performance.now()
  const { left } = await flush({ timeout: 300_000 })
  process.send?.({ lines: next, left, drained: performance.now() - started })
  process.disconnect()
}

void main(JSON.parse(process.argv[2]!) as OutageTask)
