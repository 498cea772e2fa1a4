import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads'
import { definedHere } from './delivery/module'
import type { ShipperSettings, ShipperStats } from './delivery/shipper'
import { SpoolSink, type SpoolSinkOptions } from './delivery/spool/sink'
import type { NetworkTransport } from './network-transport'
import { type ExitParticipant, exitRegistry } from './output/exit'
import type { FlushResult, Sink, SinkStats } from './output/sink'
import type { Receiver } from './outputs'
import { report, say } from './report'
import { type Shipping, shipByThread, shipHere, shippedElsewhere } from './shipping'

export interface SpoolOutputOptions extends Omit<SpoolSinkOptions, 'routes' | 'role' | 'name' | 'shipper'> {
  readonly transports: readonly NetworkTransport[]
  readonly receivers: readonly Receiver[]
  /** How long the natural end of the process, or a signal's, may be held up to ship what waits, in ms. */
  readonly closeTimeout: number
  /** The spool outlives the process's container: nothing is shipped at the end, the next start does. */
  readonly persistent: boolean
  /** Ships on the application's own thread. */
  readonly inProcess: boolean
}

/** All network transports of one configuration: lines go to a spool on disk here, and a shipper takes them from there. */
export class SpoolOutput implements Sink, ExitParticipant {
  readonly exitTimeout: number
  readonly write: Sink['write']
  private readonly spool: SpoolSink
  private readonly local: boolean
  private readonly timer: NodeJS.Timeout
  private id: string | undefined
  private shipping: Shipping | undefined
  private shippedAt = 0

  constructor(private readonly options: SpoolOutputOptions) {
    const shipper = foreignShipper(options)
    this.exitTimeout = options.closeTimeout
    this.spool = new SpoolSink({
      ...options,
      name: 'spool',
      role: 'application',
      routes: options.receivers,
      shipper,
      // In a worker thread that another ships for, lines wait until the disk takes them.
      onWaiting: shipper === undefined ? () => this.sendFromMemory() : undefined,
    })
    this.write = this.spool.write.bind(this.spool)
    this.local = shipper === undefined && (options.inProcess || !canTravel(options.transports))
    this.timer = setInterval(() => this.follow(), FOLLOW_MS).unref()
    if (shipper === undefined) {
      this.follow()
      exitRegistry().add(this)
    } else {
      clearInterval(this.timer)
      Atomics.add(loggingThreads(), 0, 1)
      this.shipping = shippedElsewhere(shipper, () => this.spool.sent > 0)
    }
  }

  /** Lines logged before go by the levels of then. */
  setReceivers(receivers: readonly Receiver[]): void {
    this.spool.setRoutes(receivers.map(({ name, min }) => ({ name, min })))
  }

  flushSync(): void {
    this.spool.flushSync()
  }

  async flush(timeout: number): Promise<FlushResult> {
    const deadline = performance.now() + timeout
    const writing = this.spool.flush(timeout)
    // A directory that has just come must not be left out.
    if (this.id !== undefined) this.follow()
    if (this.shipping === undefined) return writing
    const isWritten = this.spool.stats().queued === 0
    const first = await this.shipping.flush(timeout)
    const written = await writing
    // What is being sent from memory is the shipper's to count.
    const unsent = Math.max(0, written.left - this.spool.lent.lines)
    if (isWritten) return { flushed: first.flushed, left: first.left + unsent }
    // What was sent from memory is done with; what the disk has taken after all was not there to be asked for.
    const { flushed, left } = await this.shipping.flush(Math.max(0, deadline - performance.now()))
    return { flushed: first.flushed + flushed, left: left + unsent }
  }

  async close(timeout: number): Promise<FlushResult> {
    const deadline = performance.now() + timeout
    clearInterval(this.timer)
    exitRegistry().remove(this)
    const writing = this.spool.close(timeout)
    if (this.id !== undefined) this.follow()
    const { lines } = this.spool.lent
    const written = await writing
    const shipped = await this.shipping?.close(Math.max(0, deadline - performance.now()))
    this.spool.release()
    return shipped === undefined
      ? written
      : { flushed: shipped.flushed, left: shipped.left + Math.max(0, written.left - lines) }
  }

  /** A signal that nobody but hewn listens to ends the process. */
  async settle(): Promise<void> {
    if (this.options.persistent || this.shipping === undefined) return
    const flushed = await this.flush(this.options.closeTimeout)
    // What is in memory is for no start: the end says that it is lost.
    const left = flushed.left - (this.spool.taken - this.spool.settled)
    if (left > 0) say(`spool: about ${left === 1 ? '1 line' : `${left} lines`} left for the next start`)
  }

  stats(): SinkStats {
    return this.spool.stats()
  }

  /** By transport's name. Empty in a worker thread that the main thread ships for. */
  delivery(): ShipperStats {
    return this.shipping?.stats() ?? {}
  }

  /** Once for what was logged since the last time: the end is announced again when the shipping is done. */
  loopEnded(): void {
    const all = this.spool.taken + loggingThreads()[0]!
    if (all === this.shippedAt) return
    this.shippedAt = all
    void this.settle()
  }

  /** A spool directory can come late, when the disk takes none at first, and be replaced when somebody removes it. */
  private follow(): void {
    const { id } = this.spool
    if (id === undefined || id === this.id) return
    this.shipAs(id)
    publish(this.options, id)
  }

  private shipAs(id: string): void {
    void this.shipping?.close(0)
    this.id = id
    this.shipping = this.ship(id)
    const { turns } = this.spool.lent
    if (turns.length > 0) this.shipping.feed?.(turns)
  }

  /** The disk takes nothing. Where there has been none so far, nobody sends yet. */
  private sendFromMemory(): void {
    if (this.shipping === undefined) this.shipAs(this.spool.lent.spool)
    const turns = this.spool.lend()
    if (turns.length > 0) this.shipping?.feed?.(turns)
  }

  private returned(position: number): void {
    this.spool.returned(position)
    this.sendFromMemory()
  }

  private ship(id: string): Shipping {
    const { root, service, transports, maxBytes, maxAge, fsync } = this.options
    const predecessors = succeed(root, service, id)
    const settings: ShipperSettings = { root, service, id, transports, maxBytes, maxAge, predecessors, fsync }
    const acknowledged = (position: number): void => this.returned(position)
    if (this.local) return shipHere(settings, acknowledged)
    return shipByThread(settings, { acknowledged, fed: () => this.spool.lent.turns })
  }
}

function canTravel(transports: readonly NetworkTransport[]): boolean {
  for (const transport of transports) {
    if (transport.module !== undefined && definedHere(transport.module) !== undefined) {
      const { name } = transport
      report(
        `${name} in-process`,
        `${name}: it is defined in a bundle, or in the program itself, which the delivery thread cannot load; shipping on the application's own thread`,
      )
      return false
    }
    try {
      structuredClone(transport)
    } catch (error) {
      const { name } = transport
      report(
        `${name} in-process`,
        `${name}: its options cannot be sent to the delivery thread (${(error as Error).message}); shipping on the application's own thread`,
      )
      return false
    }
  }
  return true
}

/** The main thread's shipper, for worker threads that log to the same transports; undefined in the main thread. */
function foreignShipper(options: SpoolOutputOptions): string | undefined {
  if (isMainThread) return undefined
  return (getEnvironmentData(HOMES) as Record<string, string> | undefined)?.[homeKey(options)]
}

function publish(options: SpoolOutputOptions, id: string): void {
  if (!isMainThread) return
  loggingThreads()
  const homes = (getEnvironmentData(HOMES) as Record<string, string> | undefined) ?? {}
  setEnvironmentData(HOMES, { ...homes, [homeKey(options)]: id })
}

/** How many worker threads have begun to log to what this process ships: the same memory in all that begin later. */
function loggingThreads(): Int32Array {
  let memory = getEnvironmentData(THREADS) as SharedArrayBuffer | undefined
  if (memory === undefined) {
    memory = new SharedArrayBuffer(4)
    setEnvironmentData(THREADS, memory)
  }
  return new Int32Array(memory)
}

function homeKey({ root, service, transports }: SpoolOutputOptions): string {
  return JSON.stringify([root, service, transports.map(({ name }) => name).sort()])
}

/** Takes note that `id` ships in this place from now on. Returns what has done so before, in this thread. */
function succeed(root: string, service: string, id: string): string[] {
  const key = JSON.stringify([root, service])
  const before = shippedBefore.get(key) ?? []
  shippedBefore.set(key, [...before, id].slice(-MAX_BEFORE))
  return before
}

/** By root and service. A reload that changes a transport begins a new directory, and a new shipper takes over. */
const shippedBefore = new Map<string, string[]>()
const MAX_BEFORE = 100
const HOMES = 'hewn.spool.1'
const THREADS = 'hewn.spool.threads.1'
const FOLLOW_MS = 5000
