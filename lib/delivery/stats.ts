import type { Acknowledgement } from './transport'

/** What has become of a transport's lines since its pipeline was started. */
export interface DeliveryStats {
  /** `down` while the receiver does not take lines, `held` while its set-up has to be put right first. */
  readonly state: 'up' | 'down' | 'held' | 'closed'
  /** Lines that wait, and their bytes. */
  readonly queued: number
  readonly bytes: number
  /** When the oldest of them was written, in ms since 1970. */
  readonly oldest: number | undefined
  /** What an acknowledgement of this receiver is worth: with `received` and `none`, what is sent can still be lost. */
  readonly acknowledges: Acknowledgement
  /** Lines acknowledged. */
  readonly sent: number
  /** Lines sent again, counted each time. */
  readonly retried: number
  /** Lines set aside. */
  readonly dead: number
  /** Of those set aside, lines given up because their files reached their bound. */
  readonly deadDropped: number
  /** Why the last request was refused, while that holds. Holds no secret. */
  readonly reason: string | undefined
}

/** The figures of all transports in Prometheus' text format, version 0.0.4. `now` is in ms since 1970. */
export function prometheusText(transports: Readonly<Record<string, DeliveryStats>>, now: number): string {
  return METRICS.map(({ name, type, help, value }) => {
    const samples = Object.entries(transports).map(
      ([transport, stats]) => `${name}{transport="${escapeLabel(transport)}"} ${value(stats, now)}\n`,
    )
    return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${samples.join('')}`
  }).join('')
}

interface Metric {
  readonly name: string
  readonly type: 'counter' | 'gauge'
  readonly help: string
  value(stats: DeliveryStats, now: number): number
}

const METRICS: readonly Metric[] = [
  gauge('hewn_transport_up', 'Whether the receiver takes lines.', ({ state }) => (state === 'up' ? 1 : 0)),
  gauge('hewn_transport_held', 'Whether its set-up has to be put right.', ({ state }) => (state === 'held' ? 1 : 0)),
  gauge('hewn_transport_queued_lines', 'Lines that wait.', stats => stats.queued),
  gauge('hewn_transport_queued_bytes', 'Bytes of the lines that wait.', stats => stats.bytes),
  gauge('hewn_transport_oldest_seconds', 'Age of the oldest line that waits.', ({ oldest }, now) =>
    oldest === undefined ? 0 : Math.max(0, now - oldest) / 1000,
  ),
  counter('hewn_transport_sent_lines_total', 'Lines acknowledged.', stats => stats.sent),
  counter('hewn_transport_retried_lines_total', 'Lines sent again, counted each time.', stats => stats.retried),
  counter('hewn_transport_dead_lines_total', 'Lines set aside.', stats => stats.dead),
  counter('hewn_transport_dead_dropped_lines_total', 'Lines set aside and given up.', stats => stats.deadDropped),
]

function gauge(name: string, help: string, value: Metric['value']): Metric {
  return { name, type: 'gauge', help, value }
}

function counter(name: string, help: string, value: Metric['value']): Metric {
  return { name, type: 'counter', help, value }
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
