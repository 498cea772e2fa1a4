import cluster from 'node:cluster'
import { parentPort } from 'node:worker_threads'
import { onExit } from 'signal-exit'
import { HANDLER_LINES, LISTENER_LINES, type Task } from './task'

/** A logger as the exit table needs it: each line carries its number. */
export interface Subject {
  info(n: number): void
  fatal(n: number): void
  flush(): Promise<unknown>
}

/** What all programs without a logger use, so that they do all else the same. */
const SILENCE: Subject = { info() {}, fatal() {}, flush: async () => {} }

/** Logs the task's lines in one turn and ends as it says. `open` opens the logger; without it the program logs nothing. */
export function run(task: Task, open: (task: Task) => Subject = () => SILENCE): void {
  const burst = new Burst(task)
  burst.extras('before')
  burst.log = open(task)
  if (task.start === 'first tick') burst.run()
  // Long enough for loggers that open their file asynchronously.
  else setTimeout(() => burst.run(), 30)
}

class Burst {
  log = SILENCE
  private next = 0
  private keepAlive: NodeJS.Timeout | undefined

  constructor(private readonly task: Task) {}

  run(): void {
    const { task } = this
    this.lines(1)
    this.extras('after')
    if (task.listener !== undefined) process.once(task.listener, () => this.lines(LISTENER_LINES))
    this.lines(task.lines - 2)
    if (task.last === 'fatal') this.log.fatal(this.next++)
    else this.lines(1)
    if (task.at === 'turn') this.end()
    else if (task.at === 'next turn') setImmediate(() => this.end())
    else void this.log.flush().then(() => this.end())
  }

  extras(when: 'before' | 'after'): void {
    const { handler, end, signalExit } = this.task
    if (signalExit === when) onExit(() => {})
    if (handler?.added === when) process[handler.by](end, () => this.handle())
  }

  private lines(count: number): void {
    for (let i = 0; i < count; i++) this.log.info(this.next++)
  }

  private handle(): void {
    this.lines(HANDLER_LINES)
    switch (this.task.handler?.does) {
      case 'exit':
        process.exit(7)
        break
      case 'raise':
        this.raise()
        break
      case 'raise later':
        setTimeout(() => {
          this.lines(HANDLER_LINES)
          this.raise()
        }, 1)
        break
      default:
        clearInterval(this.keepAlive)
    }
  }

  private raise(): void {
    process.kill(process.pid, this.task.end)
  }

  private end(): void {
    switch (this.task.end) {
      case 'natural':
        cluster.worker?.disconnect()
        break
      case 'exit':
        process.exit(3)
        break
      case 'throw':
        throw new Error('thrown by the application, caught by nobody')
      case 'rejection':
        void Promise.reject(new Error('rejected by the application, handled by nobody'))
        break
      case 'abort':
        process.abort()
        break
      case 'terminate':
        this.stayAlive()
        parentPort?.postMessage('terminate me')
        break
      default:
        // As a service's server would; what a signal does is known only once the event loop turns.
        this.stayAlive()
        this.raise()
    }
  }

  private stayAlive(): void {
    this.keepAlive = setInterval(() => {}, 60_000)
  }
}
