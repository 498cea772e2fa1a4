import type { Explanation } from './levels/explain'
import { levelHandler as handlerFor } from './levels/handler'
import { STANDARD_LEVELS } from './levels/levels'
import { LevelThreads } from './levels/threads'
import { keepTrack } from './live-outputs'
import { type Logger, setDetachedRoot } from './logger'
import { openOutputs } from './open-outputs'
import { DEFAULT_LINE, Registry } from './registry'

const registry = new Registry(STANDARD_LEVELS, undefined, start)
const threads = new LevelThreads(registry.state)

export function getLogger(name = ''): Logger {
  return registry.getLogger(name)
}

export const logger = getLogger()
setDetachedRoot(() => logger)

function start(): void {
  threads.follow()
  const outputs = openOutputs({
    transports: [{ type: 'stdout' }],
    durability: 'turn',
    exitTimeout: 2000,
    signals: true,
    lossLine: (loss) => registry.lossLine(loss),
  })
  registry.state.setLayer('env', 'LOG_LEVEL', process.env['LOG_LEVEL'] ?? '')
  registry.apply(DEFAULT_LINE, keepTrack(outputs))
}

export function explainLevel(name: string): Explanation {
  registry.start()
  return registry.state.rules.explain(name)
}

export function setLevels(text: string, options: { for?: string | number } = {}) {
  registry.start()
  const result = registry.state.overlay(text, options)
  threads.publish()
  return result
}

export function levelHandler() {
  return handlerFor(() => registry.state)
}
