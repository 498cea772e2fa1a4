import { peer } from '../place'
import { absent, type Contestant, flatReader, type MessageFirst, messageFirst } from './contestant'

interface LogTape {
  configureSync(options: object): void
  getLogger(category: string[]): MessageFirst
  getJsonLinesFormatter(options: object): (record: object) => string
}

/** Its own JSON Lines formatter in a sink that is a plain function. `template`: the message has no placeholders. */
export const logtape: Contestant = {
  open(target) {
    if (target.kind !== 'memory') return absent()
    const { configureSync, getLogger, getJsonLinesFormatter } = peer('@logtape/logtape') as LogTape
    const format = getJsonLinesFormatter({ properties: 'flatten', message: 'template' })
    configureSync({
      sinks: { memory: (record: object) => target.write(format(record)) },
      loggers: [
        { category: ['benchmark'], sinks: ['memory'], lowestLevel: 'info' },
        { category: ['logtape', 'meta'], lowestLevel: 'error' },
      ],
    })
    const log = getLogger(['benchmark'])
    return messageFirst(log)
  },
  read: flatReader({ level: 'level', time: '@timestamp', message: 'message', own: ['logger'] }),
}
