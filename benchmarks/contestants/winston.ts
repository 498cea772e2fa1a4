import { Writable } from 'node:stream'
import { peer } from '../place'
import { absent, type Contestant, flatReader, type MessageFirst, messageFirst } from './contestant'

interface Winston {
  createLogger(options: object): MessageFirst
  format: { combine(...formats: object[]): object; timestamp(): object; json(): object }
  transports: { Stream: new (options: { stream: Writable; eol: string }) => object }
}

/** JSON with a timestamp, as its README sets it up, into its own Stream transport. */
export const winston: Contestant = {
  open(target) {
    if (target.kind !== 'memory') return absent()
    const { createLogger, format, transports } = peer('winston') as Winston
    const stream = new Writable({
      decodeStrings: false,
      write(text: string, _encoding, done) {
        target.write(text)
        done()
      },
    })
    const log = createLogger({
      level: 'info',
      format: format.combine(format.timestamp(), format.json()),
      transports: [new transports.Stream({ stream, eol: '\n' })],
    })
    return messageFirst(log)
  },
  read: flatReader({ level: 'level', time: 'timestamp', message: 'message', own: [] }),
}
