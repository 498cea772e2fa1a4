import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import * as hewn from '../../lib/index'

/**
 * An application that does what its parent tells it over IPC, one command a message, and answers each. It has nothing
 * that keeps it alive once it has let go of the channel, or its parent is gone.
 */
const { logger, getLogger } = hewn
const early = getLogger('early').child({ orderId: 7 }).child({ attempt: 1 })
let running = false
let looped = Promise.resolve(0)
let worker: Worker | undefined

const commands = {
  /** As dotenv does. */
  setEnv: (variables: Record<string, string>) => void Object.assign(process.env, variables),
  configure: (options: hewn.ConfigureOptions) => hewn.configure(options),
  /** The answer says that it is written. */
  async log(level: 'debug' | 'info' | 'warn', msg: string) {
    logger[level](msg)
    await hewn.flush()
  },
  logEarly: (msg: string) => early.info(msg),
  level: () => logger.level,
  levels: (...names: string[]) => names.map(name => getLogger(name).level),
  setLevels: (levels: string, duration?: string) => void hewn.setLevels(levels, { for: duration }),
  /** Resolves when the logger has this level. */
  async untilLevel(name: string, level: string) {
    while (process.connected && getLogger(name).level !== level) await wait(5)
    return getLogger(name).level
  },
  /** Logs numbered lines, some in each turn of the event loop, until it is stopped. */
  startLoop() {
    running = true
    looped = loop()
  },
  async stopLoop() {
    running = false
    const lines = await looped
    const { left } = await hewn.flush()
    return { lines, left, dropped: hewn.stats().dropped }
  },
  raise: (signal: NodeJS.Signals) => void process.kill(process.pid, signal),
  listening: (signal: NodeJS.Signals) => process.listenerCount(signal),
  startWorker() {
    worker = new Worker(require.resolve('./worker'))
    worker.unref()
  },
  /** Asks the worker for the levels of this name until they are these. */
  untilWorkerLevel: (name: string, level: string) =>
    new Promise(resolve => {
      worker!.once('message', resolve).postMessage([name, level])
    }),
  stopWorker: () => worker!.terminate(),
  disconnect: () => setImmediate(() => process.disconnect()),
}

export type Commands = typeof commands

async function loop(): Promise<number> {
  let n = 0
  while (running && process.connected) {
    for (let i = 0; i < 5; i++) logger.info({ n: n++ }, 'looping')
    await nextTurn()
  }
  return n
}

process.on('message', async ([id, name, args]: [number, keyof Commands, unknown[]]) => {
  try {
    const command = commands[name] as (...args: unknown[]) => unknown
    process.send!({ id, value: await command(...args) })
  } catch (error) {
    process.send!({ id, error: (error as Error).message })
  }
})
process.send!('ready')
