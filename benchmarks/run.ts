/**
 * The benchmarks.
 *
 *     node dist/benchmarks/run.js [WORD…] [--against REVISION] [--node PATH] [--processes N] [--rounds N]
 *
 * Without words it measures everything and writes docs/BENCHMARKS.md; with words, only the cases with one of them for a
 * part of their name, and prints: `msg`, `child`, `file`, `encode/field10`, `latency`. `shipping` and `outage` are measured
 * only when they are asked for.
 */
import { execFileSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { measureAgainst } from './against'
import { ALL, type Case, chosenBy, ENCODE } from './cases'
import { measureDisabled } from './disabled'
import { publish } from './document'
import { type Effort, measure } from './harness'
import { measureImports } from './import-time'
import { measureAllocation, measureLatency, measureSteady } from './in-service'
import { measureOutage } from './outage'
import { installPeers } from './peers'
import { cellsOf, machine, type Report } from './report'
import { measureShipping } from './shipping'
import { sections } from './tables'

const PROBES = ['disabled', 'garbage', 'steady', 'latency', 'import']
/** With receivers, and minutes long: under this Node alone. */
const ON_REQUEST: Readonly<Record<string, () => Promise<string>>> = {
  shipping: () => measureShipping({ rounds: 3, lines: 100_000, rate: 0 }),
  outage: async () => (await measureOutage({ runs: 5, rate: 50_000, seconds: 20 })).text,
}
const failures: string[] = []

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      against: { type: 'string' },
      node: { type: 'string' },
      processes: { type: 'string', default: '3' },
      rounds: { type: 'string', default: '7' },
    },
  })
  const processes = count('processes', values.processes)
  const rounds = count('rounds', values.rounds)
  const effort: Effort = { processes, rounds, roundMs: 15, node: values.node }
  const cases = ALL.filter(({ id }) => chosenBy(positionals, id))
  const probes = PROBES.filter(name => chosenBy(positionals, name))
  const asked = Object.keys(ON_REQUEST).filter(name => positionals.includes(name))
  if (cases.length + probes.length + asked.length === 0) {
    const names = [...ALL.map(({ id }) => id), ...PROBES, ...Object.keys(ON_REQUEST)]
    throw new Error(`no case is called ${positionals.join(' or ')}; there are ${names.join(', ')}`)
  }
  if (values.against !== undefined) {
    console.log(await measureAgainst(values.against, cases, effort))
    return
  }
  installPeers()
  for (const name of asked) console.log(await ON_REQUEST[name]!())
  if (cases.length + probes.length === 0) return
  const report = await reportOf(cases, probes, effort)
  console.log(sections(report).join('\n\n'))
  for (const failure of failures) console.error(`not measured: ${failure}`)
  if (failures.length > 0) process.exitCode = 1
  else if (positionals.length === 0) publish(report)
}

async function reportOf(cases: readonly Case[], probes: readonly string[], effort: Effort): Promise<Report> {
  const measured: Report['cases'] = {}
  for (const one of cases) {
    console.error(one.id)
    const results = await measure(one, effort)
    measured[one.id] = cellsOf(one, results)
    for (const { failure } of results.values()) if (failure !== undefined) failures.push(failure)
  }
  const probe = async <T>(name: string, ask: () => Promise<T> | T): Promise<T | undefined> => {
    if (!probes.includes(name)) return undefined
    console.error(name)
    try {
      return await ask()
    } catch (error) {
      failures.push(`${name}: ${(error as Error).message}`)
      return undefined
    }
  }
  const disabled = await probe('disabled', () => measureDisabled(effort.node))
  const allocation = await probe('garbage', () => allocations(effort.node))
  const steady = await probe('steady', () => measureSteady(effort.node))
  const latency = await probe('latency', () => measureLatency(effort.node))
  const imports = await probe('import', () => measureImports(effort.node))
  return {
    node: versionOf(effort.node),
    machine: machine(),
    effort: `${effort.processes} processes for each contestant and case, ${effort.rounds} rounds in each`,
    cases: measured,
    ...(disabled && { disabled }),
    ...(allocation && { allocation }),
    ...(steady && { steady }),
    ...(latency && { latency }),
    ...(imports && { imports }),
  }
}

async function allocations(node: string | undefined): Promise<Record<string, Record<string, number>>> {
  const byCase: Record<string, Record<string, number>> = {}
  for (const one of ENCODE.filter(({ payload }) => /message|field|other/.test(payload))) {
    byCase[one.id] = await measureAllocation({ ...one, entrants: one.entrants.slice(0, 4) }, node)
  }
  return byCase
}

function versionOf(node: string | undefined): string {
  return node === undefined ? process.version : execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()
}

function count(name: string, found: string): number {
  const number = Number(found)
  if (Number.isInteger(number) && number > 0) return number
  throw new Error(`--${name}: found '${found}', expected a whole number above 0`)
}

main().catch((error: Error) => {
  console.error(error.message)
  process.exitCode = 1
})
