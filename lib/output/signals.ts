import { constants } from 'node:os'
import { setImmediate } from 'node:timers'
import { isMainThread } from 'node:worker_threads'
import { type ExitRegistry, exitRegistry } from './exit'
import { realProcess, shared } from './realm'

const SIGNALS = ['SIGTERM', 'SIGINT'] as const
type Signal = (typeof SIGNALS)[number]

/**
 * Before SIGTERM or SIGINT ends the process, writes what is held. An application that handles the signal itself
 * decides what happens then; if nobody but hewn does, the process ends by the signal, as it would have without hewn.
 * One handler for all copies of hewn in the process; none in worker threads, which get no signals.
 *
 * The cost: while there is a handler, a signal waits for the event loop. A process whose loop is blocked for good no
 * longer dies of SIGTERM, only of SIGKILL.
 */
export function handleSignals(): void {
  if (isMainThread) shared('hewn.signals.1', () => new Handlers(exitRegistry()))
}

class Handlers {
  constructor(private readonly registry: ExitRegistry) {
    for (const signal of SIGNALS) this.install(signal)
  }

  /** First in the list, so that it sees which other listeners there were when the signal came. */
  private install(signal: Signal): void {
    const received = () => {
      realProcess.off(signal, received)
      this.registry.flushSync()
      if (realProcess.listenerCount(signal) > 0) {
        this.registry.hurry()
        setImmediate(() => realProcess.prependListener(signal, received))
      } else {
        void this.end(signal)
      }
    }
    realProcess.prependListener(signal, received)
  }

  /** Its handler gone, the signal does what it does by default; so does a second one while something is sent yet. */
  private async end(signal: Signal): Promise<void> {
    await this.registry.settle()
    this.registry.flushSync()
    this.registry.abandon()
    // The kernel gives the first process of a container no signal that has no handler.
    if (realProcess.pid === 1) realProcess.exit(128 + constants.signals[signal])
    realProcess.kill(realProcess.pid, signal)
  }
}
