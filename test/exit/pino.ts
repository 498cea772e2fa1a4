import pino from 'pino'
import { run, type Subject } from './program'
import { type Task, taskFromArguments } from './task'

/** pino with its own destination: asynchronous as it comes ('file turn', 'pipe'), or with `sync: true` ('file line'). */
function openPino({ to, path }: Task): Subject {
  const logger = to === 'pipe' ? pino() : pino(pino.destination({ dest: path, sync: to === 'file line' }))
  return {
    info: n => logger.info({ n }, 'a line of the turn'),
    fatal: n => logger.fatal({ n }, 'the last line of the turn'),
    flush: () => new Promise(resolve => logger.flush(resolve)),
  }
}

run(taskFromArguments(), openPino)
