import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { Machine, withoutMachine } from './machine'
import { Scene, without } from './scene'

/** Of one machine: its power is cut so often, at a turn that chance says. */
const CUTS = 4
const BURST = 25

interface Outcome {
  /** Numbers of lines whose turn was over when the power was cut. */
  readonly promised: readonly number[]
  /** Number by id, of all that was delivered. */
  readonly delivered: ReadonlyMap<string, number>
  readonly dropped: number
}

/** Boots, logs and is cut again and again; each boot ships what the one before left. The last one ends in peace. */
async function outages(t: Test, fsync: boolean): Promise<Outcome> {
  const { folder } = await Scene.begin(t)
  const machine = new Machine(folder)
  const task = { dir: '/mnt/disk/spool', fsync, delivered: join(folder, 'delivered'), pause: fsync ? 0 : 10 }
  const promised: number[] = []
  for (let boot = 0; boot < CUTS; boot++) {
    // No number is logged by two boots: those of the turn under way may have been lost or not.
    const from = boot * 1_000_000
    const until = from + BURST * (5 + Math.floor(Math.random() * 300))
    const said = await machine.run({ ...task, from, burst: BURST }, line => Number(line.slice(5)) >= until)
    for (let n = from; n < Number(said.slice(5)); n++) promised.push(n)
  }
  t.equal(await machine.run({ ...task, from: 0, burst: 0 }, line => line.startsWith('left')), 'left 0')
  for (const message of machine.told) t.comment(message)
  return { promised, ...readDelivered(t, task.delivered) }
}

/** Each line must be whole, and what is sent twice must be the same. */
function readDelivered(t: Test, folder: string): Omit<Outcome, 'promised'> {
  const names = existsSync(folder) ? readdirSync(folder).filter(name => name.endsWith('.lines')) : []
  const texts = new Map<string, string>()
  const delivered = new Map<string, number>()
  let dropped = 0
  let wrong = 0
  for (const line of names.flatMap(name => readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1))) {
    const id = line.slice(0, line.indexOf(' '))
    const text = line.slice(id.length + 1)
    const before = texts.get(id)
    texts.set(id, text)
    const record = JSON.parse(text) as { n?: number; pad?: string; dropped?: Readonly<Record<string, number>> }
    if (record.n !== undefined) {
      delivered.set(id, record.n)
      if ((before ?? text) !== text || record.pad?.length !== 400) wrong++
    } else if (before === undefined) {
      for (const count of Object.values(record.dropped ?? {})) dropped += count
    }
  }
  t.equal(wrong, 0, 'no line is torn, and no id has two lines')
  t.equal(new Set(delivered.values()).size, delivered.size, 'no line has two ids')
  return { delivered, dropped }
}

const skip = without('root') || withoutMachine()
const timeout = 120_000

t.test(
  'with fsync, a line whose turn is over outlives the loss of power, and is delivered after it',
  { skip, timeout },
  async t => {
    const { promised, delivered, dropped } = await outages(t, true)
    const there = new Set(delivered.values())
    const lost = promised.filter(n => !there.has(n))
    t.comment(
      `conservation  ${CUTS} losses of power, with fsync: promised ${promised.length}, delivered ${delivered.size}, lost ${lost.length}`,
    )
    t.same(lost, [])
    t.equal(dropped, 0)
  },
)

t.test(
  'without fsync, a loss of power costs the last lines at most: none is torn, doubled or wrong',
  { skip, timeout },
  async t => {
    const { promised, delivered, dropped } = await outages(t, false)
    const there = new Set(delivered.values())
    const lost = promised.filter(n => !there.has(n))
    t.comment(
      `conservation  ${CUTS} losses of power, without: promised ${promised.length}, delivered ${delivered.size}, lost ${lost.length}, of which told ${dropped}`,
    )
    // Of each boot the lines that are there are the first ones: the disk has them in the order they were written.
    for (let boot = 0; boot < CUTS; boot++) {
      const mine = [...there].filter(n => Math.floor(n / 1_000_000) === boot).sort((a, b) => a - b)
      t.ok(
        mine.every((n, index) => n === boot * 1_000_000 + index),
        'without a hole',
      )
    }
  },
)
