import { type FSWatcher, watch } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout } from 'node:timers'
import { isNewLog } from '../read/family'
import { Followed, type FollowHost } from '../read/followed'

/** A look is taken at least so often: not every file system tells of changes. */
const POLL_MS = 1000

export interface FollowOptions {
  readonly host: (path: string) => FollowHost
  /** The files that are in the folders now. */
  readonly paths: () => readonly string[]
  /** The folders that new ones may turn up in. */
  readonly folders: readonly string[]
  /** Called after each look, before the next one. */
  readonly done: () => Promise<void>
}

/** Follows logs until `stop` is called; `followed` are those that have been opened already. */
export class Follower {
  private readonly watchers = new Map<string, FSWatcher | undefined>()
  private wake: (() => void) | undefined
  private changed = false
  private stopped = false

  constructor(
    private readonly options: FollowOptions,
    private readonly followed: Map<string, Followed>,
  ) {}

  async run(): Promise<void> {
    for (const folder of this.options.folders) this.watch(folder)
    for (const path of this.followed.keys()) this.watch(dirname(path))
    while (!this.stopped) {
      this.look()
      await this.options.done()
      await this.change()
    }
    for (const watcher of this.watchers.values()) watcher?.close()
    for (const log of this.followed.values()) log.close()
  }

  stop(): void {
    this.stopped = true
    this.wake?.()
  }

  private look(): void {
    this.changed = false
    for (const path of this.options.paths()) {
      if (!isNewLog(path, other => this.followed.has(other))) continue
      this.followed.set(path, new Followed(path, this.options.host(path)))
      this.watch(dirname(path))
    }
    for (const log of this.followed.values()) log.poll(performance.now())
  }

  /** Resolves at the next change, or after a while. */
  private change(): Promise<void> {
    if (this.changed || this.stopped) return Promise.resolve()
    return new Promise(resolve => {
      const timer = setTimeout(resolve, POLL_MS)
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  private watch(folder: string): void {
    if (this.watchers.has(folder)) return
    this.watchers.set(folder, undefined)
    try {
      const watcher = watch(folder, () => {
        this.changed = true
        this.wake?.()
      })
      // Without it there are still the looks by the clock.
      watcher.on('error', () => watcher.close())
      this.watchers.set(folder, watcher)
    } catch {
      // The same.
    }
  }
}
