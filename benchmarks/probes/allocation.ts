import { GCProfiler } from 'node:v8'
import type { Calls } from '../calls'
import { POOL } from '../inputs'
import type { Answer } from '../protocol'
import { collectGarbage } from '../rounds'
import type { Sink } from '../sink'

/**
 * Heap bytes a call, its share of the joined text included. The process must have a young generation so large that
 * nothing is collected meanwhile (--min-semi-space-size), or the difference would say nothing.
 */
export function allocation(calls: Calls, sink: Sink): Answer {
  const profiler = new GCProfiler()
  sink.finish()
  collectGarbage()
  profiler.start()
  const before = process.memoryUsage().heapUsed
  for (let i = 0; i < POOL; i++) calls.make(i)
  sink.finish()
  const bytes = process.memoryUsage().heapUsed - before
  const collections = profiler.stop()?.statistics.length ?? 0
  if (collections > 0) throw new Error(`the garbage collector ran ${collections} times`)
  return { numbers: { bytes: bytes / POOL } }
}
