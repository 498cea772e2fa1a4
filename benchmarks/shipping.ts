/**
 * What shipping costs the application: hewn with elastic() to a receiver in another process, beside `pino.transport`.
 *
 *     node dist/benchmarks/shipping.js [--rounds 5] [--lines 200000]
 *
 * Rounds are interleaved, a process for each. Linux only, as it reads what the kernel knows of a thread.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { installPeers } from './peers'
import type { ShippingFigures, ShippingTask } from './shipping-service'
import { quantile } from './statistics'

const WAYS: readonly ShippingTask['by'][] = [
  'hewn, elastic()',
  'hewn, a file',
  'pino.transport, as installed',
  'pino.transport, at its best',
]

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { rounds: { type: 'string', default: '5' }, lines: { type: 'string', default: '200000' } },
  })
  installPeers()
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end('{"errors":false,"items":[]}'))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const figures = new Map(WAYS.map(by => [by, [] as ShippingFigures[]]))
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const by of WAYS) figures.get(by)!.push(await measure({ by, url, lines: Number(values.lines) }))
  }
  server.close()
  server.closeAllConnections()
  print(figures)
}

async function measure(task: Omit<ShippingTask, 'dir'>): Promise<ShippingFigures> {
  const dir = mkdtempSync(join(tmpdir(), 'hewn-shipping-'))
  const child = fork(join(__dirname, 'shipping-service.js'), [JSON.stringify({ ...task, dir })])
  const exit = once(child, 'exit')
  try {
    const [figures] = (await once(child, 'message')) as [ShippingFigures]
    await exit
    return figures
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

function print(figures: ReadonlyMap<string, readonly ShippingFigures[]>): void {
  const median = (by: string, name: keyof ShippingFigures): number =>
    quantile(
      figures.get(by)!.map(one => one[name]),
      0.5,
    )
  console.log(`µs a line, medians of ${figures.get(WAYS[0]!)!.length} runs each; ${process.version}\n`)
  console.log("| | application's thread, CPU | its calls | all threads, CPU |\n| --- | ---: | ---: | ---: |")
  for (const by of WAYS) {
    const cells = (['own', 'calls', 'all'] as const).map(name => {
      const mine = median(by, name)
      return `${mine.toFixed(2)} (× ${(mine / median(WAYS[0]!, name)).toFixed(1)})`
    })
    console.log(`| ${by} | ${cells.join(' | ')} |`)
  }
}

main().catch((error: Error) => {
  console.error(error.message)
  process.exitCode = 1
})
