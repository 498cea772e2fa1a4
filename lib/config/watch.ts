import { createHash } from 'node:crypto'
import { type FSWatcher, readFileSync, watch } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Calls `onChange` once for each change of a file's content, however it comes about: written in place, renamed over
 * by an editor, or behind a symlink that is swapped (a Kubernetes ConfigMap). Watches the file's folder and compares
 * what is read, so it misses nothing and says nothing twice; a file that vanishes is a change when it comes back
 * different. Does not keep the process alive and never throws. Looks every five seconds besides, for file systems and
 * limits that let no event through.
 */
export function watchFile(path: string, onChange: () => void): { close(): void } {
  return new FileWatch(path, onChange)
}

class FileWatch {
  private content: string | undefined
  private watcher: FSWatcher | undefined
  private settle: NodeJS.Timeout | undefined
  private readonly poll: NodeJS.Timeout

  constructor(
    private readonly path: string,
    private readonly onChange: () => void,
  ) {
    this.content = hashOf(path)
    this.observe()
    this.poll = setInterval(() => this.compare(), POLL_MS)
    this.poll.unref()
  }

  close(): void {
    clearInterval(this.poll)
    clearTimeout(this.settle)
    this.watcher?.close()
    this.watcher = undefined
  }

  /** The folder may be deleted and the kernel may be out of watches: then the poll tries again. */
  private observe(): void {
    try {
      this.watcher = watch(dirname(this.path), { persistent: false }, () => this.touched())
      this.watcher.on('error', () => this.unobserve())
    } catch {
      this.watcher = undefined
    }
  }

  private unobserve(): void {
    this.watcher?.close()
    this.watcher = undefined
    this.touched()
  }

  /** A change comes as several events: look once, when they have come. */
  private touched(): void {
    if (this.settle !== undefined) return
    this.settle = setTimeout(() => {
      this.settle = undefined
      this.compare()
    }, SETTLE_MS)
    this.settle.unref()
  }

  private compare(): void {
    const content = hashOf(this.path)
    // The folder may be another one by now: the watch is on the one that was there.
    if (content === undefined || this.watcher === undefined) {
      this.watcher?.close()
      this.observe()
    }
    if (content === undefined || content === this.content) return
    this.content = content
    this.onChange()
  }
}

function hashOf(path: string): string | undefined {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('base64')
  } catch {
    return undefined
  }
}

const SETTLE_MS = 50
const POLL_MS = 5000
