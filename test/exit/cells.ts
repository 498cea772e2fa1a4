import t from 'tap'
import { arrivals } from './arrivals'
import { type Cell, type ModuleSystem, type Outcome, Runner } from './runner'
import type { Ending, Target, Task } from './task'

/** A cell of the exit table, with the sentence that says what must come of it. */
export interface Claim extends Cell {
  readonly sentence: string
  /** How many lines must arrive. */
  readonly kept: number
}

export const LINES = 1000
/** The endings that lose nothing, not even of the turn they come in. */
export const ENDINGS = ['natural', 'exit', 'throw', 'rejection', 'SIGTERM', 'SIGINT'] as const
export const SIGNALS = ['SIGTERM', 'SIGINT'] as const
export const MODULE_SYSTEMS: readonly ModuleSystem[] = ['CommonJS', 'ESM']

const AFTER: Record<Ending, string> = {
  natural: 'after a natural end',
  exit: 'after process.exit()',
  throw: 'after an uncaught throw',
  rejection: 'after an unhandled rejection',
  SIGTERM: 'after SIGTERM',
  SIGINT: 'after SIGINT',
  SIGKILL: 'after SIGKILL',
  abort: 'after process.abort()',
  terminate: 'after worker.terminate()',
}

const INTO: Record<Target, string> = {
  'file turn': 'in the file',
  'file line': 'in the file, written line by line,',
  pipe: 'through the pipe',
  socket: "through child_process's pipe",
  destination: 'at the destination',
}

export function task(changes: Partial<Task>): Task {
  return { to: 'file turn', lines: LINES, start: 'first tick', end: 'natural', at: 'turn', ...changes }
}

/** '1000 lines of one turn are in the file after SIGTERM in the first tick, from ESM'. */
export function sentence({ to, lines, start, end, at }: Task, from: ModuleSystem, circumstances = ''): string {
  const turn = {
    turn: AFTER[end],
    'next turn': `${AFTER[end]} in the next turn`,
    flush: `after flush() and then ${end}`,
  }
  const when = start === 'first tick' ? 'in the first tick' : 'later'
  return `${lines} lines of one turn are ${INTO[to]} ${turn[at]}, logged ${when}, from ${from}${circumstances}`
}

/** Runs every cell beside its twin without a logger, and checks what arrived and how the process ended. */
export function prove(claims: readonly Claim[]): void {
  // Each cell has its own patience; tap's 30 s for a whole file are too short on a busy machine.
  t.setTimeout(0)
  const runner = new Runner()
  t.teardown(() => runner.remove())
  const outcomes = claims.map(claim => Promise.all([runner.run(claim), runner.runBare(claim)]))
  claims.forEach((claim, i) => {
    t.test(claim.sentence, async t => {
      const [outcome, bare] = (await outcomes[i]) as [Outcome, Outcome]
      t.equal(arrivals(outcome.text, claim.kept), `${claim.kept} lines, in order`, { stderr: outcome.stderr })
      t.equal(outcome.ended, bare.ended, 'and the process ended as it does without hewn', { stderr: outcome.stderr })
    })
  })
}
