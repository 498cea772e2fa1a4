import { type Claim, ENDINGS, prove, sentence, task } from './cells'
import type { Task } from './task'

function claim(changes: Partial<Task>, host: 'thread' | 'cluster', from: Claim['from'] = 'CommonJS'): Claim {
  const its = task(changes)
  const where = host === 'thread' ? ', in a worker thread' : ', in a cluster worker'
  return { task: its, from, host, kept: its.lines, sentence: sentence(its, from, where) }
}

/** A thread has no turn to lose: every line is written in its call. */
const THREAD_ENDINGS = [...ENDINGS, 'SIGKILL', 'abort', 'terminate'] as const

const threads = (['file turn', 'pipe'] as const).flatMap(to =>
  THREAD_ENDINGS.filter(end => to === 'file turn' || (end !== 'SIGKILL' && end !== 'abort')).map(end =>
    claim({ to, end }, 'thread'),
  ),
)

const cluster = (['file turn', 'pipe'] as const).flatMap(to => ENDINGS.map(end => claim({ to, end }, 'cluster')))

const others = [
  claim({ end: 'exit' }, 'thread', 'ESM'),
  claim({ end: 'exit', start: 'later' }, 'thread'),
  claim({ end: 'exit' }, 'cluster', 'ESM'),
  claim({ end: 'SIGTERM', start: 'later' }, 'cluster'),
]

prove([...threads, ...cluster, ...others])
