import fc from 'fast-check'
import t from 'tap'
import { holdsAsync } from '../../support/property'
import { Ledger } from './fixtures/ledger'
import { NAMES, type Name, World } from './fixtures/world'

/** What may happen. `slot` is one of two processes; where it says `kill`, the process is killed at that step of it. */
type Event =
  | { readonly do: 'start'; readonly slot: number; readonly names: readonly Name[]; readonly kill?: Kill }
  | {
      readonly do: 'write'
      readonly slot: number
      readonly level: number
      readonly lines: number
      readonly bytes: number
      readonly kill?: Kill
    }
  | {
      readonly do: 'read'
      readonly slot: number
      readonly name: Name
      readonly most: number
      readonly part: number
      readonly kill?: Kill
    }
  | { readonly do: 'rewind'; readonly slot: number; readonly name: Name }
  | { readonly do: 'look' | 'tidy' | 'kill'; readonly slot: number; readonly kill?: Kill }
  | { readonly do: 'end'; readonly slot: number }
  | { readonly do: 'damage'; readonly which: number; readonly where: number; readonly how: 'flip' | 'cut' | 'zero' | 'remove' }
  | { readonly do: 'remove folder'; readonly which: number }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'full'; readonly full: boolean }
  | { readonly do: 'faults'; readonly faults: readonly ('ENOSPC' | 'EIO' | 'short')[] }

interface Kill {
  readonly after: number
  readonly torn: number
}

class Step implements fc.AsyncCommand<Ledger, World> {
  constructor(private readonly event: Event) {}

  check(): boolean {
    return true
  }

  async run(_: Ledger, world: World): Promise<void> {
    const { event } = this
    const { slot, kill } = event as { slot?: number; kill?: Kill }
    if (slot !== undefined && (event.do === 'start') === (world.members[slot] !== undefined)) return
    const work = (): Promise<void> | void => apply(event, world)
    if (slot === undefined || kill === undefined) await work()
    else await world.killed(slot, kill.after, kill.torn, work)
  }

  toString(): string {
    return JSON.stringify(this.event)
  }
}

function apply(event: Event, world: World): Promise<void> | void {
  switch (event.do) {
    case 'start':
      return world.start(event.slot, event.names)
    case 'write':
      return world.write(event.slot, event.level, event.lines, event.bytes)
    case 'read':
      return world.read(event.slot, event.name, event.most, event.part)
    case 'rewind':
      return world.rewind(event.slot, event.name)
    case 'look':
      return world.look(event.slot)
    case 'tidy':
      return world.tidy(event.slot)
    case 'end':
      return world.end(event.slot)
    case 'damage':
      return world.damage(event.which, event.where, event.how)
    case 'remove folder':
      return world.removeFolder(event.which)
    case 'pass':
      return world.pass(event.ms)
    case 'full':
      return world.setFull(event.full)
    case 'faults':
      world.kill.faults.push(...event.faults)
  }
}

const slot = fc.nat({ max: 1 })
const part = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const name = fc.constantFrom(...NAMES)
const kill = fc.record({ after: fc.nat({ max: 25 }), torn: fc.constantFrom(0, 0.3, 0.8, 1) })
const maybeKill = fc.option(kill, { freq: 6, nil: undefined }) as fc.Arbitrary<Kill>

function event<T extends Event['do']>(
  what: T,
  fields: { [K in Exclude<keyof Extract<Event, { do: T }>, 'do'>]: fc.Arbitrary<Extract<Event, { do: T }>[K]> },
): fc.Arbitrary<Step> {
  return fc.record({ do: fc.constant(what), ...fields }).map(made => new Step(made as unknown as Event))
}

const start = event('start', { slot, names: fc.constantFrom(NAMES, NAMES, ['elastic']), kill: maybeKill } as never)
const write = event('write', {
  slot,
  level: fc.constantFrom(30, 40),
  lines: fc.integer({ min: 1, max: 20 }),
  bytes: fc.constantFrom(0, 0, 100, 4000, 20_000),
  kill: maybeKill,
} as never)
const read = event('read', { slot, name, most: fc.integer({ min: 1, max: 40 }), part, kill: maybeKill } as never)
const common = [
  start,
  start,
  write,
  write,
  write,
  read,
  read,
  event('rewind', { slot, name }),
  event('look', { slot, kill: maybeKill } as never),
  event('tidy', { slot, kill: maybeKill } as never),
  event('kill', { slot, kill } as never),
  event('end', { slot }),
]
const trouble = [
  event('pass', { ms: fc.integer({ min: 0, max: 2_000_000 }) }),
  event('full', { full: fc.boolean() }),
  event('faults', { faults: fc.array(fc.constantFrom('ENOSPC' as const, 'EIO' as const, 'short' as const), { maxLength: 3 }) }),
]
const damage = [
  event('damage', { which: part, where: part, how: fc.constantFrom('flip', 'flip', 'cut', 'zero', 'remove') } as never),
  event('remove folder', { which: part }),
]

async function holds(sidecar: boolean, steps: Iterable<fc.AsyncCommand<Ledger, World>>): Promise<string> {
  const ledger = new Ledger(NAMES)
  const world = new World(ledger, sidecar)
  try {
    await fc.asyncModelRun(() => ({ model: ledger, real: world }), steps)
    return await world.judge()
  } finally {
    world.restore()
  }
}

const SCENES = [
  { title: 'killed at any step and adopted', kinds: common, runs: 60 },
  { title: 'also on a disk that fails, fills up, and is full of what is too old', kinds: [...common, ...trouble], runs: 60 },
  { title: 'also with bytes, files and directories damaged by others', kinds: [...common, ...trouble, ...damage], runs: 60 },
]

for (const sidecar of [false, true]) {
  for (const { title, kinds, runs } of SCENES) {
    const who = sidecar ? 'writers and shippers' : 'applications'
    t.test(`of two ${who}, ${title}, every line is delivered, waits, or is counted as lost`, async t => {
      const commands = fc.commands([...kinds], { maxCommands: 60, size: 'max' })
      await holdsAsync(
        t,
        fc.asyncProperty(commands, async steps => {
          await holds(sidecar, steps)
        }),
        runs,
      )
    })
  }
}
