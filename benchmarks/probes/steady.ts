import { GCProfiler } from 'node:v8'
import type { Calls } from '../calls'
import { POOL } from '../inputs'
import type { Answer, Pace } from '../protocol'
import { collectGarbage } from '../rounds'

/** At a steady rate of lines into a file: what the garbage collector takes of each second, and the CPU of all threads. */
export async function steady({ make }: Calls, pace: Pace): Promise<Answer> {
  const profiler = new GCProfiler()
  collectGarbage()
  profiler.start()
  const cpu = process.cpuUsage()
  await atPace(pace, (from, to) => {
    for (let i = from; i < to; i++) make(i % POOL)
  })
  const { user, system } = process.cpuUsage(cpu)
  const { statistics = [] } = profiler.stop() ?? {}
  const collecting = statistics.reduce((sum, { cost }) => sum + cost, 0)
  return {
    numbers: {
      collections: statistics.length / pace.seconds,
      gcMs: collecting / 1000 / pace.seconds,
      cpuMs: (user + system) / 1000 / pace.seconds,
    },
  }
}

/** Calls `make` each ms with the range of lines that are due; a late turn makes up for what it missed. */
export function atPace({ perSecond, seconds }: Pace, make: (from: number, to: number) => void): Promise<void> {
  const started = performance.now()
  const last = perSecond * seconds
  let done = 0
  return new Promise(resolve => {
    const timer = setInterval(() => {
      const due = Math.min(last, Math.floor(((performance.now() - started) / 1000) * perSecond))
      make(done, due)
      done = due
      if (done < last) return
      clearInterval(timer)
      resolve()
    }, 1)
  })
}
