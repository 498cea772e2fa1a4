import { join } from 'node:path'
import { PacedLoad } from './paced-load'
import { say } from './say'
import { ServiceProcess } from './service-process'

/** Requests a second: what a receiver on the same machine keeps up with. */
const RATE = 1500

export interface LivesOptions {
  /** For what the service notes of itself, life by life. */
  readonly folder: string
  /** The file of the service's configuration. */
  readonly config: string
  readonly env: Readonly<Record<string, string>>
}

/** The lives of one service, one after the other, each under load. */
export class Lives {
  private readonly services: ServiceProcess[] = []
  private load: PacedLoad | undefined

  constructor(private readonly options: LivesOptions) {}

  async begin(): Promise<void> {
    const life = String(this.services.length + 1)
    const { folder, config, env } = this.options
    const own = { ...env, LOG_LEVEL: 'info', DEMO_LIFE: life }
    const service = await ServiceProcess.start({ folder: join(folder, life), config, env: own })
    this.services.push(service)
    this.load = new PacedLoad(service.url, RATE)
    say(`   ${life === '1' ? 'the service starts' : 'it starts again'}; ${RATE.toLocaleString('en')} requests a second`)
  }

  /** SIGKILL while requests are in hand. */
  async kill(): Promise<void> {
    await this.load?.busy()
    await this.current.end('SIGKILL')
    this.load?.stop()
    say(`   SIGKILL in mid-load, after ${lines(this.current.issued.over)} in turns that were over`)
  }

  /** Ends the load, has all that waits acknowledged, and ends the service. Resolves to how many lines are not. */
  async stop(): Promise<number> {
    this.load?.stop()
    const left = await this.current.flush()
    say(`   the load ends; ${left === 0 ? 'every line is acknowledged' : `${lines(left)} wait in the spool`}`)
    say(`   SIGTERM: the service ended ${await this.current.end('SIGTERM')}`)
    return left
  }

  /** By life: calls whose turn was over. */
  get issued(): number[] {
    return this.services.map(({ issued }) => issued.over)
  }

  private get current(): ServiceProcess {
    return this.services.at(-1)!
  }
}

function lines(count: number): string {
  return `${count.toLocaleString('en')} lines`
}
