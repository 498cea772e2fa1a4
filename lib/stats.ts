import type { Acknowledgement } from './delivery/transport'
import { deliveryOf } from './outputs'
import type { Registry } from './registry'

/** What has become of the lines of the process's configuration so far. */
export interface Stats {
  /** Lines given up, by level's name, over all transports. */
  readonly dropped: Readonly<Record<string, number>>
  readonly transports: Readonly<Record<string, TransportStats>>
}

export interface TransportStats {
  /** `down` while its target refuses lines, `held` while a receiver's set-up has to be put right first. */
  readonly state: 'up' | 'down' | 'held' | 'closed'
  /** Lines accepted and not yet written, and their bytes. */
  readonly queued: number
  readonly bytes: number
  /** Lines handed to the operating system; by a network transport, acknowledged. */
  readonly sent: number
  readonly dropped: Readonly<Record<string, number>>
  /** Of a network transport: when the oldest line that waits was written, in ms since 1970. */
  readonly oldest?: number | undefined
  /** Of a network transport: lines sent again, counted each time, and lines set aside. */
  readonly retried?: number
  readonly dead?: number
  /** Of a network transport: of the lines set aside, those given up because their files reached their bound. */
  readonly deadDropped?: number
  /** Of a network transport: what an acknowledgement of its receiver is worth. */
  readonly acknowledges?: Acknowledgement
  /** Of a network transport: why its receiver refused the last request, while that holds. */
  readonly reason?: string | undefined
}

export function statsOf(registry: Registry): Stats {
  const all = new Map<number, number>(registry.lostLines)
  const transports: Record<string, TransportStats> = {}
  for (const [name, { state, queued, bytes, sent, dropped, overrun = [] }] of registry.outlets.stats()) {
    for (const [level, lines] of [...dropped, ...overrun]) all.set(level, (all.get(level) ?? 0) + lines)
    transports[name] = { state, queued, bytes, sent, dropped: byName(dropped, registry) }
  }
  for (const [name, delivery] of Object.entries(deliveryOf(registry.outlets))) {
    transports[name] = { ...delivery, dropped: {} }
  }
  return { dropped: byName(all, registry), transports }
}

/** The same in Prometheus' text format, 0.0.4. Each metric is there from the beginning, so that an alert can rest on it. */
export function prometheusOf(registry: Registry): string {
  const { prometheusText } = require('./delivery/stats') as typeof import('./delivery/stats')
  const { dropped } = statsOf(registry)
  const name = 'hewn_dropped_lines_total'
  const samples = registry.levels.names.map(level => `${name}{level="${level}"} ${dropped[level] ?? 0}\n`)
  const head = `# HELP ${name} Lines given up before they were sent or written.\n# TYPE ${name} counter\n`
  return `${head}${samples.join('')}${prometheusText(deliveryOf(registry.outlets), Date.now())}`
}

function byName(counts: ReadonlyMap<number, number>, registry: Registry): Record<string, number> {
  return Object.fromEntries(Array.from(counts, ([level, lines]) => [registry.levels.label(level), lines]))
}
