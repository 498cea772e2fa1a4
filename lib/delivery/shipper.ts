import { STANDARD_LEVELS } from '../levels/levels'
import { report, say } from '../report'
import { systemClock } from './clock'
import { DeadLetters } from './dead-letters'
import { loadTransport } from './load'
import { MemorySource } from './memory-source'
import { count, type Flushed, Pipeline } from './pipeline'
import type { Source } from './source'
import { Custody, type CustodyOptions } from './spool/custody'
import type { Holding } from './spool/holding'
import type { LentTurn } from './spool/lent'
import type { DeliveryStats } from './stats'
import type { DefinedTransport } from './transport'

/** What a shipper works with: plain data, so that it can be sent to a thread. */
export interface ShipperSettings
  extends Pick<CustodyOptions, 'root' | 'service' | 'maxBytes' | 'maxAge' | 'predecessors'> {
  /** An application ships what it and its dead like wrote; a shipper what sidecar transports write. Default: application. */
  readonly role?: CustodyOptions['role'] | undefined
  /** The id of the home whose lock says that this process lives. */
  readonly id: string
  /** Each with a name of its own. */
  readonly transports: readonly ShippedTransport[]
  /** What is set aside outlives a loss of power, as what is in the spool does. Default: false. */
  readonly fsync?: boolean | undefined
}

export type ShippedTransport = DefinedTransport<object> & { readonly name: string; readonly level?: string | undefined }

/** By transport's name. */
export type ShipperStats = Readonly<Record<string, DeliveryStats>>

/**
 * Ships what is in the spool directories of one application, its own and those it adopts: a pipeline for each transport.
 * Runs wherever it is made, in the delivery thread or in the application's own. Never throws and never rejects.
 */
export class Shipper {
  private readonly custody: Custody
  private readonly everything: boolean
  private readonly pipelines = new Map<string, Pipeline>()
  private readonly failed = new Set<string>()
  private readonly searched = new Set<string>()
  private readonly memory = new Map<string, MemorySource>()
  private acknowledged = 0
  private readonly timer: NodeJS.Timeout
  private looking: Promise<void> = Promise.resolve()
  private closing: Promise<Flushed> | undefined
  private closed = false

  constructor(
    private readonly settings: ShipperSettings,
    /** Told of the number up to which all that it was fed is acknowledged or set aside. */
    private readonly onAcknowledged: (position: number) => void = () => {},
  ) {
    const { transports, role = 'application' } = settings
    this.everything = role === 'shipper'
    this.custody = new Custody({ ...settings, role, transports: transports.map(({ name }) => name) })
    this.timer = setInterval(() => this.look(), this.everything ? SIDECAR_LOOK_MS : LOOK_MS).unref()
    void this.look()
  }

  /** Resolves when every line written before is acknowledged or set aside, or after `timeout` ms. */
  async flush(timeout: number): Promise<Flushed> {
    const deadline = performance.now() + timeout
    const before = this.settled
    await within(timeout, this.look())
    const left = Math.max(0, deadline - performance.now())
    return this.total(before, await Promise.all(Array.from(this.pipelines.values(), pipeline => pipeline.flush(left))))
  }

  /** As flush; then lets go of all. What is left is for whoever adopts the directories once the home is released. */
  close(timeout: number): Promise<Flushed> {
    this.closing ??= this.shut(timeout)
    return this.closing
  }

  /** Sends what no disk takes. The feeder keeps it until it is acknowledged, and feeds it to the next shipper if this one ends. */
  feed(turns: readonly LentTurn[]): void {
    for (const { name } of this.settings.transports) this.memoryFor(name).feed(turns)
  }

  stats(): ShipperStats {
    return Object.fromEntries(Array.from(this.pipelines, ([name, pipeline]) => [name, pipeline.stats()]))
  }

  private async shut(timeout: number): Promise<Flushed> {
    const deadline = performance.now() + timeout
    const before = this.settled
    clearInterval(this.timer)
    // One that is asked to close at once still has to find what there is.
    await within(timeout, this.looking)
    this.closed = true
    const left = Math.max(0, deadline - performance.now())
    const result = this.total(
      before,
      await Promise.all(Array.from(this.pipelines.values(), pipeline => pipeline.close(left))),
    )
    this.custody.close()
    return result
  }

  private memoryFor(name: string): MemorySource {
    const known = this.memory.get(name)
    if (known !== undefined) return known
    const source = new MemorySource(name, () => this.moved())
    this.memory.set(name, source)
    this.pipelines.get(name)?.add(source)
    return source
  }

  private moved(): void {
    if (this.memory.size < this.settings.transports.length) return
    const position = Math.min(...Array.from(this.memory.values(), ({ passed }) => passed))
    if (position <= this.acknowledged) return
    this.acknowledged = position
    this.onAcknowledged(position)
  }

  /** Looks for directories to adopt and clears away what is delivered. One look at a time. */
  look(): Promise<void> {
    this.looking = this.looking.then(async () => {
      await this.trying(async () => {
        for (const holding of await this.custody.scan()) {
          for (const transport of this.settings.transports) {
            this.pipelines.get(transport.name)?.add(this.sourceIn(holding, transport))
          }
        }
      })
      for (const transport of this.settings.transports) await this.open(transport)
      await this.trying(() => this.forgetTakenOut())
      await this.trying(() => this.custody.tidy())
    })
    return this.looking
  }

  /** Is what `id` shipped this one's now? */
  succeeds(id: string): boolean {
    return id === this.settings.id || this.settings.predecessors?.includes(id) === true
  }

  /**
   * A transport that a reload took out lets go of its lines. Only in what this process wrote itself: another one of the same
   * service may have other transports, and come again.
   */
  private async forgetTakenOut(): Promise<void> {
    const { predecessors = [], transports } = this.settings
    for (const holding of this.custody.holdings) {
      if (!holding.settled || !predecessors.includes(holding.owner.id) || this.searched.has(holding.folder)) continue
      for (const name of holding.owner.transports) {
        if (transports.some(transport => transport.name === name)) continue
        const lines = await holding.giveUp(name)
        if (lines > 0) say(`${name}: ${count(lines)} given up: it was taken out of the configuration`)
      }
      this.searched.add(holding.folder)
    }
  }

  private async trying(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      report(`spool ${this.settings.root}`, `spool: ${(error as Error).message}; trying again`)
    }
  }

  /** A module that cannot be loaded now is tried again at the next look; its lines wait. */
  private async open(description: ShippedTransport): Promise<void> {
    const { name } = description
    if (this.pipelines.has(name) || this.closed) return
    try {
      const transport = await loadTransport(description)
      const deadLetters = new DeadLetters(this.settings.root, name, systemClock, {
        tell: true,
        fsync: this.settings.fsync,
        // What is in memory is bounded: one such line must not cost all that come after it.
        mayDrop: () => (this.memory.get(name)?.backlog().lines ?? 0) > 0,
      })
      const memory = this.memory.get(name)
      const sources: Source[] = this.custody.holdings.map(holding => this.sourceIn(holding, description))
      if (memory !== undefined) sources.push(memory)
      this.pipelines.set(name, new Pipeline({ transport, sources, deadLetters }))
    } catch (error) {
      if (!this.failed.has(name)) say(`${name}: cannot be opened, its lines wait: ${(error as Error).message}`)
      this.failed.add(name)
    }
  }

  /** Which lines an application's are for was fixed when they were written. */
  private sourceIn(holding: Holding, { name, level }: ShippedTransport): Source {
    return holding.source(name, this.everything && level !== undefined ? STANDARD_LEVELS.number(level) : 0)
  }

  /** Lines acknowledged or set aside, by all. */
  private get settled(): number {
    return Object.values(this.stats()).reduce((sum, { sent, dead }) => sum + sent + dead, 0)
  }

  /** What waits for a transport that could not be opened is left as well. */
  private total(before: number, results: readonly Flushed[]): Flushed {
    const unopened = this.settings.transports.filter(({ name }) => !this.pipelines.has(name))
    const waiting = unopened.flatMap(transport =>
      this.custody.holdings.map(holding => this.sourceIn(holding, transport).backlog().lines),
    )
    return {
      flushed: this.settled - before,
      left: [...results.map(({ left }) => left), ...waiting].reduce((sum, lines) => sum + lines, 0),
    }
  }
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  const timer = new AbortController()
  await Promise.race([work, systemClock.wait(ms, timer.signal)])
  timer.abort()
}

/** How long the directory of a process that has died may wait to be adopted, in ms. */
const LOOK_MS = 10_000
/** Where every new writer's directory is one to adopt. */
const SIDECAR_LOOK_MS = 1000
