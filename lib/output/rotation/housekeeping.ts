import { lstat, readdir, unlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { report } from '../../report'
import { Compressor } from './compress'
import { COMPRESSED, type RotatedNames, UNFINISHED } from './names'
import type { RotationPolicy } from './policy'
import { type RotatedFile, surplus } from './retention'

interface Kept extends RotatedFile {
  readonly ending: '' | typeof COMPRESSED | typeof UNFINISHED
}

/**
 * What is done with rotated files, beside the application: the surplus is deleted, the rest compressed. What it does
 * it finds in the folder, so that it goes on after a restart where it was. It touches regular files with names that
 * rotation gives, and no others.
 */
export class Housekeeping {
  private readonly compressor = new Compressor()
  private running: Promise<void> | undefined
  private again = false
  private stopped = false

  constructor(
    private readonly folder: string,
    private readonly names: RotatedNames,
    private readonly policy: () => RotationPolicy,
    /** Somebody else's housekeeping in the same folder ends with this. */
    private readonly before: Promise<void>,
  ) {}

  /** Looks through the folder, soon; if it is doing that already, once more afterwards. */
  start(): void {
    this.again = true
    this.running ??= this.run()
  }

  /** Resolves when nothing is under way any more. */
  get idle(): Promise<void> {
    return this.running ?? Promise.resolve()
  }

  /** Stops, in the middle of a file as well: the next one finds it as it was. */
  async stop(): Promise<void> {
    this.stopped = true
    await this.compressor.stop()
    await this.running
  }

  private async run(): Promise<void> {
    await this.before
    do {
      while (this.again && !this.stopped) {
        this.again = false
        await this.tidy().catch(error => this.complain(error))
      }
      await this.compressor.stop()
    } while (this.again && !this.stopped)
    this.running = undefined
  }

  private async tidy(): Promise<void> {
    const policy = this.policy()
    let files = await this.list()
    // The total counts once the files have their last size: one that is not compressed yet would drive out too much.
    const early = policy.compress ? { ...policy, maxTotalSize: Number.POSITIVE_INFINITY } : policy
    files = await this.removeSurplus(files, early)
    if (!policy.compress) return
    for (const file of files) if (file.ending === '') await this.compress(file)
    if (!this.stopped) await this.removeSurplus(await this.list(), policy)
  }

  /** Ours, oldest first; what a process that was killed left unfinished is deleted. */
  private async list(): Promise<Kept[]> {
    const found: Kept[] = []
    for (const name of (await readdir(this.folder)).sort()) {
      const ending = this.names.ending(name)
      if (ending === undefined) continue
      const stat = await lstat(join(this.folder, name)).catch(() => undefined)
      if (stat?.isFile() !== true) continue
      if (ending === UNFINISHED) await this.remove(name)
      else found.push({ name, ending, bytes: stat.size, modified: stat.mtimeMs })
    }
    // Both are there if a process was killed between the two last steps: the compressed one is whole.
    const names = new Set(found.map(({ name }) => name))
    const done = found.filter(({ name, ending }) => ending === '' && names.has(name + COMPRESSED))
    for (const { name } of done) await this.remove(name)
    return found.filter(file => !done.includes(file))
  }

  private async removeSurplus(files: readonly Kept[], policy: RotationPolicy): Promise<Kept[]> {
    const gone = new Set<RotatedFile>(surplus(files, policy, Date.now()))
    for (const { name } of gone) await this.remove(name)
    return files.filter(file => !gone.has(file))
  }

  private async remove(name: string): Promise<void> {
    if (this.stopped) return
    await unlink(join(this.folder, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') this.complain(error)
    })
  }

  private async compress({ name }: Kept): Promise<void> {
    if (this.stopped) return
    const path = join(this.folder, name)
    const outcome = await this.compressor.compress(path, path + UNFINISHED, path + COMPRESSED)
    if (outcome !== undefined && !this.stopped) this.complain(outcome, `cannot compress ${basename(path)}`)
  }

  private complain(error: unknown, what = 'cannot tidy up rotated files'): void {
    report(`${this.folder} ${what}`, `${this.folder}: ${what}: ${String(error)}`)
  }
}
