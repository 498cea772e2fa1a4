import type { Registry } from './registry'

/** What has become of the lines of the process's configuration so far. */
export interface Stats {
  /** Lines given up, by level's name, over all transports. */
  readonly dropped: Readonly<Record<string, number>>
  readonly transports: Readonly<Record<string, TransportStats>>
}

export interface TransportStats {
  /** `down` while its target refuses lines. */
  readonly state: 'up' | 'down' | 'closed'
  /** Lines accepted and not yet written, and their bytes. */
  readonly queued: number
  readonly bytes: number
  /** Lines handed to the operating system. */
  readonly sent: number
  readonly dropped: Readonly<Record<string, number>>
}

export function statsOf(registry: Registry): Stats {
  const all = new Map<number, number>(registry.lostLines)
  const transports: Record<string, TransportStats> = {}
  for (const [name, { state, queued, bytes, sent, dropped }] of registry.outlets.stats()) {
    for (const [level, lines] of dropped) all.set(level, (all.get(level) ?? 0) + lines)
    transports[name] = { state, queued, bytes, sent, dropped: byName(dropped, registry) }
  }
  return { dropped: byName(all, registry), transports }
}

function byName(counts: ReadonlyMap<number, number>, registry: Registry): Record<string, number> {
  return Object.fromEntries(Array.from(counts, ([level, lines]) => [registry.levels.label(level), lines]))
}
