import type { ApiState } from './api'
import type { Registry } from './registry'
import { report } from './report'

const STATE = Symbol.for('hewn.api.1')
const MAX_AGE = 30_000

/**
 * Answers `hewn/api`: from now on its loggers are this registry's. What they kept until now is logged when the
 * configuration has been read, with the time of the call. Returns how many records wait for that.
 */
export function attachApi(registry: Registry): number {
  const home = globalThis as { [STATE]?: ApiState }
  home[STATE] ??= { early: [], seen: 0 }
  const state = home[STATE]
  if (state.backend !== undefined) return 0
  state.backend = { version: 1, getLogger: name => registry.getLogger(name) }
  const early = state.early.splice(0)
  if (state.seen > 0) registry.onStart(() => replay(registry, early, state.seen))
  return early.length
}

function replay(registry: Registry, early: ApiState['early'], seen: number): void {
  const [now, nowAt] = [Date.now(), performance.now()]
  const fresh = early.filter(({ at }) => nowAt - at <= MAX_AGE)
  for (const { name, level, args, bound, at } of fresh) {
    registry.replay(name, level, Math.round(now - (nowAt - at)), args, bound)
  }
  const lost = seen - fresh.length
  if (lost > 0) report('hewn/api', `${lost} early records of libraries were not kept (at most 256, for 30 s)`)
}
