import { setTimeout as wait } from 'node:timers/promises'
import { parentPort } from 'node:worker_threads'
import { getLogger } from '../../lib/index'

/** A worker thread that says when a name has come to a level, and logs a line there. */
parentPort!.on('message', async ([name, level]: [string, string]) => {
  const logger = getLogger(name)
  while (logger.level !== level) await wait(5)
  logger.debug('from the worker')
  parentPort!.postMessage(level)
})
