import { constants } from 'node:os'
import { isMainThread } from 'node:worker_threads'
import { formatProblem, nearest, type Problem, quote } from './problem'
import { report } from './report'

/** The signal on which a process reads its configuration again, if one is asked for. None by default: nodemon and pm2 use SIGUSR2. */
export class ReloadSignal {
  private current: NodeJS.Signals | undefined

  constructor(private readonly received: () => void) {}

  /** Listens to this signal instead of the one before. Worker threads get no signals. */
  listen(signal: string | undefined): void {
    if (!isMainThread || signal === this.current) return
    if (this.current !== undefined) process.off(this.current, this.received)
    this.current = undefined
    if (signal === undefined) return
    if (!Object.hasOwn(constants.signals, signal) || UNUSABLE.has(signal)) {
      const names = Object.keys(constants.signals).filter(name => !UNUSABLE.has(name))
      const problem = { where: 'reload.signal', found: quote(signal), expected: 'a signal such as SIGUSR2 or SIGHUP' }
      report('reload.signal', formatProblem({ ...problem, suggestion: nearest(signal, names) }))
      return
    }
    this.current = signal as NodeJS.Signals
    process.on(this.current, this.received)
  }
}

/** What is wrong with a signal's name. Not a matter of the schema: each system has its own signals. */
export function signalProblems(signal: string | undefined, where: string): Problem[] {
  if (signal === undefined || (Object.hasOwn(constants.signals, signal) && !UNUSABLE.has(signal))) return []
  const names = Object.keys(constants.signals).filter(name => !UNUSABLE.has(name))
  const expected = 'a signal such as SIGUSR2 or SIGHUP'
  return [{ where, found: quote(signal), expected, suggestion: nearest(signal, names) }]
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
