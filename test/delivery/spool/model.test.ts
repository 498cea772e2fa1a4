import fc from 'fast-check'
import t from 'tap'
import { holdsAsync } from '../../support/property'
import { Ledger } from './fixtures/ledger'
import { NAMES, type Name, World } from './fixtures/world'

interface Kill {
  readonly after: number
  readonly torn: number
}

/** Something that may happen to two processes on one root, each in its slot. */
class Step implements fc.AsyncCommand<Ledger, World> {
  constructor(
    private readonly text: string,
    private readonly happens: (world: World) => Promise<void> | void,
  ) {}

  check(): boolean {
    return true
  }

  async run(_: Ledger, world: World): Promise<void> {
    await this.happens(world)
  }

  toString(): string {
    return this.text
  }
}

/** A step that is one of these, done with the world. */
function step<T extends object>(
  title: string,
  fields: { [K in keyof T]: fc.Arbitrary<T[K]> },
  happens: (world: World, fields: T) => Promise<void> | void,
): fc.Arbitrary<Step> {
  return fc
    .record(fields)
    .map(made => new Step(`${title} ${JSON.stringify(made)}`, world => happens(world, made as unknown as T)))
}

/** What one of the processes does, started if need be; it may be killed half-way. */
function act<T extends object>(
  title: string,
  fields: { [K in keyof T]: fc.Arbitrary<T[K]> },
  happens: (world: World, slot: number, fields: T) => Promise<void> | void,
): fc.Arbitrary<Step> {
  const kill: fc.Arbitrary<Kill | undefined> = fc.option(
    fc.record({ after: fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 25 })), torn: fc.constantFrom(0, 0.3, 0.8, 1) }),
    { freq: 6, nil: undefined },
  )
  return fc.record({ slot: fc.nat({ max: 1 }), made: fc.record(fields), kill }).map(({ slot, made, kill }) => {
    const text = `${title} ${slot} ${JSON.stringify(made)}${kill === undefined ? '' : ` killed ${JSON.stringify(kill)}`}`
    return new Step(text, async world => {
      if (title === 'start' && world.members[slot] !== undefined) return
      if (title !== 'start' && world.members[slot] === undefined) await world.start(slot, NAMES)
      if (title !== 'start' && world.members[slot] === undefined) return
      const work = (): Promise<void> | void => happens(world, slot, made as unknown as T)
      await (kill === undefined ? work() : world.killed(slot, kill.after, kill.torn, work))
    })
  })
}

const part = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const name = fc.constantFrom(...NAMES)
const LINES = { level: fc.constantFrom(30, 40), lines: fc.integer({ min: 1, max: 20 }) }
const SIZES = fc.constantFrom(0, 0, 100, 4000, 20_000)

const start = act<{ names: readonly Name[] }>(
  'start',
  { names: fc.constantFrom<readonly Name[]>(NAMES, NAMES, ['elastic']) },
  (world, slot, { names }) => world.start(slot, names),
)
const write = act<{ level: number; lines: number; bytes: number }>(
  'write',
  { ...LINES, bytes: SIZES },
  (world, slot, { level, lines, bytes }) => world.write(slot, level, lines, bytes),
)
const read = act<{ name: Name; most: number; part: number }>(
  'read',
  { name, most: fc.integer({ min: 1, max: 40 }), part },
  (world, slot, { name, most, part }) => world.read(slot, name, most, part),
)
const common = [
  ...[start, start, write, write, write, read, read],
  act<{ name: Name }>('rewind', { name }, (world, slot, { name }) => world.rewind(slot, name)),
  act('look', {}, (world, slot) => world.look(slot)),
  act('tidy', {}, (world, slot) => world.tidy(slot)),
  act('kill', {}, (world, slot) => world.killed(slot, Number.POSITIVE_INFINITY, 0, () => undefined)),
  act('end', {}, (world, slot) => world.end(slot)),
]
const trouble = [
  step<{ ms: number }>('time passes', { ms: fc.integer({ min: -100_000, max: 2_000_000 }) }, (world, { ms }) =>
    world.pass(ms),
  ),
  step<{ full: boolean }>('almost full', { full: fc.boolean() }, (world, { full }) => world.setFull(full)),
  step<{ faults: ('ENOSPC' | 'EIO' | 'short')[] }>(
    'writes fail',
    { faults: fc.array(fc.constantFrom('ENOSPC', 'EIO', 'short'), { maxLength: 3 }) },
    (world, { faults }) => void world.kill.faults.push(...faults),
  ),
]
const damage = [
  step<{ which: number; where: number; how: 'flip' | 'cut' | 'zero' | 'remove' }>(
    'damage',
    { which: part, where: part, how: fc.constantFrom('flip', 'flip', 'cut', 'zero', 'remove') },
    (world, { which, where, how }) => world.damage(which, where, how),
  ),
  step<{ which: number }>('remove directory', { which: part }, (world, { which }) => world.removeFolder(which)),
]

async function check(sidecar: boolean, steps: Iterable<fc.AsyncCommand<Ledger, World>>): Promise<void> {
  const ledger = new Ledger(NAMES)
  const world = new World(ledger, sidecar)
  try {
    await fc.asyncModelRun(() => ({ model: ledger, real: world }), steps)
    await world.judge()
  } finally {
    await world.restore()
  }
}

const SCENES = [
  { what: 'killed at any step', steps: common },
  { what: 'killed at any step, on a disk that fails, fills up and forgets the time', steps: [...common, ...trouble] },
  { what: 'killed, on a bad disk, their files damaged by others', steps: [...common, ...trouble, ...damage] },
]

for (const sidecar of [false, true]) {
  for (const { what, steps } of SCENES) {
    const who = sidecar ? 'two writers and their shippers' : 'two applications'
    t.test(`${who}, ${what}: every line is delivered once, waits, or is counted as lost`, async t => {
      const commands = fc.commands(steps, { maxCommands: 60, size: 'max' })
      await holdsAsync(
        t,
        fc.asyncProperty(commands, steps => check(sidecar, steps)),
        10,
      )
    })
  }
}
