import { closeSync, existsSync, fchownSync, fstatSync, mkdirSync, openSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { SonicBoom } from 'sonic-boom'
import { tornAtEnd } from './torn-at-end'
import type { Durability } from './turn'

/** Not by mkdir's own recursion: where the file system answers ENOENT for good, as /proc does, that never ends. */
export function makeFolders(folder: string): void {
  if (existsSync(folder)) return
  const parent = dirname(folder)
  if (parent !== folder) makeFolders(parent)
  try {
    mkdirSync(folder)
  } catch (error) {
    // Another process may have been quicker.
    if (!existsSync(folder)) throw error
  }
}

/** What a file that is made is given. */
export interface FileAccess {
  /** Permissions, before the umask. */
  readonly mode: number
  /** Its owner and group, by number; the process's own if undefined. */
  readonly uid: number | undefined
  readonly gid: number | undefined
}

/** A file as a sink writes to it. */
export interface LineFile {
  readonly fd: number
  /** Undefined if it was not opened by a path. */
  readonly path: string | undefined
  readonly durability: Durability
  /** What the last write failed with. */
  failure: NodeJS.ErrnoException | undefined
  /** Writes from `bytes[offset]` on and returns the offset it came to; if that is not the end, `failure` says why. */
  write(bytes: Buffer, offset: number): number
  /** Writes a line as it is, `length` bytes of UTF-8, and returns how many of them were taken. */
  writeText(text: string, length: number): number
  /** How many bytes, at most `limit`, another thread may write to `fd` now. Each reserve is followed by a settle. */
  reserve(bytes: Buffer, offset: number, limit: number): number
  /** That write took so many bytes from `bytes[offset]` on. Returns how many of them stay. */
  settle(bytes: Buffer, offset: number, taken: number): number
  /** Does the path name another file by now, or none? */
  moved(): boolean
  close(): void
}

/**
 * An open file that lines are appended to. With durability 'turn' sonic-boom takes each turn and sees to partial
 * writes; with 'line' it is fs.writeSync itself.
 */
export class LogFile implements LineFile {
  failure: NodeJS.ErrnoException | undefined
  private sonic: SonicBoom | undefined
  private readonly identity: { readonly dev: bigint; readonly ino: bigint }

  /** Takes over `fd`; `path` if the file was opened by it. */
  constructor(
    readonly fd: number,
    readonly path: string | undefined,
    readonly durability: Durability,
  ) {
    this.identity = fstatSync(fd, { bigint: true })
  }

  /** Opens `path` for appending, and makes its folders. Throws what the file system answers. */
  static open(path: string, { mode, uid, gid }: FileAccess, durability: Durability): LogFile {
    makeFolders(dirname(path))
    const made = (uid ?? gid) !== undefined && !existsSync(path)
    const fd = openSync(path, 'a', mode)
    try {
      if (made) fchownSync(fd, uid ?? -1, gid ?? -1)
      if (tornAtEnd(path)) writeSync(fd, '\n')
      return new LogFile(fd, path, durability)
    } catch (error) {
      closeSync(fd)
      throw error
    }
  }

  write(bytes: Buffer, offset: number): number {
    return this.durability === 'turn' ? this.throughSonic(bytes, offset) : this.directly(bytes, offset)
  }

  writeText(text: string, length: number): number {
    try {
      const taken = writeSync(this.fd, text)
      return taken === length ? taken : this.directly(Buffer.from(text), taken)
    } catch (error) {
      this.failure = error as NodeJS.ErrnoException
      return 0
    }
  }

  reserve(bytes: Buffer, offset: number, limit: number): number {
    return Math.min(bytes.length - offset, limit)
  }

  settle(_bytes: Buffer, _offset: number, taken: number): number {
    return taken
  }

  /** Cost: one stat, about 3 µs. */
  moved(): boolean {
    if (this.path === undefined) return false
    try {
      const now = statSync(this.path, { bigint: true, throwIfNoEntry: false })
      return now === undefined || now.ino !== this.identity.ino || now.dev !== this.identity.dev
    } catch {
      return false
    }
  }

  close(): void {
    if (this.path === undefined) return
    try {
      closeSync(this.fd)
    } catch {
      // Somebody else has closed it: there is nothing to let go of.
    }
  }

  private directly(bytes: Buffer, offset: number): number {
    this.failure = undefined
    try {
      while (offset < bytes.length) offset += writeSync(this.fd, bytes, offset)
    } catch (error) {
      this.failure = error as NodeJS.ErrnoException
    }
    return offset
  }

  private throughSonic(bytes: Buffer, offset: number): number {
    this.failure = undefined
    this.sonic ??= this.makeSonic()
    const { sonic } = this
    sonic.write(offset === 0 ? asText(bytes) : asText(bytes.subarray(offset)))
    if (this.failure === undefined) return bytes.length
    // What it could not write stays inside it; another one is made when the disk takes lines again.
    this.sonic = undefined
    return bytes.length - held(sonic)
  }

  private makeSonic(): SonicBoom {
    const sonic = new SonicBoom({ fd: this.fd, sync: true, contentMode: 'buffer', retryEAGAIN: () => false })
    sonic.on('error', (error: NodeJS.ErrnoException) => {
      this.failure = error
    })
    return sonic
  }
}

/** In 'buffer' mode sonic-boom takes buffers; its types know of strings only. */
function asText(bytes: Buffer): string {
  return bytes as unknown as string
}

/** Bytes that sonic-boom could not write. It keeps this count to itself; a test notices if it goes. */
function held(sonic: SonicBoom): number {
  return (sonic as unknown as { readonly _len: number })._len
}
