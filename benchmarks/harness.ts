import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Case, Entrant } from './cases'
import { Contender } from './contender'
import { contestantNamed } from './contestants/all'
import { FarEnd } from './far-end'
import { makeInputs, POOL } from './inputs'
import { type Answer, expectationOf, type Job } from './protocol'
import { verify } from './verify'

export interface Effort {
  /** How many processes each entrant gets, one after the other: the layout of a process's memory is a roll of dice. */
  readonly processes: number
  /** Rounds in each of them. */
  readonly rounds: number
  /** How long a round is to be, in ms: long enough for the clock, short enough that all entrants see the same machine. */
  readonly roundMs: number
  /** The node to measure under; this one if absent. */
  readonly node?: string | undefined
}

export interface Samples {
  /** ns a line, a sample each round. */
  readonly ns: number[]
  /** CPU ns a line, of all threads. */
  readonly cpuNs: number[]
  /** ns a line when nothing got in the way, a sample each process. */
  readonly leastNs: number[]
  /** Why there are none. */
  failure?: string
}

/** By the entrant's label. */
export type Results = Map<string, Samples>

/**
 * Measures all entrants of a case, their rounds interleaved. An entrant that fails is told of, not measured.
 * `round` gives `ns` and `cpuNs`, `least` gives `leastNs`, of cases in memory or in a file.
 */
export async function measure(one: Case, effort: Effort, ask: 'round' | 'least' = 'round'): Promise<Results> {
  const results: Results = new Map(one.entrants.map(({ label }) => [label, { ns: [], cpuNs: [], leastNs: [] }]))
  for (let process = 0; process < effort.processes; process++) {
    const stands: Stand[] = []
    try {
      for (const entrant of one.entrants) {
        const samples = results.get(entrant.label)!
        if (samples.failure !== undefined) continue
        const stand = await Stand.open(one, entrant, samples, effort)
        if (stand !== undefined) stands.push(stand)
      }
      for (let round = 0; round < effort.rounds; round++) {
        // Whoever comes after a heavy neighbour finds colder caches: nobody always does.
        for (let i = 0; i < stands.length; i++) await stands[(i + round) % stands.length]!.round(ask)
      }
      for (const stand of stands) stand.finish()
    } finally {
      await Promise.all(stands.map(stand => stand.close()))
    }
  }
  return results
}

/** One entrant's process with its far end. */
class Stand {
  private readonly who: string
  private readonly contender: Contender
  private readonly farEnd: FarEnd | undefined
  private readonly samples: Samples
  private readonly folder: string
  private bytesOfPass = 0
  private leastNs: number | undefined

  private constructor(who: string, contender: Contender, farEnd: FarEnd | undefined, samples: Samples, folder: string) {
    this.who = who
    this.contender = contender
    this.farEnd = farEnd
    this.samples = samples
    this.folder = folder
  }

  /** Set up, its lines verified, warm. */
  static async open(one: Case, entrant: Entrant, samples: Samples, effort: Effort): Promise<Stand | undefined> {
    const folder = mkdtempSync(join(tmpdir(), 'hewn-bench-'))
    const farEnd = one.target === 'stdout' ? new FarEnd(folder) : undefined
    const { target, operation, payload, burst } = one
    const { contestant, variant } = entrant
    const job: Job = {
      ...{ target, operation, payload, burst, contestant, variant },
      ...(target === 'file' && { path: join(folder, 'log') }),
    }
    const who = `${one.id}, ${entrant.label}`
    const contender = new Contender(job, { node: effort.node, ...(farEnd && { stdout: farEnd.fd }) })
    const stand = new Stand(who, contender, farEnd, samples, folder)
    try {
      await contender.ready
      await stand.prepare(job, effort.roundMs)
      return stand
    } catch (error) {
      samples.failure = stand.failure(error)
      await stand.close()
      return undefined
    }
  }

  /** One sample more, unless the entrant has failed. */
  async round(ask: 'round' | 'least'): Promise<void> {
    if (this.samples.failure !== undefined) return
    try {
      await this.take(ask)
    } catch (error) {
      this.samples.failure = this.failure(error)
    }
  }

  private async take(ask: 'round' | 'least'): Promise<void> {
    const answer = await this.contender.ask({ ask })
    if (answer.leastNs !== undefined) {
      this.leastNs = answer.leastNs
      return
    }
    const { lines = 0, cpuNs = 0, startedAt = '0' } = answer
    let { ns = 0 } = answer
    if (this.farEnd !== undefined)
      ns = Number((await this.farEnd.time((lines / POOL) * this.bytesOfPass)) - BigInt(startedAt))
    this.samples.ns.push(ns / lines)
    this.samples.cpuNs.push(cpuNs / lines)
  }

  /** After the last round. */
  finish(): void {
    if (this.leastNs !== undefined) this.samples.leastNs.push(this.leastNs)
  }

  async close(): Promise<void> {
    await this.contender.close()
    this.farEnd?.close()
    rmSync(this.folder, { recursive: true, force: true })
  }

  private failure(error: unknown): string {
    return `${this.who}: ${(error as Error).message}`
  }

  private async prepare(job: Job, roundMs: number): Promise<void> {
    const { lines = 0 } = await this.contender.ask({ ask: 'verify' })
    if (this.farEnd !== undefined) {
      const text = await this.farEnd.text(lines)
      const inputs = makeInputs(job.payload)
      verify(text, contestantNamed(job.contestant, job.payload), expectationOf(job, inputs))
      this.bytesOfPass = Buffer.byteLength(text)
    }
    const warm: Answer = await this.contender.ask({ ask: 'warm', roundMs })
    await this.farEnd?.time(((warm.lines ?? 0) / POOL) * this.bytesOfPass)
  }
}
