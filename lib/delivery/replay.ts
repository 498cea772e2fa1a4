import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Clock, systemClock } from './clock'
import { DeadLetters, deadLetterFiles, fileName } from './dead-letters'
import { LettersSource } from './letters-source'
import type { LoadedTransport } from './load'
import { Pipeline } from './pipeline'

export interface ReplayOptions {
  /** Where the dead letters are. */
  readonly folder: string
  /** The transport of the name that set them aside. Opened and closed here. */
  readonly transport: LoadedTransport
  /** For all of it, in ms. What is not sent by then stays for the next time. */
  readonly timeout: number
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
 * is lost by a crash in between, a part may be sent twice. Throws if another process is replaying the same ones, and
 * what the file system throws.
 */
export async function replay(options: ReplayOptions): Promise<Replayed> {
  const { folder, transport, timeout, clock = systemClock, random, report } = options
  const unlock = lock(folder, transport.name)
  try {
    const deadLetters = new DeadLetters(folder, transport.name, clock)
    // Those refused again go into a new file, which is not looked at this time.
    deadLetters.putBy()
    const sources = deadLetterFiles(folder, transport.name).map(path => new LettersSource(path))
    const pipeline = new Pipeline({ transport, deadLetters, clock, random, report, sources })
    await pipeline.flush(timeout)
    const { left } = await pipeline.close(0)
    const { sent, dead } = pipeline.stats()
    return { sent, dead, left, unreadable: sources.reduce((sum, source) => sum + source.unreadable, 0) }
  } finally {
    unlock()
  }
}

/** One replay at a time. A lock whose process is gone is taken over. */
function lock(folder: string, transport: string): () => void {
  const path = join(folder, `${fileName(transport)}.replay.lock`)
  for (let tries = 0; ; tries++) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx', mode: 0o600 })
      return () => rmSync(path, { force: true })
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ENOENT') return () => {}
      if (code !== 'EEXIST' || tries > 0) throw error
      const owner = ownerOf(path)
      if (isAlive(owner))
        throw new Error(`process ${owner} replays the dead letters of ${transport}; its lock is ${path}`)
      rmSync(path, { force: true })
    }
  }
}

function ownerOf(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8'))
  } catch {
    return 0
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
