import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { messageOf } from './message'
import { say } from './say'
import { type Issued, readTally } from './tally'

export interface ServiceOptions {
  /** For its count; made if it is not there. */
  readonly folder: string
  /** A file of configuration. */
  readonly config: string
  readonly env: Readonly<Record<string, string>>
}

/** The shop's service as a process of its own. What it says on stderr is shown, marked. */
export class ServiceProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    readonly url: string,
  ) {}

  /** Resolves when it listens. */
  static async start({ folder, config, env }: ServiceOptions): Promise<ServiceProcess> {
    mkdirSync(folder, { recursive: true })
    const child = fork(join(__dirname, 'service.js'), [folder], {
      env: { ...process.env, ...env, HEWN_CONFIG: config },
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    })
    createInterface({ input: child.stderr! }).on('line', line => say(`   its stderr: ${line}`))
    const port = await messageOf<number>(child)
    return new ServiceProcess(child, folder, `http://127.0.0.1:${port}`)
  }

  get issued(): Issued {
    return readTally(join(this.folder, 'calls'))
  }

  /** How many lines are not acknowledged after half a minute. */
  async flush(): Promise<number> {
    const answer = messageOf<{ left: number }>(this.child)
    this.child.send('flush')
    return (await answer).left
  }

  /** Resolves to how it ended. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<string> {
    const closed = once(this.child, 'close') as Promise<[number | null, NodeJS.Signals | null]>
    this.child.kill(signal)
    const [code, by] = await closed
    return by === null ? `by itself, with code ${code}` : `by ${by}`
  }
}

/** Writes a configuration to a file, for HEWN_CONFIG. */
export function writeConfig(folder: string, config: object): string {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'hewn.config.json')
  writeFileSync(path, `${JSON.stringify(config, undefined, 2)}\n`)
  return path
}
