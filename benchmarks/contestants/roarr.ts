import { peer } from '../place'
import { absent, type Contestant, type Fields, type FieldsFirst, fieldsFirst, levelName } from './contestant'

interface Roarr {
  Roarr: FieldsFirst
  ROARR: { write: (line: string) => void; sequence: number }
}

export const roarr: Contestant = {
  open(target) {
    if (target.kind !== 'memory') return absent()
    // Off by default; read when it is loaded.
    process.env.ROARR_LOG = 'true'
    const { Roarr: log, ROARR: state } = peer('roarr') as Roarr
    state.write = line => target.write(`${line}\n`)
    return {
      ...fieldsFirst(log),
      rewind() {
        state.sequence = 0
      },
    }
  },
  read(line) {
    const { logLevel, ...fields } = line.context as Fields
    return { level: levelName(logLevel), time: Number(line.time), message: String(line.message), fields }
  },
}
