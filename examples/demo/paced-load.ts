import { EventEmitter, once } from 'node:events'
import { Agent, request } from 'node:http'
import { CONNECTIONS, REQUESTS } from './load'

const TICK_MS = 10

/** Customers at a steady pace, which a receiver on the same machine can keep up with. */
export class PacedLoad {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  private readonly answers = new EventEmitter()
  private readonly timer: NodeJS.Timeout
  private sent = 0

  /** `rate` is requests a second. */
  constructor(
    private readonly url: string,
    rate: number,
  ) {
    const begun = performance.now()
    this.timer = setInterval(() => {
      while (this.sent < ((performance.now() - begun) * rate) / 1000) this.send()
    }, TICK_MS)
  }

  /** Resolves at an answer: the service has the other requests of the same moment in hand. */
  async busy(): Promise<void> {
    await once(this.answers, 'answer')
  }

  stop(): void {
    clearInterval(this.timer)
    this.agent.destroy()
  }

  private send(): void {
    const { method, path } = REQUESTS[this.sent++ % REQUESTS.length]!
    const outgoing = request(new URL(path, this.url), { method, agent: this.agent })
    outgoing.on('response', answer => {
      answer.resume()
      this.answers.emit('answer')
    })
    // The service is killed under it.
    outgoing.on('error', () => {})
    outgoing.end()
  }
}
