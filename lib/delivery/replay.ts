import { type Clock, systemClock } from './clock'
import { currentFile, DeadLetters, deadLetterFiles } from './dead-letters'
import { LettersSource } from './letters-source'
import type { LoadedTransport } from './load'
import { Pipeline } from './pipeline'
import { lockReplay } from './replay-lock'

export interface ReplayOptions {
  /** Where the dead letters are, and those refused again are set aside. */
  readonly folder: string
  /** Only those of this file in it, whatever its name. Default: all that the transport has there. */
  readonly file?: string | undefined
  /** The transport that they are sent by. Opened and closed here. */
  readonly transport: LoadedTransport
  /** For all of it, in ms. What is not sent by then stays for the next time. */
  readonly timeout: number
  /** Ends it before that. */
  readonly signal?: AbortSignal | undefined
  readonly clock?: Clock | undefined
  readonly random?: (() => number) | undefined
  readonly report?: ((message: string) => void) | undefined
}

/** What a replay came to, in lines. */
export interface Replayed {
  readonly sent: number
  /** Refused again, and set aside again. */
  readonly dead: number
  /** Not tried, or not yet acknowledged. */
  readonly left: number
  /** Lines of the files that are no dead letters; kept beside them. */
  readonly unreadable: number
}

/**
 * Sends a transport's dead letters again, under the ids they always had. Those refused again are set aside anew; nothing
 * is lost by a crash in between, a part may be sent twice. Ends when all are seen to, or at once when the transport is
 * held: then a person has to do something first. Throws if another process is replaying the same ones, and what the
 * file system throws.
 */
export async function replay(options: ReplayOptions): Promise<Replayed> {
  const { folder, file, transport, timeout, signal, clock = systemClock, random, report } = options
  const unlock = await lockReplay(folder, transport.name)
  try {
    const deadLetters = new DeadLetters(folder, transport.name, clock)
    const whole = file === undefined || file === currentFile(folder, transport.name)
    // Those refused again go into a new file, which is not looked at this time.
    if (whole) deadLetters.putBy()
    const paths = whole ? deadLetterFiles(folder, transport.name) : [file]
    const sources = paths.map(path => new LettersSource(path))
    const stop = new AbortController()
    const changed = (state: string): void => {
      if (state === 'held') stop.abort()
    }
    const pipeline = new Pipeline({
      transport,
      deadLetters,
      refusedBefore: true,
      changed,
      clock,
      random,
      report,
      sources,
    })
    await Promise.race([
      pipeline.flush(timeout),
      aborted(stop.signal),
      ...(signal === undefined ? [] : [aborted(signal)]),
    ])
    const { left } = await pipeline.close(0)
    const { sent, dead } = pipeline.stats()
    return { sent, dead, left, unreadable: sources.reduce((sum, source) => sum + source.unreadable, 0) }
  } finally {
    unlock()
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
