import { setImmediate as nextTurn } from 'node:timers/promises'
import * as hewn from '../../lib/index.mjs'
import { file } from '../../transports/file.mjs'

/**
 * Uses hewn as its first argument says, and tells of it on stderr. A module that awaits what nothing will ever settle
 * ends with code 13: so the exit code says whether a pending flush or close held the event loop.
 */
const [scenario, path = ''] = process.argv.slice(2)

/** How long a flush waits for a destination that never drains, in ms. */
const timeout = 100

switch (scenario) {
  case 'at rest':
    useAll()
    break
  case 'lines held':
    holdLines()
    break
  case 'flush':
  case 'close':
    holdLines()
    console.error(JSON.stringify(await hewn[scenario]({ timeout })))
    break
}
if (scenario !== 'flush' && scenario !== 'close') {
  // The turn's own end is scheduled in the first; what is there in the second stays.
  await nextTurn()
  await nextTurn()
  // A pipe is named here even when it is only written to, and keeps nothing alive then.
  const resources = process.getActiveResourcesInfo().filter(name => name !== 'PipeWrap')
  console.error(`kept alive by ${JSON.stringify(resources)}`)
}

/** Whatever in hewn has a timer, a listener or a handle. */
function useAll(): void {
  hewn.logger.info('into the pipe')
  hewn.getLogger('http').child({ a: 1 }).error('at once')
  hewn.createLogger({ transports: [file({ path })] }).info('into the file')
  hewn.setLevels('http=debug', { for: '1h' })
  hewn.levelHandler()
}

/** Ten lines for a destination that takes the first and asks to wait for a 'drain' that never comes. */
function holdLines(): void {
  const logger = hewn.createLogger({ destination: { write: () => false, once: () => {}, on: () => {} } })
  for (let n = 0; n < 10; n++) logger.info({ n }, 'held')
}
