import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DeadLetter, DeadLetters, deadLetterFiles } from '../../lib/delivery/dead-letters'
import { completeLimits, type Limits } from '../../lib/delivery/limits'
import type { LoadedTransport } from '../../lib/delivery/load'
import type { SendResult } from '../../lib/delivery/outcome'
import { Pipeline } from '../../lib/delivery/pipeline'
import { Secrets } from '../../lib/delivery/secrets'
import type { BatchLine, SendContext } from '../../lib/delivery/transport'
import { MemorySpool } from '../../lib/testing/memory-source'
import { VirtualClock } from './virtual-clock'

/** What a receiver made for a test does with a batch. */
export type Behaviour = (lines: readonly BatchLine[], context: SendContext) => Promise<SendResult> | Promise<void>

export interface Rig {
  readonly clock: VirtualClock
  readonly spools: readonly MemorySpool[]
  readonly folder: string
  /** What a person was told. */
  readonly said: string[]
  pipeline: Pipeline
  /** Forgets the pipeline without closing it, as a crash does, and starts another on the same spools. */
  crash(behaviour?: Behaviour): void
  letters(): DeadLetter[]
  remove(): void
}

export interface RigOptions {
  readonly limits?: Partial<Limits>
  readonly spools?: number
  readonly clock?: VirtualClock
  readonly name?: string
  readonly random?: () => number
  readonly options?: object
}

/** A pipeline in virtual time, on spools in memory, with a transport that is a function. */
export function rig(
  behaviour: Behaviour,
  { limits, spools = 1, name = 'test', random, ...more }: RigOptions = {},
): Rig {
  const clock = more.clock ?? new VirtualClock()
  const folder = mkdtempSync(join(tmpdir(), 'hewn-dead-'))
  const said: string[] = []
  const all = Array.from({ length: spools }, (_, index) => new MemorySpool(`s${index}`, clock))
  let live = 0
  const start = (behave: Behaviour): Pipeline => {
    const mine = ++live
    const transport: LoadedTransport = {
      name,
      limits: completeLimits(limits),
      acknowledges: 'stored',
      secrets: new Secrets(more.options ?? {}),
      open: async () => ({
        // One that has crashed sends nothing more.
        send: ({ lines }, context) => (mine === live ? behave(lines, context) : new Promise<void>(() => {})),
        close: () => {},
      }),
    }
    return new Pipeline({
      transport,
      sources: all.map(spool => spool.open()),
      deadLetters: new DeadLetters(folder, name, clock),
      clock,
      random: random ?? (() => 0.5),
      report: message => said.push(message),
    })
  }
  const made: Rig = {
    clock,
    spools: all,
    folder,
    said,
    pipeline: start(behaviour),
    crash: (next = behaviour) => {
      made.pipeline = start(next)
    },
    letters: () => readLetters(folder, name),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
  return made
}

export function readLetters(folder: string, transport: string): DeadLetter[] {
  return deadLetterFiles(folder, transport).flatMap(path =>
    readFileSync(path, 'utf8')
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line) as DeadLetter),
  )
}
