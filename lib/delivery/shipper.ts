import { say } from '../report'
import { systemClock } from './clock'
import { DeadLetters } from './dead-letters'
import { loadTransport } from './load'
import { type Flushed, Pipeline } from './pipeline'
import { Custody, type CustodyOptions } from './spool/custody'
import type { DeliveryStats } from './stats'
import type { DefinedTransport } from './transport'

/** What a shipper works with: plain data, so that it can be sent to a thread. */
export interface ShipperSettings extends Pick<CustodyOptions, 'root' | 'service' | 'maxBytes' | 'maxAge'> {
  /** The id of the home whose lock says that this process lives. */
  readonly id: string
  /** Each with a name of its own. */
  readonly transports: readonly (DefinedTransport<object> & { readonly name: string })[]
}

/** By transport's name. */
export type ShipperStats = Readonly<Record<string, DeliveryStats>>

/**
 * Ships what is in the spool directories of one application, its own and those it adopts: a pipeline for each transport.
 * Runs wherever it is made, in the delivery thread or in the application's own. Never throws and never rejects.
 */
export class Shipper {
  private readonly custody: Custody
  private readonly pipelines = new Map<string, Pipeline>()
  private readonly failed = new Set<string>()
  private readonly timer: NodeJS.Timeout
  private looking: Promise<void> = Promise.resolve()
  private closing: Promise<Flushed> | undefined

  constructor(private readonly settings: ShipperSettings) {
    const { transports } = settings
    this.custody = new Custody({ ...settings, role: 'application', transports: transports.map(({ name }) => name) })
    this.timer = setInterval(() => this.look(), LOOK_MS).unref()
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

  stats(): ShipperStats {
    return Object.fromEntries(Array.from(this.pipelines, ([name, pipeline]) => [name, pipeline.stats()]))
  }

  private async shut(timeout: number): Promise<Flushed> {
    const deadline = performance.now() + timeout
    const before = this.settled
    clearInterval(this.timer)
    await within(timeout, this.looking)
    const left = Math.max(0, deadline - performance.now())
    const result = this.total(
      before,
      await Promise.all(Array.from(this.pipelines.values(), pipeline => pipeline.close(left))),
    )
    this.custody.close()
    return result
  }

  /** Looks for directories to adopt and clears away what is delivered. One look at a time. */
  look(): Promise<void> {
    this.looking = this.looking.then(async () => {
      try {
        for (const holding of await this.custody.scan()) {
          for (const [name, pipeline] of this.pipelines) pipeline.add(holding.source(name))
        }
        for (const transport of this.settings.transports) await this.open(transport)
        await this.custody.tidy()
      } catch (error) {
        say(`spool: ${(error as Error).message}; trying again`)
      }
    })
    return this.looking
  }

  /** A module that cannot be loaded now is tried again at the next look; its lines wait. */
  private async open(description: ShipperSettings['transports'][number]): Promise<void> {
    const { name } = description
    if (this.pipelines.has(name) || this.closing !== undefined) return
    try {
      const transport = await loadTransport(description)
      const deadLetters = new DeadLetters(this.settings.root, name, systemClock)
      const sources = this.custody.holdings.map(holding => holding.source(name))
      this.pipelines.set(name, new Pipeline({ transport, sources, deadLetters }))
    } catch (error) {
      if (!this.failed.has(name)) say(`${name}: cannot be opened, its lines wait: ${(error as Error).message}`)
      this.failed.add(name)
    }
  }

  /** Lines acknowledged or set aside, by all. */
  private get settled(): number {
    return Object.values(this.stats()).reduce((sum, { sent, dead }) => sum + sent + dead, 0)
  }

  /** What waits for a transport that could not be opened is left as well. */
  private total(before: number, results: readonly Flushed[]): Flushed {
    const unopened = this.settings.transports.filter(({ name }) => !this.pipelines.has(name))
    const waiting = unopened.flatMap(({ name }) =>
      this.custody.holdings.map(holding => holding.source(name).backlog().lines),
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
