import { setImmediate } from 'node:timers'
import { register } from 'on-exit-leak-free'
import { report } from '../report'
import { inOwnRealm, realProcess, shared } from './realm'

/** Something that may hold lines when the process ends. */
export interface ExitParticipant {
  /** How long the process may be held up for it, in ms. */
  readonly exitTimeout: number
  /** Writes what is held, waiting at most until `deadline` (performance.now() time, ms). */
  flushSync(deadline: number): void
  /** The process ends now: counts what is still held as given up, and says so on stderr. */
  abandon?(): void
  /**
   * Sends what cannot be sent synchronously, in at most `exitTimeout` ms. Asked for only when a signal ends the
   * process that nobody but hewn listens to.
   */
  settle?(): Promise<unknown>
  /** The event loop has nothing left to do; what is held is written already. New work goes on. */
  loopEnded?(): void
}

/** What every copy of hewn in a thread shares. Its shape belongs to its key: a change needs a new key. */
export interface ExitRegistry {
  /** True from when the process begins to end: from here on every line is written at once. */
  readonly exiting: boolean
  /**
   * Held weakly: being registered here keeps nothing alive. Whatever holds lines must be kept alive by the timer,
   * immediate or handle that will write them, or by whoever opened it.
   */
  add(participant: ExitParticipant): void
  remove(participant: ExitParticipant): void
  /** Until the event loop has turned, every line is written at once: a listener may end the process in this turn. */
  hurry(): void
  /** Flushes every participant; `patience` is the part of its exitTimeout that each may wait, 1 if absent. */
  flushSync(patience?: number): void
  abandon(): void
  settle(): Promise<void>
}

class Registry implements ExitRegistry {
  exiting = false
  private readonly refs = new Map<symbol, WeakRef<ExitParticipant>>()
  private readonly known = new WeakMap<ExitParticipant, symbol>()
  private sweepAt = 64

  add(participant: ExitParticipant): void {
    if (this.known.has(participant)) return
    const key = Symbol()
    this.known.set(participant, key)
    this.refs.set(key, new WeakRef(participant))
    if (this.refs.size >= this.sweepAt) this.sweep()
  }

  remove(participant: ExitParticipant): void {
    const key = this.known.get(participant)
    if (key === undefined) return
    this.known.delete(participant)
    this.refs.delete(key)
  }

  flushSync(patience = 1): void {
    const start = performance.now()
    this.each('flush', participant => participant.flushSync(start + patience * participant.exitTimeout))
  }

  abandon(): void {
    this.each('end', participant => participant.abandon?.())
  }

  async settle(): Promise<void> {
    await Promise.allSettled(this.living().map(async participant => participant.settle?.()))
  }

  /** From the end of the event loop until it turns again, if it does: a 'beforeExit' listener may start new work. */
  loopEnded(): void {
    this.hurry()
    this.flushSync(0)
    this.each('end', participant => participant.loopEnded?.())
  }

  hurry(): void {
    this.exiting = true
    setImmediate(stillRunning, this).unref()
  }

  exit(): void {
    this.exiting = true
    this.flushSync()
    this.abandon()
  }

  /** A participant may come from another version of hewn: what it throws must not keep the others from their turn. */
  private each(what: string, call: (participant: ExitParticipant) => void): void {
    for (const participant of this.living()) {
      try {
        call(participant)
      } catch (error) {
        report(`exit ${what}`, `a destination failed to ${what}: ${String(error)}`)
      }
    }
  }

  private living(): ExitParticipant[] {
    const living: ExitParticipant[] = []
    for (const ref of this.refs.values()) {
      const participant = ref.deref()
      if (participant !== undefined) living.push(participant)
    }
    return living
  }

  private sweep(): void {
    for (const [key, ref] of this.refs) if (ref.deref() === undefined) this.refs.delete(key)
    this.sweepAt = Math.max(64, this.refs.size * 2)
  }
}

function stillRunning(registry: Registry): void {
  registry.exiting = false
}

/**
 * The thread's exit registry. The first call in a thread adds one 'exit' and one 'beforeExit' listener, whatever
 * number of sinks and copies of hewn there will be. on-exit-leak-free is given one object that lives as long as the
 * process, because its clean-up takes out the wrong entries when there are several.
 */
export function exitRegistry(): ExitRegistry {
  return shared('hewn.exit.1', () => {
    const registry = new Registry()
    if (inOwnRealm) register(registry, exit)
    else realProcess.once('exit', () => exit(registry))
    // Not through on-exit-leak-free, which calls back for the first 'beforeExit' only.
    realProcess.on('beforeExit', () => registry.loopEnded())
    return registry
  })
}

function exit(registry: Registry): void {
  registry.exit()
}
