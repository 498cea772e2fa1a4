/**
 * Checks what hewn takes against benchmarks/budget.json: for each case, its cost in floors, at most 1.08 times what it
 * was when the budget was set. One budget for each Node, since their compilers differ.
 *
 *     node dist/benchmarks/budget.js [WORD…]           only the cases of those words, as in run.ts
 *     node dist/benchmarks/budget.js --update [WORD…]  measures anew, and lowers what can be lowered; never raises
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Case, chosenBy, ENCODE, FILES, FLOOR, HEWN, SPOOL } from './cases'
import { measure } from './harness'
import { HOME } from './place'
import { keepsTo, THOROUGH } from './sequential'
import { median } from './statistics'

/** By Node's major version, then by case. */
type Budgets = Record<string, Record<string, number>>

const PATH = join(HOME, 'budget.json')
const SLACK = 1.08
const EFFORT = { processes: 1, rounds: 12, roundMs: 4 }
const MAJOR = process.versions.node.split('.')[0]!

const { values, positionals } = parseArgs({ allowPositionals: true, options: { update: { type: 'boolean' } } })

/** hewn and the floor alone. What a line costs in its call and in a turn of default durability, or on its way to a receiver. */
const CASES = [...ENCODE, ...FILES, ...SPOOL]
  .filter(({ id }) => chosenBy(positionals, id))
  .map(one => ({ ...one, entrants: one.entrants.filter(({ label }) => label === HEWN || label === FLOOR) }))

/** One pair of fresh processes, their rounds interleaved: what hewn takes when nothing gets in its way, in floors. */
async function ratioOf(one: Case): Promise<number> {
  const results = await measure(one, EFFORT, 'least')
  const [hewn, floor] = [HEWN, FLOOR].map(label => {
    const { leastNs, failure } = results.get(label)!
    if (failure !== undefined) throw new Error(failure)
    return median(leastNs)
  })
  return hewn! / floor!
}

async function check(budgets: Record<string, number>): Promise<boolean> {
  let within = true
  for (const one of CASES) {
    const budget = budgets[one.id]
    if (budget === undefined) {
      console.log(`${one.id.padEnd(24)} has no budget for Node ${MAJOR}: npm run bench:budget -- --update sets one`)
      within = false
      continue
    }
    const verdict = await keepsTo(budget, () => ratioOf(one))
    const figures = `${verdict.ratio.toFixed(3)} floors of ${budget.toFixed(3)}, ${verdict.samples} pairs`
    console.log(`${verdict.within ? 'ok  ' : 'OVER'} ${one.id.padEnd(24)} ${figures}`)
    within &&= verdict.within
  }
  return within
}

async function update(budgets: Record<string, number>): Promise<void> {
  for (const one of CASES) {
    const ratios: number[] = []
    while (ratios.length < THOROUGH) ratios.push(await ratioOf(one))
    const measured = Number((median(ratios) * SLACK).toFixed(3))
    const before = budgets[one.id]
    budgets[one.id] = Math.min(measured, before ?? Number.POSITIVE_INFINITY)
    console.log(`${one.id.padEnd(24)} ${before ?? 'new'} → ${budgets[one.id]} (measured × ${SLACK}: ${measured})`)
  }
}

async function main(): Promise<void> {
  if (CASES.length === 0) throw new Error(`no case is called ${positionals.join(' or ')}`)
  const budgets: Budgets = existsSync(PATH) ? (JSON.parse(readFileSync(PATH, 'utf8')) as Budgets) : {}
  const own = budgets[MAJOR] ?? {}
  if (values.update) {
    await update(own)
    writeFileSync(PATH, `${JSON.stringify({ ...budgets, [MAJOR]: own }, undefined, 2)}\n`)
  } else if (!(await check(own))) {
    process.exitCode = 1
  }
}

main().catch((error: Error) => {
  console.error(error.message)
  process.exitCode = 1
})
