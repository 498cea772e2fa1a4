/**
 * What shipping costs the application, and how fast it is: hewn with elastic() beside pino with pino-elasticsearch, to
 * a receiver in another process or a real server on this machine.
 *
 *     node dist/benchmarks/shipping.js [--server elasticsearch|opensearch] [--rounds 3] [--lines 100000] [--rate 0]
 *
 * Without a rate lines come as fast as the application can, ten a turn. Rounds are interleaved, a process for each. Linux
 * only, as it reads what the kernel knows of a thread; a server needs HEWN_REAL=1, Maven and a JDK.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { installPeers } from './peers'
import { countingReceiver, realReceiver, type ShippingReceiver } from './shipping-receiver'
import type { Shipper, ShippingTask, ShippingTimes } from './shipping-service'
import { median } from './statistics'
import { table } from './tables'

export interface ShippingEffort {
  /** Of the real server; undefined for a receiver that takes everything at once. */
  readonly server?: string | undefined
  readonly rounds: number
  readonly lines: number
  /** Lines a second; 0 for as fast as it can. */
  readonly rate: number
}

/** µs a line, lines a second until the last has arrived, lines that never did. */
interface Shipping {
  readonly own: number
  readonly calls: number
  readonly all: number
  readonly perSecond: number
  readonly lost: number
}

const TITLES: Readonly<Record<Shipper, string>> = {
  nobody: 'the calls and turns without a logger',
  hewn: 'hewn, elastic()',
  pino: 'pino-elasticsearch as installed',
  'pino, best': 'pino-elasticsearch at its best',
  'hewn, a file': 'hewn, file()',
  'pino, a file': 'pino.transport to a file, as installed',
  'pino, a file, best': 'pino.transport to a file, at its best',
}

/** A section of the tables. */
export async function measureShipping(effort: ShippingEffort): Promise<string> {
  installPeers()
  const receiver = effort.server === undefined ? await countingReceiver() : await realReceiver(effort.server)
  try {
    const ways = (Object.keys(TITLES) as Shipper[]).filter(by =>
      by.includes('a file') ? effort.server === undefined : !by.startsWith('pino') || receiver.elastic,
    )
    const figures = new Map<Shipper, Shipping[]>(ways.map(by => [by, []]))
    // A server's compiler has to see some lines first.
    if (effort.server !== undefined) await measure('hewn', 'shipping-warm')
    for (let round = 0; round < effort.rounds; round++) {
      for (const by of ways) figures.get(by)!.push(await measure(by, `shipping-${by[0]}-${round}-${ways.indexOf(by)}`))
    }
    return section(receiver.title, figures, effort)
  } finally {
    await receiver.close()
  }

  async function measure(by: Shipper, index: string): Promise<Shipping> {
    const dir = mkdtempSync(join(tmpdir(), 'hewn-shipping-'))
    const warm = isLocal(by) || effort.server === undefined ? 10_000 : 0
    const task: ShippingTask = { ...effort, by, url: receiver.url, index, dir, warm }
    const child = fork(join(__dirname, 'shipping-service.js'), [JSON.stringify(task)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    try {
      await told(child)
      if (!isLocal(by)) await arrived(receiver, index, warm)
      const began = performance.now()
      child.send('go')
      await told(child)
      const there = isLocal(by) ? effort.lines : (await arrived(receiver, index, warm + effort.lines)) - warm
      const ms = performance.now() - began
      const { calls, own, all } = await timesOf(child)
      const perLine = 1000 / effort.lines
      return {
        own: own * perLine,
        calls: calls * perLine,
        all: all * perLine,
        perSecond: (there / ms) * 1000,
        lost: effort.lines - there,
      }
    } finally {
      // pino-elasticsearch holds up an ordinary end for ten seconds.
      if (child.kill('SIGKILL')) await once(child, 'exit')
      rmSync(dir, { recursive: true, force: true })
    }
  }
}

/** Nothing is sent. */
const isLocal = (by: Shipper): boolean => by.includes('a file') || by === 'nobody'

function timesOf(child: ChildProcess): Promise<ShippingTimes> {
  child.send('times')
  return told(child) as Promise<ShippingTimes>
}

async function told(child: ChildProcess): Promise<unknown> {
  const ended = new AbortController()
  const exit = once(child, 'exit', ended).then(() => Promise.reject(new Error('a service ended by itself')))
  try {
    const [message] = (await Promise.race([once(child, 'message', ended), exit])) as [unknown]
    return message
  } finally {
    exit.catch(() => {})
    ended.abort()
  }
}

/** How many there are when they are all there, or when no more have come for a while. */
async function arrived(receiver: ShippingReceiver, index: string, lines: number): Promise<number> {
  let there = -1
  for (let since = performance.now(); performance.now() - since < PATIENCE_MS; await wait(POLL_MS)) {
    const now = await receiver.count(index)
    if (now >= lines) return now
    if (now > there) since = performance.now()
    there = now
  }
  return there
}

const POLL_MS = 50
const PATIENCE_MS = 15_000

function section(title: string, figures: ReadonlyMap<Shipper, readonly Shipping[]>, effort: ShippingEffort): string {
  const middle = (by: Shipper, name: keyof Shipping): number => median(figures.get(by)!.map(one => one[name]))
  const cell = (by: Shipper, name: keyof Shipping): string => {
    const value = middle(by, name)
    if (by === 'nobody') return value.toFixed(2)
    const least = middle('nobody', name)
    return `${value.toFixed(2)} (× ${((value - least) / (middle('hewn', name) - least)).toFixed(1)})`
  }
  const rows = [...figures.keys()].map(by => [
    TITLES[by],
    cell(by, 'own'),
    cell(by, 'calls'),
    cell(by, 'all'),
    isLocal(by) ? '–' : Math.round(middle(by, 'perSecond')).toString(),
    isLocal(by)
      ? '–'
      : figures
          .get(by)!
          .map(({ lost }) => lost)
          .join(' · '),
  ])
  const pace = effort.rate > 0 ? `${effort.rate} lines a second` : 'as fast as it can, 10 lines a turn'
  const note = `${effort.lines} lines with 3 fields, ${pace}; µs a line, medians of ${effort.rounds}; ${process.version}. In brackets the ratio to hewn, both without the first row.`
  return `### Shipping to ${title}\n\n${note}\n\n${table(COLUMNS, rows)}`
}

const COLUMNS = ['', "application's thread, CPU", 'its calls', 'all threads, CPU', 'lines a second', 'lost']

if (require.main === module) {
  const { values } = parseArgs({
    options: {
      server: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      lines: { type: 'string', default: '100000' },
      rate: { type: 'string', default: '0' },
    },
  })
  const { server, rounds, lines, rate } = values
  measureShipping({ server, rounds: Number(rounds), lines: Number(lines), rate: Number(rate) }).then(
    console.log,
    (error: Error) => {
      console.error(error.message)
      process.exitCode = 1
    },
  )
}
