import { setImmediate } from 'node:timers'
import { attachApi } from './api-backend'
import type { Application, ConfigureOptions } from './application'
import { withContext } from './context'
import type { createLogger } from './create-logger'
import type { Explanation } from './levels/explain'
import type { levelHandler } from './levels/handler'
import { STANDARD_LEVELS } from './levels/levels'
import type { OverlayResult } from './levels/state'
import { close, flush } from './live-outputs'
import { type Logger, setDetachedRoot } from './logger'
import { formatProblem } from './problem'
import { Registry } from './registry'
import { report } from './report'
import { prometheusOf, type Stats, statsOf } from './stats'

/** What one copy of hewn offers to the others in the process. Frozen; it can only grow, under the same symbol. */
export interface Face {
  readonly logger: Logger
  getLogger(name?: string): Logger
  createLogger: typeof createLogger
  configure(options: ConfigureOptions): void
  setLevels(levels: string, options?: { for?: string | number | undefined }): OverlayResult
  explainLevel(name?: string): Explanation
  levelHandler(): ReturnType<typeof levelHandler>
  withContext: typeof withContext
  flush: typeof flush
  close: typeof close
  stats(): Stats
  prometheus(): string
}

/**
 * The process's face: that of the first copy loaded. An application's copy and a library's, an ES module's and a
 * CommonJS one's, are one logger with one configuration.
 */
export function sharedFace(): Face {
  const home = globalThis as { [FACE]?: Face }
  home[FACE] ??= Object.freeze(makeFace())
  return home[FACE]
}

const FACE = Symbol.for('hewn.1')

function makeFace(): Face {
  let loaded: Application | undefined
  const application = (): Application => (loaded ??= new (loadApplication().Application)(registry))
  const registry = new Registry(STANDARD_LEVELS, undefined, () => application().start())
  const getLogger = (name = ''): Logger => registry.getLogger(name)
  const logger = getLogger()
  setDetachedRoot(() => logger)
  const early = attachApi(registry)
  // Early records wait for the configuration; should nobody log, they are written a turn later.
  if (early > 0) setImmediate(() => registry.start())
  return {
    logger,
    getLogger,
    createLogger: options => loadCreateLogger().createLogger(options),
    configure: options => application().configure(options),
    setLevels(levels, options = {}) {
      registry.start()
      const result = registry.state.overlay(levels, options)
      for (const problem of result.problems) report(formatProblem(problem), formatProblem(problem))
      return result
    },
    explainLevel(name = '') {
      registry.start()
      return registry.state.rules.explain(name)
    },
    levelHandler() {
      const state = () => {
        registry.start()
        return registry.state
      }
      return loadHandler().levelHandler(state)
    },
    withContext,
    flush,
    close,
    stats: () => statsOf(registry),
    prometheus: () => prometheusOf(registry),
  }
}

// Loaded when they are first used: an import costs what a program needs before its first line.
const loadApplication = () => require('./application') as typeof import('./application')
const loadCreateLogger = () => require('./create-logger') as typeof import('./create-logger')
const loadHandler = () => require('./levels/handler') as typeof import('./levels/handler')
