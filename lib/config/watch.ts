import { type FSWatcher, realpathSync, type StatsListener, unwatchFile, watch, watchFile as watchStat } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { report } from '../report'
import { readText } from './read'

/**
 * Calls `onChange` once for each change of a file's content, however it comes about: written in place, renamed over
 * by an editor, or behind a symlink that is swapped (a Kubernetes ConfigMap). Compares what is read, so that it says
 * nothing twice; a file that vanishes is a change when it comes back different. Does not keep the process alive and
 * never throws.
 *
 * Watches the file's folder and the one that a symlink leads to, which tells within 0.1 s. For file systems and limits
 * that let no event through (NFS, ENOSPC, a folder made anew), it also asks for the file's status every `pollMs`, off
 * the main thread.
 */
export function watchFile(path: string, onChange: () => void, pollMs = 5000): { close(): void } {
  return new FileWatch(path, onChange, pollMs)
}

class FileWatch {
  private content: string | undefined
  private readonly path: string
  private watchers: FSWatcher[] = []
  private settle: NodeJS.Timeout | undefined
  private settleBefore = 0
  private closed = false
  private readonly polled: StatsListener = () => {
    // The folders may be others by now than those that are watched.
    if (!this.closed) this.observe()
    this.compare()
  }

  constructor(
    path: string,
    private readonly onChange: () => void,
    pollMs: number,
  ) {
    this.path = resolve(path)
    this.observe()
    this.content = contentOf(this.path)
    watchStat(this.path, { persistent: false, interval: pollMs }, this.polled)
    // The status that the poll compares with is not there yet, and does not show what changes until then.
    this.touched()
  }

  close(): void {
    this.closed = true
    clearTimeout(this.settle)
    unwatchFile(this.path, this.polled)
    this.unobserve()
  }

  private observe(): void {
    this.unobserve()
    const real = realPath(this.path)
    // Behind a symlink anything in these folders may be a part of the way to the file.
    const names = real === this.path ? new Set([basename(this.path)]) : undefined
    for (const folder of new Set([dirname(this.path), dirname(real)])) this.observeFolder(folder, names)
  }

  /** Does nothing where the folder is gone or the kernel is out of watches: the poll goes on. */
  private observeFolder(folder: string, names: ReadonlySet<string> | undefined): void {
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        if (names === undefined || name === null || names.has(name)) this.touched()
      })
      this.watchers.push(watcher)
      watcher.on('error', () => watcher.close())
    } catch {
      // As above.
    }
  }

  private unobserve(): void {
    for (const watcher of this.watchers.splice(0)) watcher.close()
  }

  /** A change comes as several events: looks when they have stopped coming, or have come for a second. */
  private touched(): void {
    const now = performance.now()
    if (this.settle !== undefined) {
      if (now < this.settleBefore) this.settle.refresh()
      return
    }
    this.settleBefore = now + MAX_SETTLE_MS
    this.settle = setTimeout(() => {
      this.settle = undefined
      this.compare()
    }, SETTLE_MS)
    this.settle.unref()
  }

  private compare(): void {
    if (this.closed) return
    const content = contentOf(this.path)
    if (content === undefined || content === this.content) return
    this.content = content
    // A symlink may lead elsewhere now.
    this.observe()
    try {
      this.onChange()
    } catch (error) {
      report(
        'config watch',
        `${this.path}: changed, and cannot be used: ${error instanceof Error ? error.message : error}`,
      )
    }
  }
}

function contentOf(path: string): string | undefined {
  const read = readText(path)
  return 'text' in read ? read.text : undefined
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

const SETTLE_MS = 50
const MAX_SETTLE_MS = 1000
