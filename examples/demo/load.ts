import autocannon from 'autocannon'

export const CONNECTIONS = 16
/** Longer than any run, which ends when it is stopped; in seconds. */
const LONGEST = 3600
/** How soon it takes note that it is stopped, in ms. */
const SAMPLE = 100

export const REQUESTS = [
  { method: 'GET', path: '/catalog/oak' },
  { method: 'GET', path: '/catalog/ash' },
  { method: 'POST', path: '/checkout' },
  { method: 'GET', path: '/catalog/larch' },
]

/** Customers, by autocannon: as many requests as the service answers. */
export class Load {
  answered = 0
  private readonly run: autocannon.Run
  private since = { at: performance.now(), answered: 0 }

  constructor(url: string) {
    this.run = autocannon({ url, connections: CONNECTIONS, duration: LONGEST, sampleInt: SAMPLE, requests: REQUESTS })
    this.run.on('response', () => this.answered++)
  }

  /** Leaves what has been out of the rate: both processes are slower while their code is compiled. */
  startRate(): void {
    this.since = { at: performance.now(), answered: this.answered }
  }

  /** Answers a second since `startRate`. */
  get rate(): number {
    return ((this.answered - this.since.answered) / (performance.now() - this.since.at)) * 1000
  }

  async stop(): Promise<void> {
    this.run.stop()
    await this.run
  }
}
