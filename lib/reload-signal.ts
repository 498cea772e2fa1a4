import { constants } from 'node:os'
import { isMainThread } from 'node:worker_threads'

/** The signal on which a process reads its configuration again, if one is asked for. None by default: nodemon and pm2 use SIGUSR2. */
export class ReloadSignal {
  private current: NodeJS.Signals | undefined

  constructor(private readonly received: () => void) {}

  /** Listens to this signal instead of the one before; to none, if it is none to listen to. Worker threads get no signals. */
  listen(signal: string | undefined): void {
    if (!isMainThread || signal === this.current) return
    if (this.current !== undefined) process.off(this.current, this.received)
    this.current = signal !== undefined && isReloadSignal(signal) ? signal : undefined
    if (this.current !== undefined) process.on(this.current, this.received)
  }
}

/** Whether a process can listen to a signal of this name and live. */
export function isReloadSignal(name: string): name is NodeJS.Signals {
  return Object.hasOwn(constants.signals, name) && !UNUSABLE.has(name)
}

/** Those that cannot be listened to, and those that end the process. */
const UNUSABLE: ReadonlySet<string> = new Set([
  'SIGKILL',
  'SIGSTOP',
  'SIGTERM',
  'SIGINT',
  'SIGABRT',
  'SIGSEGV',
  'SIGUSR1',
])
