import { BroadcastChannel, getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads'
import type { LevelState, SharedOverlay } from './state'

/** Versioned: threads of one process may run different copies of hewn. */
const NAME = 'hewn.levels.1'

/** What goes over the channel: the main thread's overlays, all of them, or a worker's request for them. */
interface Message {
  readonly overlays?: readonly SharedOverlay[]
  readonly request?: true
}

/**
 * Carries the main thread's `setLevels` overlays to its worker threads. Those that run hear of a change over
 * a BroadcastChannel, those started later find it in their environment data. Each message holds all overlays
 * with the moment each ends, so one that is lost or comes twice does no harm.
 *
 * What a worker sets itself stays in that worker. The channel does not keep a thread alive, and there is
 * none in the main thread until it first has something to say.
 */
export class LevelThreads {
  private channel: BroadcastChannel | undefined
  private published = ''
  private closed = false

  constructor(private readonly state: LevelState) {}

  /** To be called after every change of the state. In a worker, or if no overlay changed, it does nothing. */
  publish(): void {
    if (!isMainThread || this.closed) return
    const overlays = this.state.shared()
    const ids = overlays.map(({ id }) => id).join()
    if (ids === this.published) return
    this.published = ids
    setEnvironmentData(NAME, overlays as SharedOverlay[])
    this.open().postMessage({ overlays } satisfies Message)
  }

  /** To be called once at start: a worker takes up what the main thread has set and will set. In the main thread it does nothing. */
  follow(): void {
    if (isMainThread || this.closed || this.channel !== undefined) return
    this.take(getEnvironmentData(NAME))
    // What was said between the start of this thread and now is not in its environment data.
    this.open().postMessage({ request: true } satisfies Message)
  }

  /** Stops following and publishing, for good. What has arrived stays in force until it ends. */
  close(): void {
    this.closed = true
    this.channel?.close()
    this.channel = undefined
  }

  private open(): BroadcastChannel {
    if (this.channel !== undefined) return this.channel
    const channel = new BroadcastChannel(NAME)
    channel.onmessage = event => this.hear((event as { data: Message | null }).data)
    channel.unref()
    this.channel = channel
    return channel
  }

  private hear(message: Message | null): void {
    if (!isMainThread) this.take(message?.overlays)
    else if (message?.request === true) this.channel?.postMessage({ overlays: this.state.shared() } satisfies Message)
  }

  /** Anyone in the process can post to a channel by its name, so what arrives is checked. */
  private take(overlays: unknown): void {
    if (Array.isArray(overlays)) this.state.follow(overlays.filter(isOverlay))
  }
}

function isOverlay(value: unknown): value is SharedOverlay {
  if (typeof value !== 'object' || value === null) return false
  const { id, text, deadline } = value as Readonly<Record<keyof SharedOverlay, unknown>>
  if (!Number.isInteger(id) || typeof text !== 'string') return false
  return deadline === undefined || typeof deadline === 'number'
}
