import { peer } from '../place'
import { absent, type Contestant, type Fields, flatReader, type MessageFirst, messageFirst } from './contestant'

interface Log4js {
  configure(options: object): { getLogger?: unknown }
  getLogger(): MessageFirst
  addLayout(name: string, make: () => (event: Event) => string): void
}

interface Event {
  readonly startTime: Date
  readonly level: { readonly levelStr: string }
  readonly data: readonly [message: string, fields?: Fields]
}

/** It ships no JSON layout: this is the one its documentation shows, flat, into an appender that is a plain function. */
export const log4js: Contestant = {
  open(target) {
    if (target.kind !== 'memory') return absent()
    const { addLayout, configure, getLogger } = peer('log4js') as Log4js
    addLayout(
      'json',
      () =>
        ({ startTime, level, data }) =>
          `${JSON.stringify({ time: startTime, level: level.levelStr, message: data[0], ...data[1] })}\n`,
    )
    const appender = (
      config: { layout: object },
      layouts: { layout(type: string, config: object): (e: Event) => string },
    ) => {
      const format = layouts.layout('json', config.layout)
      return (event: Event) => target.write(format(event))
    }
    configure({
      appenders: { memory: { type: { configure: appender }, layout: { type: 'json' } } },
      categories: { default: { appenders: ['memory'], level: 'info' } },
    })
    const log = getLogger()
    return messageFirst(log)
  },
  read: flatReader({ level: 'level', time: 'time', message: 'message', own: [] }),
}
