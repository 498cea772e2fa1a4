import { peer } from '../place'
import { absent, type Contestant, type FieldsFirst, fieldsFirst, flatReader } from './contestant'

interface Bunyan {
  createLogger(options: object): FieldsFirst
}

export const bunyan: Contestant = {
  open(target) {
    if (target.kind !== 'memory') return absent()
    const { createLogger } = peer('bunyan') as Bunyan
    const log = createLogger({ name: 'benchmark', level: 'info', stream: { write: target.write } })
    return fieldsFirst(log)
  },
  read: flatReader({ level: 'level', time: 'time', message: 'msg', own: ['name', 'hostname', 'pid', 'v'] }),
}
