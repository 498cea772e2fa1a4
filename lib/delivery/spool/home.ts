import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { threadId } from 'node:worker_threads'
import { claimName } from './claim'
import { newSpoolId } from './ids'
import { Lock } from './lock'
import { syncFolder } from './sync-folder'
import { writeFully } from './write-fully'

/** `application`: shipped by its own process. `sidecar`: only written here. `shipper`: writes nothing, only ships. */
export type Role = 'application' | 'sidecar' | 'shipper'

/** Who made a directory. Its names hold what a person may want to know, and nothing that decides but what is said. */
export interface Owner {
  /** The format's version. A reader leaves a directory of a version it does not know alone. */
  readonly v: 1
  readonly id: string
  readonly role: Role
  /** Another process takes a dead one's directory over only if it is of the same service. */
  readonly service: string
  /** Names of the transports that lines were routed to so far. */
  readonly transports: readonly string[]
  readonly host: string
  /** The machine's boot. After another one, nobody holds what the kernel held then. */
  readonly boot: string
  /** For people; a process id says nothing about who is alive. */
  readonly pid: number
  readonly thread: number
  /** Date.now() ms. */
  readonly created: number
}

export interface HomeOptions {
  readonly root: string
  readonly role: Role
  readonly service: string
  readonly transports: readonly string[]
  /** The id of the home whose process ships this one: a worker thread's is shipped by the main thread's. Default: its own. */
  readonly shipper?: string | undefined
  /** It outlives a loss of power once it is made. */
  readonly fsync?: boolean | undefined
}

const OWNER = 'owner.json'
/** A directory in the making: not an id, so nobody looks at it. */
const MAKING = '.new-'

/**
 * A directory under the root for one process and thread, and the lock that says it lives. Locked, described and
 * claimed before it becomes visible under its id: nobody ever sees one half-made.
 */
export class Home {
  private constructor(
    readonly path: string,
    readonly owner: Owner,
    private readonly lock: Lock,
    private readonly fsync: boolean,
  ) {}

  /** Throws what the file system answers. Cost: some ten system calls, about 0.3 ms. */
  static make(options: HomeOptions): Home {
    const id = newSpoolId()
    const { fsync = false } = options
    const owner: Owner = {
      v: 1,
      id,
      role: options.role,
      service: options.service,
      transports: options.transports,
      host: hostname(),
      boot: bootId(),
      pid: process.pid,
      thread: threadId,
      created: Date.now(),
    }
    const made = makeRoot(options.root)
    const making = join(options.root, `${MAKING}${id}`)
    const path = join(options.root, id)
    mkdirSync(making, { mode: 0o700 })
    let lock: Lock | undefined
    try {
      lock = Lock.hold(making)
      writeOwner(making, owner, fsync)
      const holder = options.role === 'sidecar' ? undefined : (options.shipper ?? id)
      makeClaim(join(making, claimName(holder)), fsync)
      renameSync(making, path)
      if (fsync) for (const folder of [path, ...made, options.root]) syncFolder(folder)
      return new Home(path, owner, lock, fsync)
    } catch (error) {
      lock?.release()
      rmSync(making, { recursive: true, force: true })
      throw error
    }
  }

  /** The transports have changed. */
  describe(transports: readonly string[]): Home {
    const owner = { ...this.owner, transports }
    writeOwner(this.path, owner, this.fsync)
    if (this.fsync) syncFolder(this.path)
    return new Home(this.path, owner, this.lock, this.fsync)
  }

  /** Says that it lives, to those who share the files but not the kernel. */
  beat(): void {
    try {
      const now = new Date()
      utimesSync(join(this.path, OWNER), now, now)
    } catch {
      // Whoever took the directory away will be noticed by the writer.
    }
  }

  /** From here on anybody may take over what is left. Nothing may be written or shipped from here any more. */
  release(): void {
    this.lock.release()
  }
}

/** undefined if it is not there, or is nothing that hewn writes. */
export function readOwner(folder: string): Owner | undefined {
  try {
    const owner: unknown = JSON.parse(readFileSync(join(folder, OWNER), 'utf8'))
    return isOwner(owner) ? owner : undefined
  } catch {
    return undefined
  }
}

export function ownerPath(folder: string): string {
  return join(folder, OWNER)
}

/** The same as long as the machine runs; empty where there is no telling. */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
  } catch {
    return ''
  }
}

/**
 * By steps, because where a file system answers ENOENT for good, as /proc does, mkdir's own recursion never ends. Returns
 * the folders in which it has made one.
 */
function makeRoot(root: string): string[] {
  const missing: string[] = []
  for (let at = root; ; at = join(at, '..')) {
    try {
      mkdirSync(at, { mode: 0o700 })
      break
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EEXIST') break
      if (code !== 'ENOENT' || at === join(at, '..')) throw error
      missing.unshift(at)
    }
  }
  for (const folder of missing) {
    try {
      mkdirSync(folder, { mode: 0o700 })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
  return missing.map(folder => join(folder, '..'))
}

/** A folder's fsync makes the name durable, not the file: without a journal an empty one is gone as well, and a directory without a claim is nobody's. */
function makeClaim(path: string, fsync: boolean): void {
  const fd = openSync(path, 'wx', 0o600)
  try {
    if (fsync) fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

function writeOwner(folder: string, owner: Owner, fsync: boolean): void {
  const next = join(folder, `${OWNER}.new`)
  rmSync(next, { force: true })
  const fd = openSync(next, 'wx', 0o600)
  try {
    writeFully(fd, Buffer.from(`${JSON.stringify(owner)}\n`), 0)
    if (fsync) fdatasyncSync(fd)
  } finally {
    closeSync(fd)
  }
  renameSync(next, join(folder, OWNER))
}

function isOwner(value: unknown): value is Owner {
  if (typeof value !== 'object' || value === null) return false
  const { v, id, role, service, transports, created } = value as Record<string, unknown>
  return (
    typeof v === 'number' &&
    typeof id === 'string' &&
    typeof service === 'string' &&
    typeof created === 'number' &&
    (role === 'application' || role === 'sidecar' || role === 'shipper') &&
    Array.isArray(transports) &&
    transports.every(name => typeof name === 'string')
  )
}
