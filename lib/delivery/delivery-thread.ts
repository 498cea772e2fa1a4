import { Worker } from 'node:worker_threads'
import { shared } from '../output/realm'
import { report } from '../report'
import { listenedTo, publish } from './channels'
import type { Flushed } from './pipeline'
import { nextPause } from './restart'
import type { ShipperSettings, ShipperStats } from './shipper'
import type { LentTurn } from './spool/lent'
import { threadFile, threadText } from './thread-program'
import type { AllStats, Answer, Request, ThreadData } from './thread-protocol'

/** What the thread works for. */
export interface Client {
  /** All turns that it was fed, up to a line's number, are acknowledged or set aside. */
  acknowledged(position: number): void
  /** Another thread begins: what was fed and is not acknowledged is to be fed again. */
  restarted(): void
}

interface Call {
  readonly request: Request & { readonly call: number }
  done(result: Flushed): void
}

/** When the thread is thought to hang. */
export interface ThreadTimes {
  /** How often it gives a sign of life, in ms. */
  readonly beat: number
  /** How often it is looked for, in ms … */
  readonly look: number
  /** … and after how many looks without one the thread is ended. */
  readonly looks: number
}

/**
 * The application's end of the delivery thread, one for the process. A thread that ends or falls silent is started
 * again: its shippers go on from the cursors, and calls that were under way are made again. It does not keep the process
 * alive, but a flush does.
 */
export class DeliveryThread {
  private worker: Worker | undefined
  private readonly shippers = new Map<string, { readonly settings: ShipperSettings; readonly client: Client }>()
  private readonly calls = new Map<number, Call>()
  private latest: AllStats = {}
  private count = 0
  private pause = 0
  private startedAt = 0
  private silent = 0
  private watch: NodeJS.Timeout | undefined
  private listening = ''

  constructor(private readonly times: ThreadTimes = TIMES) {}

  open(settings: ShipperSettings, client: Client): void {
    this.shippers.set(settings.id, { settings, client })
    if (this.worker === undefined) this.start()
    else this.post({ kind: 'open', settings })
  }

  feed(id: string, turns: readonly LentTurn[]): void {
    this.post({ kind: 'feed', id, turns })
  }

  flush(id: string, timeout: number): Promise<Flushed> {
    return this.call('flush', id, timeout)
  }

  async close(id: string, timeout: number): Promise<Flushed> {
    const result = await this.call('close', id, timeout)
    this.shippers.delete(id)
    if (this.shippers.size === 0) await this.stop()
    return result
  }

  /** As the thread has last told: at most a second old while it is well. */
  stats(id: string): ShipperStats {
    return this.latest[id] ?? {}
  }

  private call(kind: 'flush' | 'close', id: string, timeout: number): Promise<Flushed> {
    // What is closed may be asked again: whoever let go of it need not know of each other.
    if (!this.shippers.has(id)) return Promise.resolve({ flushed: 0, left: 0 })
    const call = ++this.count
    return new Promise(resolve => {
      // Not unref'd: a flush holds the event loop. A thread that does not answer is no reason to wait for ever.
      const timer = setTimeout(
        () => done({ flushed: 0, left: this.waiting(id) }),
        Math.min(timeout + GRACE_MS, LONGEST),
      )
      const done = (result: Flushed): void => {
        clearTimeout(timer)
        this.calls.delete(call)
        resolve(result)
      }
      const request = { kind, id, call, timeout } as const
      this.calls.set(call, { request, done })
      this.post(request)
    })
  }

  /** At least one: nobody has said that they were acknowledged. */
  private waiting(id: string): number {
    return Math.max(
      1,
      Object.values(this.stats(id)).reduce((sum, { queued }) => sum + queued, 0),
    )
  }

  private start(): void {
    // What the application preloads, its own loggers among it, has no business in this thread.
    const workerData: ThreadData = { beat: this.times.beat }
    const options = { execArgv: [], name: 'hewn-delivery', workerData, resourceLimits: LIMITS }
    const file = threadFile()
    this.startedAt = performance.now()
    let worker: Worker
    try {
      worker = file === undefined ? new Worker(threadText(), { ...options, eval: true }) : new Worker(file, options)
    } catch (error) {
      // No threads left, or none allowed: lines wait where they are.
      const { message } = error as Error
      report('delivery thread', `delivery thread: cannot be started: ${message}; \`spool.inProcess\` ships without it`)
      return this.again()
    }
    this.worker = worker
    this.silent = 0
    worker.on('message', (answer: Answer) => this.heard(answer))
    worker.on('error', error => report('delivery thread', `delivery thread: ${String(error)}`))
    worker.on('exit', () => this.ended(worker))
    // After the listeners, which hold the event loop again.
    worker.unref()
    this.listening = ''
    this.listen()
    for (const { settings, client } of this.shippers.values()) {
      this.post({ kind: 'open', settings })
      client.restarted()
    }
    for (const { request } of this.calls.values()) this.post(request)
    this.watch ??= setInterval(() => this.look(), this.times.look).unref()
  }

  /** Nobody is told when somebody begins to listen to a channel, so it is asked whenever the thread gives a sign. */
  private listen(): void {
    const channels = listenedTo()
    const now = channels.join()
    if (now === this.listening) return
    this.listening = now
    this.post({ kind: 'listen', channels })
  }

  private post(request: Request): void {
    this.worker?.postMessage(request)
  }

  private heard(answer: Answer): void {
    this.silent = 0
    if (answer.kind === 'acknowledged') {
      this.shippers.get(answer.id)?.client.acknowledged(answer.position)
      return
    }
    if (answer.kind === 'event') {
      // The message is what channels.ts says for the channel: it has only changed threads.
      publish(answer.channel, answer.message as never)
      return
    }
    this.latest = answer.stats
    this.listen()
    if (answer.kind === 'done') this.calls.get(answer.call)?.done(answer.result)
  }

  private ended(worker: Worker): void {
    if (this.worker !== worker) return
    this.worker = undefined
    this.again()
    report('delivery thread ended', `delivery thread: ended; started again in ${this.pause} ms, no line is lost`)
  }

  private again(): void {
    this.pause = nextPause(this.pause, performance.now() - this.startedAt)
    setTimeout(() => {
      if (this.worker === undefined && this.shippers.size > 0) this.start()
    }, this.pause).unref()
  }

  /** Counted in looks, not in time: while the application's own thread stands still, nothing can be heard. */
  private look(): void {
    if (this.worker === undefined || ++this.silent !== this.times.looks) return
    report('delivery thread silent', 'delivery thread: gives no sign of life; ending it')
    void this.worker.terminate()
  }

  private async stop(): Promise<void> {
    const { worker } = this
    this.worker = undefined
    clearInterval(this.watch)
    this.watch = undefined
    await worker?.terminate()
  }
}

/** The process's one: ES module and CommonJS copies share it. */
export function deliveryThread(): DeliveryThread {
  return shared('hewn.delivery-thread.1', () => new DeliveryThread())
}

/** What a thread may take beyond a call's own timeout to answer, in ms. */
const GRACE_MS = 1500
const LONGEST = 0x7fff_ffff
const TIMES: ThreadTimes = { beat: 1000, look: 5000, looks: 6 }
/**
 * A transport that leaks takes the thread with it, and not the application. A batch of the largest takes some 30 MiB.
 * With V8's own young generation, one leak in nine aborted the whole process at the limit instead; with this one none.
 */
const LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 8 }
