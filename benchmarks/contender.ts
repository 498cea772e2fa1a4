import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import type { Answer, Job, Question, SiteJob } from './protocol'

export interface Start {
  /** The node to run it with; this one if absent. */
  readonly node?: string | undefined
  readonly flags?: readonly string[]
  /** What the process has as standard output. */
  readonly stdout?: number
}

/** A worker process, from outside: answers one question at a time, and is gone after `close`. */
export class Contender {
  /** Started and set up; rejects if that fails. */
  readonly ready: Promise<Answer>
  private readonly child: ChildProcess
  private waiting: { resolve(answer: Answer): void; reject(error: Error): void } | undefined

  constructor(job: Job | SiteJob, start: Start = {}) {
    const script = 'shapes' in job ? 'disabled-worker.js' : 'worker.js'
    this.child = fork(join(__dirname, script), [JSON.stringify(job)], {
      execPath: start.node ?? process.execPath,
      execArgv: ['--expose-gc', ...(start.flags ?? [])],
      stdio: ['ignore', start.stdout ?? 'ignore', 'inherit', 'ipc'],
      env: environment(),
    })
    this.child.on('message', (answer: Answer) => this.settle(answer))
    this.child.on('exit', code => this.settle({ error: `ended with ${code}` }))
    this.ready = this.next()
  }

  ask(question: Question): Promise<Answer> {
    const answer = this.next()
    this.child.send(question)
    return answer
  }

  async close(): Promise<void> {
    if (this.child.exitCode !== null || !this.child.connected) return
    const gone = new Promise(resolve => this.child.once('exit', resolve))
    this.child.disconnect()
    await gone
  }

  private next(): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject }
    })
  }

  private settle(answer: Answer): void {
    const { waiting } = this
    this.waiting = undefined
    if (answer.error === undefined) waiting?.resolve(answer)
    else waiting?.reject(new Error(answer.error))
  }
}

/** Without what would set up the loggers behind the cases' backs. */
function environment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, NODE_ENV: 'production' }
  for (const name of Object.keys(env)) {
    if (/^(LOG_LEVEL|HEWN_.*|NODE_OPTIONS|DEBUG)$/.test(name)) delete env[name]
  }
  return env
}
