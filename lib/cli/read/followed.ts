import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { type Part, unfinishedLine } from './chunks'
import { siblings } from './family'
import { statOf } from './stat'

/** Where the bytes of one file go. */
export interface Reader {
  push(chunk: Buffer): void
  end(): void
}

export interface FollowHost {
  /** A reader for a file that has begun to be read. */
  newReader(): Reader
  /** Something that the person should know. */
  tell(text: string): void
}

/**
 * A log that goes on: what is appended, the new file after a rotation by renaming, the same file after it was truncated.
 * A file that was renamed is read for another 30 s, because its writer may not have opened the new one yet; what was
 * rotated twice between two looks is read, too.
 */
export class Followed {
  private current: OpenFile | undefined
  private readonly late: { readonly file: OpenFile; quietSince: number }[] = []
  /** The files that are no news, by device and inode. */
  private readonly known = new Set<string>()

  constructor(
    readonly path: string,
    private readonly host: FollowHost,
  ) {
    this.knowSiblings()
  }

  /** Opens the file, to go on from what is in it now. Returns that, for others to read; undefined if it is not there. */
  openAtEnd(): Part | undefined {
    this.open(unfinishedLine)
    return this.current?.before()
  }

  private open(startOf: (fd: number) => number): void {
    this.current = OpenFile.open(this.path, startOf, this.host.newReader())
    if (this.current !== undefined) this.known.add(this.current.id)
  }

  /** Reads what is there. `now`: ms of any clock. */
  poll(now: number): void {
    this.readLate(now)
    const { current } = this
    if (current === undefined) return this.begin()
    current.read()
    if (current.wasTruncated()) {
      this.host.tell(`${this.path}: truncated; going on from its beginning`)
      current.restart()
      // A copy was made of what has been read.
      this.knowSiblings()
    }
    const id = idOf(this.path)
    if (id !== undefined && id !== current.id) this.rotated(current, now)
  }

  close(): void {
    this.current?.close()
    for (const { file } of this.late) file.close()
  }

  private begin(): void {
    this.open(fromStart)
    this.current?.read()
  }

  private rotated(old: OpenFile, now: number): void {
    // Between the last look and the renaming something may have been written.
    old.read()
    this.late.push({ file: old, quietSince: now })
    for (const path of siblings(this.path)) {
      const id = idOf(path)
      if (id === undefined || this.known.has(id)) continue
      this.known.add(id)
      const missed = OpenFile.open(path, fromStart, this.host.newReader())
      missed?.read()
      missed?.close()
    }
    this.begin()
  }

  private readLate(now: number): void {
    for (const [index, entry] of [...this.late.entries()].reverse()) {
      if (entry.file.read()) entry.quietSince = now
      else if (now - entry.quietSince > LATE_MS || this.late.length > MAX_LATE) {
        entry.file.close()
        this.late.splice(index, 1)
      }
    }
  }

  private knowSiblings(): void {
    for (const path of siblings(this.path)) {
      const id = idOf(path)
      if (id !== undefined) this.known.add(id)
    }
  }
}

const fromStart = (): number => 0
const LATE_MS = 30_000
const MAX_LATE = 8

function idOf(path: string): string | undefined {
  const stat = statOf(path)
  return stat?.isFile() === true ? `${stat.dev}:${stat.ino}` : undefined
}

/** A file, how far it has been read, and who reads it. */
class OpenFile {
  private constructor(
    private readonly path: string,
    private readonly fd: number,
    readonly id: string,
    private position: number,
    private readonly reader: Reader,
  ) {}

  /** Undefined if it cannot be opened. */
  static open(path: string, startOf: (fd: number) => number, reader: Reader): OpenFile | undefined {
    let fd: number
    try {
      fd = openSync(path, 'r')
    } catch {
      return undefined
    }
    const { dev, ino } = fstatSync(fd)
    return new OpenFile(path, fd, `${dev}:${ino}`, startOf(fd), reader)
  }

  /** What stands before the place that is read next. */
  before(): Part {
    return { path: this.path, fd: this.fd, start: 0, end: this.position }
  }

  /** Whether there was anything. */
  read(): boolean {
    const before = this.position
    for (;;) {
      const size = readSync(this.fd, MEMORY, 0, MEMORY.length, this.position)
      if (size === 0) return this.position > before
      this.position += size
      this.reader.push(MEMORY.subarray(0, size))
    }
  }

  wasTruncated(): boolean {
    return fstatSync(this.fd).size < this.position
  }

  restart(): void {
    this.reader.end()
    this.position = 0
    this.read()
  }

  close(): void {
    this.reader.end()
    closeSync(this.fd)
  }
}

const MEMORY = Buffer.allocUnsafe(262_144)
