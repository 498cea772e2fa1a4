import { closeSync, openSync, writeSync } from 'node:fs'
import type { LoggerOptions } from '../../lib/index'
import type { Subject } from './program'
import type { Task } from './task'

type Hewn = typeof import('../../lib/index')
type File = typeof import('../../transports/file').file

/** hewn as the task asks for it. Into a pipe it is as it comes: nothing is configured. */
export function openHewn(hewn: Hewn, file: File, task: Task): Subject {
  const options = optionsFor(task, file)
  const logger = options === undefined ? hewn.logger : hewn.createLogger(options)
  return {
    info: n => logger.info({ n }, 'a line of the turn'),
    fatal: n => logger.fatal({ n }, 'the last line of the turn'),
    flush: () => hewn.flush(),
  }
}

function optionsFor({ to, path = '' }: Task, file: File): LoggerOptions | undefined {
  switch (to) {
    case 'file turn':
      return { transports: [file({ path })] }
    case 'file line':
      return { transports: [file({ path, durability: 'line' })] }
    case 'destination':
      return { destination: appender(path) }
    default:
      return undefined
  }
}

function appender(path: string): { write(line: string): void } {
  closeSync(openSync(path, 'w'))
  const fd = openSync(path, 'a')
  return { write: line => void writeSync(fd, line) }
}
