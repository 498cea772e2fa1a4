import { floorFor } from '../floor'
import type { Payload } from '../inputs'
import { bole } from './bole'
import { bunyan } from './bunyan'
import type { Contestant } from './contestant'
import { hewn } from './hewn'
import { log4js } from './log4js'
import { logtape } from './logtape'
import { pinoContestant } from './pino'
import { roarr } from './roarr'
import { tslog } from './tslog'
import { winston } from './winston'

const BY_NAME = { hewn, pino: pinoContestant, winston, bunyan, logtape, tslog, roarr, bole, log4js }

export type ContestantName = keyof typeof BY_NAME | 'floor'

/** The floor is written anew for each payload. */
export function contestantNamed(name: ContestantName, payload: Payload): Contestant {
  return name === 'floor' ? floorFor(payload) : BY_NAME[name]
}
