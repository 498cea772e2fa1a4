import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { HOME, ROOT } from './place'
import { median } from './statistics'

/** ms that a process takes longer, from start to end, than one that loads nothing. */
export interface ImportTime {
  readonly fastest: number
  readonly median: number
}

const RUNS = 25
const PEERS = ['pino', 'winston', 'bunyan', '@logtape/logtape', 'tslog', 'roarr', 'bole', 'log4js']

/** By package. Whole processes, one after the other in turns. */
export function measureImports(node = process.execPath): Record<string, ImportTime> {
  const specifiers = new Map([
    ['nothing', ''],
    ['hewn', join(ROOT, 'dist', 'lib', 'index.js')],
    ...PEERS.map((name): [string, string] => [name, name]),
  ])
  const samples = new Map([...specifiers.keys()].map((name): [string, number[]] => [name, []]))
  for (let run = 0; run < RUNS; run++) {
    for (const [name, specifier] of specifiers) samples.get(name)!.push(timeOf(node, specifier))
  }
  const base = samples.get('nothing')!
  samples.delete('nothing')
  return Object.fromEntries(
    [...samples].map(([name, ms]) => [
      name,
      { fastest: Math.min(...ms) - Math.min(...base), median: median(ms) - median(base) },
    ]),
  )
}

function timeOf(node: string, specifier: string): number {
  const program = specifier === '' ? '' : `require(${JSON.stringify(specifier)})`
  const started = performance.now()
  const { status, stderr } = spawnSync(node, ['-e', program], { cwd: HOME, stdio: ['ignore', 'ignore', 'pipe'] })
  if (status !== 0) throw new Error(`${specifier} does not load: ${stderr.toString().slice(0, 500)}`)
  return performance.now() - started
}
