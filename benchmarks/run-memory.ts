import type { Calls } from './calls'
import type { Contestant, Log } from './contestants/contestant'
import { POOL } from './inputs'
import { LeastTimes, SLICE } from './least'
import type { Answer } from './protocol'
import { collectGarbage, warmUp } from './rounds'
import type { Sink } from './sink'
import { type Expectation, verify } from './verify'

/** Lines that end in memory: whole passes over the inputs. */
export class MemoryRun {
  private readonly log: Log
  private readonly calls: Calls
  private readonly sink: Sink
  private readonly contestant: Contestant
  private readonly expected: Expectation
  private readonly leastTimes: LeastTimes
  private passes = 1
  private bytesOfPass = 0

  constructor(log: Log, calls: Calls, sink: Sink, contestant: Contestant, expected: Expectation) {
    this.log = log
    this.calls = calls
    this.sink = sink
    this.contestant = contestant
    this.expected = expected
    this.leastTimes = new LeastTimes(expected.inputs)
  }

  verify(): Answer {
    const text = this.sink.capture(() => this.pass(() => sweep(0, POOL, this.calls.check)))
    verify(text, this.contestant, this.expected)
    // Making a child writes nothing: only what was checked did.
    this.bytesOfPass = this.expected.operation === 'child' ? 0 : Buffer.byteLength(text)
    return { lines: POOL }
  }

  async warm(roundMs: number): Promise<Answer> {
    this.passes = await warmUp(() => this.whole(), roundMs)
    return { lines: 0 }
  }

  round(): Answer {
    collectGarbage()
    const cpu = process.cpuUsage()
    const started = performance.now()
    const lines = this.counted(() => this.whole())
    const ns = (performance.now() - started) * 1e6
    const { user, system } = process.cpuUsage(cpu)
    return { lines, ns, cpuNs: (user + system) * 1000 }
  }

  least(): Answer {
    collectGarbage()
    const lines = this.counted(() => this.sliced())
    return { lines, leastNs: this.leastTimes.total / POOL }
  }

  /** A round's passes; returns the lines, whose bytes must all have arrived. */
  private counted(pass: () => void): number {
    const before = this.sink.bytes
    for (let i = 0; i < this.passes; i++) pass()
    const arrived = this.sink.bytes - before
    const wanted = this.passes * this.bytesOfPass
    if (arrived !== wanted) throw new Error(`${arrived} bytes arrived of ${wanted}`)
    return this.passes * POOL
  }

  private whole(): void {
    this.pass(() => sweep(0, POOL, this.calls.make))
  }

  private sliced(): void {
    const { leastTimes } = this
    this.pass(() => {
      for (let from = 0; from < POOL; from += SLICE) {
        leastTimes.begin(from)
        sweep(from, from + SLICE, this.calls.make)
        leastTimes.end()
      }
    })
  }

  /** Each begins with an empty sink, so that a slice holds the same share of its work each time. */
  private pass(calls: () => void): void {
    this.log.rewind?.()
    if (this.log.within === undefined) calls()
    else this.log.within(calls)
    this.sink.finish()
  }
}

function sweep(from: number, to: number, call: (index: number) => void): void {
  for (let i = from; i < to; i++) call(i)
}
