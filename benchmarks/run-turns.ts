import type { Calls } from './calls'
import type { Contestant, Log } from './contestants/contestant'
import { POOL } from './inputs'
import { fileLanding, type Landing, spoolLanding } from './landing'
import { LeastTimes, SLICE } from './least'
import type { Answer, Job } from './protocol'
import { collectGarbage, warmUp } from './rounds'
import { type Expectation, verify } from './verify'

/**
 * Lines that leave the process, so many a turn of the event loop. In a file or a spool the far end is read here; at the
 * end of a pipe it is the harness that counts, and takes the time when the last byte has come.
 */
export class TurnsRun {
  private readonly log: Log
  private readonly calls: Calls
  private readonly job: Job
  private readonly contestant: Contestant
  private readonly expected: Expectation
  private readonly leastTimes: LeastTimes
  private readonly landing: Landing | undefined
  private passes = 1
  private bytesOfPass = 0

  constructor(log: Log, calls: Calls, job: Job, contestant: Contestant, expected: Expectation) {
    this.log = log
    this.calls = calls
    this.job = job
    this.contestant = contestant
    this.expected = expected
    const { path, variant } = job
    if (path !== undefined) this.landing = variant.spool ? spoolLanding(path) : fileLanding(path)
    this.leastTimes = new LeastTimes(expected.inputs, Math.max(SLICE, job.burst))
  }

  async verify(): Promise<Answer> {
    await this.turns(POOL)
    const { landing } = this
    if (landing !== undefined) {
      await this.until(() => landing.text().split('\n').length > POOL)
      const text = landing.text()
      verify(text, this.contestant, this.expected)
      this.bytesOfPass = Buffer.byteLength(text)
    }
    return { lines: POOL }
  }

  async warm(roundMs: number): Promise<Answer> {
    let lines = 0
    const pass = async () => {
      this.empty()
      await this.turns(POOL)
      await this.arrived(POOL)
      lines += POOL
    }
    this.passes = await warmUp(pass, roundMs)
    return { lines }
  }

  async round(): Promise<Answer> {
    const lines = this.passes * POOL
    this.empty()
    collectGarbage()
    const cpu = process.cpuUsage()
    const startedAt = process.hrtime.bigint()
    await this.turns(lines)
    await this.arrived(lines)
    const ns = Number(process.hrtime.bigint() - startedAt)
    const { user, system } = process.cpuUsage(cpu)
    return { lines, ns, cpuNs: (user + system) * 1000, startedAt: String(startedAt) }
  }

  async least(): Promise<Answer> {
    const lines = this.passes * POOL
    this.empty()
    collectGarbage()
    await this.turns(lines, this.leastTimes)
    await this.arrived(lines)
    return { lines, leastNs: this.leastTimes.total / POOL }
  }

  private turns(lines: number, times?: LeastTimes): Promise<void> {
    const { make } = this.calls
    const { burst } = this.job
    let done = 0
    return new Promise(resolve => {
      const turn = () => {
        // What the turn before left to be done at its end has been done by now.
        if (times !== undefined && done % times.size === 0) {
          if (done > 0) times.end()
          if (done < lines) times.begin(done % POOL)
        }
        if (done >= lines) {
          resolve()
          return
        }
        for (let i = 0; i < burst; i++) make((done + i) % POOL)
        done += burst
        setImmediate(turn)
      }
      turn()
    })
  }

  private empty(): void {
    this.landing?.empty()
  }

  private async arrived(lines: number): Promise<void> {
    const { landing } = this
    if (landing === undefined) return
    const bytes = (lines / POOL) * this.bytesOfPass
    await this.until(() => landing.bytes() >= bytes)
    const size = landing.bytes()
    if (size !== bytes) throw new Error(`${size} bytes arrived of ${bytes}`)
  }

  private async until(there: () => boolean): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS
    while (!there()) {
      if (performance.now() > deadline) throw new Error('the lines do not arrive')
      this.log.push?.()
      await new Promise<void>(resolve => void setImmediate(resolve))
    }
  }
}

const PATIENCE_MS = 20_000
