import { publish } from './channels'
import type { Clock } from './clock'
import type { LoadedTransport } from './load'
import type { ItemOutcome, Refusal, RefusalKind, SendResult } from './outcome'
import { classifyError } from './retry/classify'
import type { SourceLine } from './source'
import type { OpenTransport } from './transport'

/**
 * One request at a time, whatever the transport does: it may throw, never answer, or answer nonsense. What comes out is
 * a refusal of all, or an outcome for each line, and holds no secret.
 */
export class Sender {
  private opening: Promise<OpenTransport> | undefined

  constructor(
    private readonly transport: LoadedTransport,
    private readonly clock: Clock,
    private readonly signal: AbortSignal,
  ) {}

  async send(lines: readonly SourceLine[]): Promise<readonly ItemOutcome[] | Refusal> {
    const { name } = this.transport
    const bytes = lines.reduce((sum, line) => sum + line.bytes, 0)
    const begun = this.clock.now()
    try {
      const result = await this.inTime(async signal => {
        const open = await this.open()
        return (await open.send({ lines, bytes }, { signal })) as SendResult
      })
      const items = result?.items ?? lines.map(() => 'ok' as const)
      if (items.length !== lines.length) {
        return { kind: 'temporary', reason: `the transport gave ${items.length} outcomes for ${lines.length} lines` }
      }
      const taken = lines.filter((_, index) => items[index] === 'ok')
      if (taken.length > 0) {
        const takenBytes = taken.reduce((sum, line) => sum + line.bytes, 0)
        publish('sent', { transport: name, lines: taken.length, bytes: takenBytes, ms: this.clock.now() - begun })
      }
      return items.map(item => (item === 'ok' ? item : this.clean(item)))
    } catch (error) {
      return this.clean(classifyError(error))
    }
  }

  /** Bounded: what has not closed by then is left to the process's end. */
  async close(): Promise<void> {
    const { opening } = this
    if (opening === undefined) return
    const closed = opening.then(open => open.close()).catch(() => undefined)
    await Promise.race([closed, this.clock.wait(CLOSE_MS)])
  }

  private open(): Promise<OpenTransport> {
    if (this.opening === undefined) {
      const opening = this.transport.open({ clock: this.clock })
      this.opening = opening
      opening.catch(() => {
        this.opening = undefined
      })
    }
    return this.opening
  }

  /** Rejects when `work` does, when it takes too long, or when closing has come to its end. */
  private inTime<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const working = new AbortController()
    const timer = new AbortController()
    return new Promise<T>((resolve, reject) => {
      const giveUp = (reason: string): void => {
        if (timer.signal.aborted) return
        reject(new Error(reason))
        working.abort()
      }
      const closing = (): void => giveUp('closing')
      const over = (): void => {
        timer.abort()
        this.signal.removeEventListener('abort', closing)
      }
      this.signal.addEventListener('abort', closing, { once: true })
      const { timeout } = this.transport.limits
      void this.clock.wait(timeout, timer.signal).then(() => giveUp(`no answer within ${timeout / 1000} s`))
      work(working.signal).then(resolve, reject).finally(over)
      if (this.signal.aborted) closing()
    })
  }

  private clean(refusal: Refusal): Refusal {
    const { status, retryAfter, tooLarge } = refusal
    // An outcome that a transport made up counts as the one that costs nothing.
    const kind = KINDS.has(refusal.kind) ? refusal.kind : 'temporary'
    return {
      kind,
      reason: this.transport.secrets.hide(String(refusal.reason)).slice(0, MAX_REASON),
      status,
      retryAfter,
      tooLarge,
    }
  }
}

const KINDS: ReadonlySet<RefusalKind> = new Set(['temporary', 'poison', 'hold'])
const CLOSE_MS = 1000
const MAX_REASON = 500
