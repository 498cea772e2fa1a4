import { peer } from '../place'
import { absent, type Contestant, type FieldsFirst, fieldsFirst, flatReader } from './contestant'

interface Bole {
  default: {
    (name: string): FieldsFirst
    output(output: object): void
    setFastTime(on: boolean): void
  }
}

/** With `setFastTime`, which its README advises for speed. */
export const bole: Contestant = {
  open(target) {
    if (target.kind !== 'memory') return absent()
    const { default: create } = peer('bole') as Bole
    create.output({ level: 'info', stream: { write: target.write } })
    create.setFastTime(true)
    const log = create('benchmark')
    return fieldsFirst(log)
  },
  read: flatReader({ level: 'level', time: 'time', message: 'message', own: ['hostname', 'pid', 'name'] }),
}
