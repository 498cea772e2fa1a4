import { peer } from '../place'
import { absent, type Contestant, type FieldsFirst, fieldsFirst, flatReader } from './contestant'

interface Tslog {
  Logger: new (
    options: object,
  ) => FieldsFirst & {
    attachTransport(transport: object): void
  }
}

/** Stack capture off, which its README calls the biggest lever; the lines come by a transport, in JSON. */
export const tslog: Contestant = {
  open(target) {
    if (target.kind !== 'memory') return absent()
    const { Logger } = peer('tslog') as Tslog
    const log = new Logger({ type: 'hidden', minLevel: 'INFO', stack: { capture: 'off' } })
    log.attachTransport({ format: 'json', write: (_record: object, line: string) => target.write(`${line}\n`) })
    return fieldsFirst(log)
  },
  read: flatReader({ level: 'level', time: 'time', message: 'message', own: ['levelId', '_logMeta'] }),
}
