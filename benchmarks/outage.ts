/**
 * What an aggregator that is down costs the application: a service logs at a steady rate, to nowhere or to a receiver that
 * refuses connections; then the receiver comes, and every line has to arrive. Fails when one does not, when one comes
 * twice, or when memory grows with what waits; the event loop's delay is shown, and is as much the machine's.
 *
 *     node dist/benchmarks/outage.js [--runs 5] [--rate 50000] [--seconds 20]
 *
 * Runs are interleaved. Linux only, as it reads what the kernel knows of a thread.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import type { OutageFigures, OutageTask } from './outage-service'
import { median } from './statistics'
import { table } from './tables'

interface Outage extends OutageFigures {
  readonly lines: number
  readonly delivered: number
  readonly twice: number
  readonly drained: number
}

export interface OutageEffort {
  readonly runs: number
  /** Lines a second, for so many seconds. */
  readonly rate: number
  readonly seconds: number
}

export interface OutageReport {
  /** A section of the tables. */
  readonly text: string
  /** What must not be, one text each: lines lost or twice, memory that grows with what waits. */
  readonly over: readonly string[]
}

export async function measureOutage({ runs, rate, seconds }: OutageEffort): Promise<OutageReport> {
  const pace = { perSecond: rate, seconds }
  const nowhere: OutageFigures[] = []
  const down: Outage[] = []
  for (let run = 0; run < runs; run++) {
    nowhere.push(await toNowhere(pace))
    down.push(await toOneThatIsDown(pace))
  }
  return { text: section(nowhere, down), over: excess(nowhere, down) }
}

type Pace = Pick<OutageTask, 'perSecond' | 'seconds'>

async function toNowhere(pace: Pace): Promise<OutageFigures> {
  return inFolder(async dir => {
    const child = start({ ...pace, to: 'nowhere', url: '', dir })
    const figures = await told<OutageFigures>(child)
    await end(child)
    return figures
  })
}

async function toOneThatIsDown(pace: Pace): Promise<Outage> {
  return inFolder(async dir => {
    const receiver = new Receiver()
    const port = await receiver.freePort()
    const child = start({ ...pace, to: 'down', url: `http://127.0.0.1:${port}/`, dir })
    const figures = await told<OutageFigures>(child)
    await receiver.listen(port)
    const drained = await end<{ lines: number; left: number; drained: number }>(child)
    await receiver.close()
    return { ...figures, ...drained, delivered: receiver.ids.size, twice: receiver.lines - receiver.ids.size }
  })
}

/** Counts lines and their ids. */
class Receiver {
  readonly ids = new Set<string>()
  lines = 0
  private readonly server = createServer(async (request, response) => {
    const body = (await buffer(request)).toString('latin1')
    for (const [, id] of body.matchAll(/^\{"hewn_id":"([^"]+)"/gm)) {
      this.ids.add(id!)
      this.lines++
    }
    response.end('{}')
  })

  /** One that nobody listens on, for a while at least. */
  async freePort(): Promise<number> {
    await this.listen(0)
    const { port } = this.server.address() as AddressInfo
    await this.close()
    return port
  }

  async listen(port: number): Promise<void> {
    this.server.listen(port, '127.0.0.1')
    await once(this.server, 'listening')
  }

  async close(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise(resolve => this.server.close(resolve))
  }
}

function start(task: OutageTask): ChildProcess {
  const stdio = ['ignore', 'ignore', 'ignore', 'ipc'] as const
  return fork(join(__dirname, 'outage-service.js'), [JSON.stringify(task)], { stdio: [...stdio] })
}

async function told<T>(child: ChildProcess): Promise<T> {
  const [message] = (await once(child, 'message')) as [T]
  return message
}

async function end<T>(child: ChildProcess): Promise<T> {
  const exit = once(child, 'exit')
  child.send('flush')
  const message = await told<T>(child)
  await exit
  return message
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'hewn-outage-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function section(nowhere: readonly OutageFigures[], down: readonly Outage[]): string {
  const row = (label: string, of: (figures: OutageFigures) => number, unit: string): string[] => {
    const [a, b] = [nowhere, down].map(runs => median(runs.map(of))) as [number, number]
    const more = `${(b - a).toFixed(1)} ${unit}, × ${(b / a).toFixed(2)}`
    return [label, `${a.toFixed(1)} ${unit}`, `${b.toFixed(1)} ${unit}`, more]
  }
  const all = (of: (run: Outage) => number): string => down.map(of).join(' · ')
  const rows = [
    row('RSS, growth', ({ rss }) => rss / 1024 ** 2, 'MiB'),
    row('event loop delay, p99.9', ({ delay }) => delay, 'ms'),
    row('CPU, whole process', ({ cpu }) => cpu, 'ms'),
    row("CPU, application's thread", ({ ownCpu }) => ownCpu, 'ms'),
    ['lines logged', '', all(({ lines }) => lines), ''],
    ['lost', '', all(({ lines, delivered }) => lines - delivered), ''],
    ['twice', '', all(({ twice }) => twice), ''],
    ['ms to drain', '', all(({ drained }) => Math.round(drained)), ''],
  ]
  const note = `Medians of ${down.length} runs each, interleaved; ${process.version}.`
  return `### While the receiver is down\n\n${note}\n\n${table(['', 'to nowhere', 'receiver down', 'more'], rows)}`
}

function excess(nowhere: readonly OutageFigures[], down: readonly Outage[]): string[] {
  const over: string[] = []
  const lost = down.reduce((sum, { lines, delivered }) => sum + lines - delivered, 0)
  const twice = down.reduce((sum, run) => sum + run.twice, 0)
  const [before, after] = [nowhere, down].map(runs => median(runs.map(({ rss }) => rss))) as [number, number]
  const growth = (after - before) / 1024 ** 2
  if (lost !== 0) over.push(`${lost} lines lost`)
  if (twice !== 0) over.push(`${twice} lines twice`)
  if (growth > MOST_MIB) over.push(`RSS grew by ${growth.toFixed(1)} MiB more than without an outage, of ${MOST_MIB}`)
  return over
}

const MOST_MIB = 32

if (require.main === module) {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '5' },
      rate: { type: 'string', default: '50000' },
      seconds: { type: 'string', default: '20' },
    },
  })
  const { runs, rate, seconds } = values
  measureOutage({ runs: Number(runs), rate: Number(rate), seconds: Number(seconds) }).then(
    ({ text, over }) => {
      console.log(text)
      for (const one of over) console.error(`over: ${one}`)
      if (over.length > 0) process.exitCode = 1
    },
    (error: Error) => {
      console.error(error.message)
      process.exitCode = 1
    },
  )
}
