import type { DeliveryStats } from './delivery/stats'
import type { LevelTable } from './levels/levels'
import type { FlushResult, Sink, SinkStats } from './output/sink'
import type { LineTaker } from './scope'
import type { NamedTransport } from './transport'

/** One of the transports that share a spool. */
export interface Receiver {
  readonly name: string
  /** The level its description gives. */
  readonly threshold: number
  /** The level in force. */
  min: number
}

/** By what its description says. */
export function receiverOf({ name, level }: NamedTransport, levels: LevelTable): Receiver {
  const threshold = thresholdOf(level, levels)
  return { name, threshold, min: threshold }
}

/** The number of a transport's `level`: without one, all that the loggers let through. */
export function thresholdOf(level: string | undefined, levels: LevelTable): number {
  return level === undefined ? 0 : (levels.number(level) ?? 0)
}

/** A sink that writes for several transports. */
export interface SharedSink extends Sink {
  /** Their levels have changed. */
  setReceivers(receivers: readonly Receiver[]): void
  /** What has become of their lines, by name. */
  delivery(): Readonly<Record<string, DeliveryStats>>
}

/** A sink with its name and the level below which it takes nothing. */
export interface Route {
  readonly name: string
  readonly sink: Sink
  /** What it was opened from: the same again need not be opened again. */
  readonly key: unknown
  /** The level its description gives. */
  readonly threshold: number
  /** The level in force: a rule `to:name=level` goes before the description. */
  min: number
  /** Of a spool: whom it writes for. */
  readonly shared?: { readonly sink: SharedSink; readonly receivers: readonly Receiver[] }
}

/** Several sinks as one. Each line is made once and handed to every sink that wants its level. */
export class Outputs implements LineTaker {
  readonly routes: readonly Route[]

  constructor(routes: readonly Route[]) {
    this.routes = routes
  }

  /** What a scope should write to: the sink itself where there is only one, so that a line takes no detour. */
  get taker(): LineTaker {
    const [only] = this.routes
    return this.routes.length === 1 && only !== undefined && only.min === 0 ? only.sink : this
  }

  /** The lowest level that any sink wants. */
  get min(): number {
    return Math.min(...this.routes.map(route => route.min), Number.MAX_SAFE_INTEGER)
  }

  /** Puts levels in force: what `rule` says for a name, else what the transport's description says. */
  applyLevels(rule: (name: string) => number | undefined): void {
    for (const route of this.routes) {
      const { shared } = route
      if (shared === undefined) {
        route.min = rule(route.name) ?? route.threshold
        continue
      }
      const before = shared.receivers.map(({ min }) => min)
      for (const receiver of shared.receivers) receiver.min = rule(receiver.name) ?? receiver.threshold
      route.min = Math.min(...shared.receivers.map(({ min }) => min))
      if (shared.receivers.some(({ min }, i) => min !== before[i])) shared.sink.setReceivers(shared.receivers)
    }
  }

  write(line: string, level: number, now: number): void {
    for (const route of this.routes) {
      if (level >= route.min) route.sink.write(line, level, now)
    }
  }

  flush(timeout: number): Promise<FlushResult> {
    return total(this.routes.map(({ sink }) => sink.flush(timeout)))
  }

  close(timeout: number): Promise<FlushResult> {
    return total(this.routes.map(({ sink }) => sink.close(timeout)))
  }

  reopen(): void {
    for (const { sink } of this.routes) sink.reopen?.()
  }

  stats(): [string, SinkStats][] {
    return this.routes.map(({ name, sink }) => [name, sink.stats()])
  }
}

async function total(pending: readonly Promise<FlushResult>[]): Promise<FlushResult> {
  return addUp(await Promise.all(pending))
}

/** What has become of the lines for network transports, by name. */
export function deliveryOf(outputs: Outputs): Readonly<Record<string, DeliveryStats>> {
  return Object.assign({}, ...outputs.routes.map(({ shared }) => shared?.sink.delivery() ?? {}))
}

export function addUp(results: readonly FlushResult[]): FlushResult {
  return {
    flushed: results.reduce((sum, { flushed }) => sum + flushed, 0),
    left: results.reduce((sum, { left }) => sum + left, 0),
  }
}
