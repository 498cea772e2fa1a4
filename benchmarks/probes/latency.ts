import type { Calls } from '../calls'
import { POOL } from '../inputs'
import type { Answer, Pace } from '../protocol'
import { collectGarbage } from '../rounds'
import { quantile } from '../statistics'
import { atPace } from './steady'

const SHARES = { p50: 0.5, p99: 0.99, 'p99.9': 0.999, max: 1 }

/**
 * How long a call holds up its caller, in ns, and how long all the calls of a turn and what they leave to be done at
 * its end hold up the event loop. The clock's own cost, some 40 ns, is in both.
 */
export async function latency({ make }: Calls, pace: Pace): Promise<Answer> {
  const calls = new Float64Array(pace.perSecond * pace.seconds)
  const turns: number[] = []
  collectGarbage()
  await atPace(pace, (from, to) => {
    if (from === to) return
    const turn = performance.now()
    let before = turn
    for (let i = from; i < to; i++) {
      make(i % POOL)
      const after = performance.now()
      calls[i] = (after - before) * 1e6
      before = after
    }
    // Queued after the logger's own, so it comes after it in the same phase of the loop.
    setImmediate(() => turns.push((performance.now() - turn) * 1e6))
  })
  return { numbers: { ...summary('call', calls), ...summary('turn', turns) } }
}

function summary(of: string, samples: Iterable<number>): Record<string, number> {
  const all = [...samples]
  return Object.fromEntries(Object.entries(SHARES).map(([name, share]) => [`${of} ${name}`, quantile(all, share)]))
}
