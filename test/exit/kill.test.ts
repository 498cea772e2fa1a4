import { type Claim, MODULE_SYSTEMS, prove, sentence, task } from './cells'
import type { ModuleSystem } from './runner'
import type { Task } from './task'

const KILLS = ['SIGKILL', 'abort'] as const
const STARTS = ['first tick', 'later'] as const

function claim(changes: Partial<Task>, from: ModuleSystem = 'CommonJS', circumstances = ''): Claim {
  const its = task(changes)
  return { task: its, from, kept: its.lines, sentence: sentence(its, from, circumstances) }
}

/** The check phase in which hewn writes is the very one in which the process is killed. */
const afterTheTurn = KILLS.flatMap(end =>
  STARTS.flatMap(start => MODULE_SYSTEMS.map(from => claim({ end, start, at: 'next turn' }, from))),
)

/** So few that neither their bytes nor their age has them written before the turn is over. */
const shortTurns = KILLS.flatMap(end =>
  (['file turn', 'pipe'] as const).map(to => claim({ end, to, lines: 20, at: 'next turn' })),
)

/** As many lines as a pipe of 64 KiB takes before anybody reads. */
const throughPipe = KILLS.flatMap(end => [
  claim({ end, to: 'pipe', lines: 300, at: 'next turn' }),
  claim({ end, to: 'pipe', at: 'flush' }),
  claim({ end, to: 'socket', at: 'flush' }),
])

const inTheTurn = KILLS.flatMap(end => [
  claim({ end, to: 'file line' }, 'CommonJS', ': durability is line'),
  claim({ end, to: 'destination' }),
  claim({ end, last: 'fatal' }, 'CommonJS', ': the last of them is fatal'),
  claim({ end, last: 'fatal', start: 'later' }, 'ESM', ': the last of them is fatal'),
  claim({ end, last: 'fatal', to: 'pipe', lines: 300 }, 'CommonJS', ': the last of them is fatal'),
])

prove([...afterTheTurn, ...shortTurns, ...throughPipe, ...inTheTurn])
