import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Case, type Entrant, FILES } from './cases'
import { Contender } from './contender'
import type { Answer, Job, Question } from './protocol'

/** By what was measured. */
export type Numbers = Readonly<Record<string, number>>

const STEADY = { ask: 'steady', perSecond: 50_000, seconds: 4 } as const
const LATENCY = { ask: 'latency', perSecond: 10_000, seconds: 5 } as const

/** A young generation that a pass does not fill. */
const ROOMY = ['--min-semi-space-size=64', '--max-semi-space-size=64']

/** Heap bytes a call of each case's entrants, by label. */
export async function measureAllocation(one: Case, node?: string): Promise<Record<string, number>> {
  const bytes: Record<string, number> = {}
  for (const entrant of one.entrants) {
    const { numbers } = await alone(one, entrant, { ask: 'allocation' }, { node, flags: ROOMY })
    bytes[entrant.label] = numbers?.bytes ?? Number.NaN
  }
  return bytes
}

/** The entrants of a file case at a steady rate: what the garbage collector takes. */
export async function measureSteady(node?: string): Promise<Record<string, Numbers>> {
  const turn = fileCase('file/field10')
  return eachOf(turn, entrant => alone(turn, entrant, STEADY, { node }))
}

/** How long calls hold up their callers while another process keeps the same file system busy. */
export async function measureLatency(node?: string): Promise<Record<string, Numbers>> {
  const turn = fileCase('file/field1')
  const line = fileCase('line/field1')
  return disturbed(async () => ({
    ...(await eachOf(turn, entrant => alone(turn, entrant, LATENCY, { node }))),
    ...prefixed(await eachOf(line, entrant => alone(line, entrant, LATENCY, { node }))),
  }))
}

function fileCase(id: string): Case {
  const found = FILES.find(one => one.id === id)
  if (found === undefined) throw new Error(`no case ${id}`)
  return found
}

/** hewn and the floor stand in both cases under one label. */
function prefixed(numbers: Record<string, Numbers>): Record<string, Numbers> {
  return Object.fromEntries(
    Object.entries(numbers).map(([label, value]) => [
      label.includes(',') ? label : `${label}, durability: line`,
      value,
    ]),
  )
}

async function eachOf(one: Case, ask: (entrant: Entrant) => Promise<Answer>): Promise<Record<string, Numbers>> {
  const numbers: Record<string, Numbers> = {}
  for (const entrant of one.entrants) numbers[entrant.label] = (await ask(entrant)).numbers ?? {}
  return numbers
}

/** One question to a process of its own, warm. */
async function alone(
  one: Case,
  { contestant, variant }: Entrant,
  question: Question,
  start: { node?: string | undefined; flags?: readonly string[] },
): Promise<Answer> {
  const folder = mkdtempSync(join(tmpdir(), 'hewn-bench-'))
  const { target, operation, payload, burst } = one
  const job: Job = { target, operation, payload, burst, contestant, variant, path: join(folder, 'log') }
  const contender = new Contender(job, start)
  try {
    await contender.ready
    await contender.ask({ ask: 'verify' })
    await contender.ask({ ask: 'warm', roundMs: 1 })
    return await contender.ask(question)
  } finally {
    await contender.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function disturbed<T>(work: () => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'hewn-bench-'))
  const child: ChildProcess = fork(join(__dirname, 'disturber.js'), [join(folder, 'busy')])
  try {
    await once(child, 'message')
    return await work()
  } finally {
    child.disconnect()
    await once(child, 'exit')
    rmSync(folder, { recursive: true, force: true })
  }
}
