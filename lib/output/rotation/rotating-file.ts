import { fstatSync, ftruncateSync, renameSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { clearTimeout, setTimeout } from 'node:timers'
import { report } from '../../report'
import { type FileAccess, LogFile } from '../file'
import { Housekeeping } from './housekeeping'
import { RotatedNames } from './names'
import { boundaryAfter, type RotationPolicy } from './policy'

/** How long a file that could not be rotated is written on before the next attempt, in ms. */
const RETRY = 10_000
const NEWLINE = 10

export interface RotatingOptions {
  /** The transport's name, in what hewn says of it. */
  readonly name: string
  readonly access: FileAccess
  readonly policy: RotationPolicy
}

/** What a write under way on another thread goes to. */
export interface Flight {
  readonly file: LogFile
  readonly length: number
}

/**
 * The one file of a path that is rotated, whoever in this thread writes to it, and the lock that keeps others out.
 * Lines stay whole: each goes into one file, and what a full disk tears is cut off again.
 */
export class RotatingFile {
  /** What the last write failed with. */
  failure: NodeJS.ErrnoException | undefined
  private options: RotatingOptions
  private current: LogFile
  private size = 0
  /** When the file is rotated, and when that was worked out: a clock that is set back to before it asks again. */
  private due = Number.POSITIVE_INFINITY
  private since = 0
  private failing = false
  private retryAt = 0
  private timer: NodeJS.Timeout | undefined
  private readonly flights = new Map<LogFile, number>()
  private readonly names: RotatedNames
  private readonly housekeeping: Housekeeping

  /**
   * Opens the file; one from an earlier hour or day, or a full one, is rotated first. Throws what opening throws.
   * Whoever calls has the lock; rotated files are not touched until `before`, which never rejects.
   */
  constructor(
    readonly path: string,
    options: RotatingOptions,
    before: Promise<void>,
  ) {
    this.options = options
    const folder = dirname(path)
    this.names = new RotatedNames(folder, basename(path))
    this.housekeeping = new Housekeeping(folder, this.names, () => this.options.policy, before)
    this.putFullAside()
    this.current = this.open()
    this.take(options)
  }

  get fd(): number {
    return this.current.fd
  }

  /** From now on these options hold. */
  take(options: RotatingOptions): void {
    if (options === this.options && this.since > 0) return
    this.options = options
    this.measure()
    this.since = Date.now()
    this.due = this.size === 0 ? this.next(Date.now()) : this.next(Math.min(this.lastWrite(), Date.now()))
    this.look(Date.now())
    if (this.size > 0 && this.size > options.policy.maxSize) this.rotate()
    this.arm()
    this.housekeeping.start()
  }

  /** Rotates a file whose hour or day is over at `now` (Date.now(), ms). Cost: two compares. */
  look(now: number): void {
    if (now >= this.due) {
      if (!this.rotate()) return
    } else if (now >= this.since) return
    this.schedule(now)
  }

  /** As LogFile's; what it comes to is the end of a line, unless the disk has torn one that could not be cut off. */
  write(bytes: Buffer, offset: number): number {
    this.failure = undefined
    while (offset < bytes.length) {
      const end = this.fitting(bytes, offset)
      const reached = this.append(bytes, offset, end)
      if (reached < end) return reached
      offset = reached
    }
    return offset
  }

  /** Does so much fit into the file, as it is? */
  fits(length: number): boolean {
    return this.size + length <= this.options.policy.maxSize
  }

  /** A line that fits, as it is; `length` is its bytes. Returns the bytes taken. */
  writeText(text: string, length: number): number {
    const taken = this.current.writeText(text, length)
    this.failure = this.current.failure
    this.size += taken
    return taken === length ? taken : taken - this.cutOff(this.current, taken)
  }

  /** For a write on another thread: keeps the file open and the room for at most `limit` bytes. */
  reserve(bytes: Buffer, offset: number, limit: number): Flight {
    let end = this.fitting(bytes, offset)
    if (end - offset > limit) end = lineEndBefore(bytes, offset, offset + limit) ?? offset + limit
    const { current } = this
    this.flights.set(current, (this.flights.get(current) ?? 0) + 1)
    this.size += end - offset
    return { file: current, length: end - offset }
  }

  /** Such a write came to `taken` bytes of what `offset` begins. Returns the bytes that stay. */
  settle({ file, length }: Flight, bytes: Buffer, offset: number, taken: number): number {
    if (file === this.current) this.size -= length - taken
    if (taken < length) taken -= this.cutOff(file, offset + taken - lastLineEnd(bytes, offset, offset + taken))
    const others = (this.flights.get(file) ?? 1) - 1
    if (others > 0) this.flights.set(file, others)
    else this.flights.delete(file)
    if (others === 0 && file !== this.current) file.close()
    return taken
  }

  moved(): boolean {
    if (this.current.moved()) return true
    // Somebody may have emptied it: copytruncate.
    this.measure()
    return false
  }

  /** Opens the path anew, which names another file by now. Throws what opening throws. */
  reopen(): void {
    this.replace(this.open())
  }

  /** Lets go of the file; resolves, and never rejects, when nothing of this touches the folder any more. */
  release(): Promise<void> {
    clearTimeout(this.timer)
    this.current.close()
    return this.housekeeping.stop()
  }

  /** Resolves when rotated files are deleted and compressed as they should be. */
  get tidy(): Promise<void> {
    return this.housekeeping.idle
  }

  /** How far `bytes` may be written into one file: to the end of a line. Rotates if not even one line fits. */
  private fitting(bytes: Buffer, offset: number): number {
    for (let attempt = 0; attempt < 3; attempt++) {
      const room = this.options.policy.maxSize - this.size
      if (bytes.length - offset <= room) return bytes.length
      const end = lineEndBefore(bytes, offset, offset + room)
      if (end !== undefined) return end
      const counted = this.size
      this.measure()
      // Somebody has emptied it: there may be room again.
      if (this.size < counted) continue
      if (this.size === 0 || !this.rotate()) break
    }
    // It cannot be rotated, or the line is longer than a file: no line is lost for that.
    return this.size === 0 ? lineEndAfter(bytes, offset) : bytes.length
  }

  private append(bytes: Buffer, offset: number, end: number): number {
    const { current } = this
    const reached = current.write(end === bytes.length ? bytes : bytes.subarray(0, end), offset)
    this.size += reached - offset
    if (reached === end) return reached
    this.failure = current.failure
    return reached - this.cutOff(current, reached - lastLineEnd(bytes, offset, reached))
  }

  /** Takes the last `torn` bytes off the file again; returns how many of them are off. */
  private cutOff(file: LogFile, torn: number): number {
    if (torn === 0) return 0
    try {
      ftruncateSync(file.fd, Math.max(0, fstatSync(file.fd).size - torn))
    } catch {
      return 0
    }
    if (file === this.current) this.size = Math.max(0, this.size - torn)
    return torn
  }

  /** False if the file stays as it is. */
  private rotate(): boolean {
    if (performance.now() < this.retryAt) return false
    try {
      if (this.current.moved()) this.replace(this.open())
      else this.rename()
    } catch (error) {
      this.retryAt = performance.now() + RETRY
      this.complain(error as NodeJS.ErrnoException)
      return false
    }
    this.failing = false
    return true
  }

  private rename(): void {
    this.measure()
    if (this.size === 0) return
    const target = this.names.next(this.lastWrite(), this.options.policy.timeZone)
    renameSync(this.path, target)
    try {
      this.replace(this.open())
    } catch (error) {
      renameSync(target, this.path)
      throw error
    }
    this.housekeeping.start()
  }

  /** Before it is opened: a line that was left torn is ended then, and that may be one byte too much. */
  private putFullAside(): void {
    const { maxSize, timeZone } = this.options.policy
    try {
      const { size, mtimeMs } = statSync(this.path)
      if (size >= maxSize) renameSync(this.path, this.names.next(mtimeMs, timeZone))
    } catch {
      // It is not there, or cannot be renamed: the first line will tell.
    }
  }

  private open(): LogFile {
    return LogFile.open(this.path, this.options.access, 'line')
  }

  private replace(file: LogFile): void {
    const old = this.current
    this.current = file
    if (!this.flights.has(old)) old.close()
    this.size = 0
    this.measure()
    this.schedule(Date.now())
  }

  /** Others may append to the file or empty it. */
  private measure(): void {
    try {
      if (!this.flights.has(this.current)) this.size = fstatSync(this.current.fd).size
    } catch {
      // What was counted has to do.
    }
  }

  private lastWrite(): number {
    try {
      return fstatSync(this.current.fd).mtimeMs
    } catch {
      return Date.now()
    }
  }

  private next(from: number): number {
    const { frequency, timeZone } = this.options.policy
    return frequency === undefined ? Number.POSITIVE_INFINITY : boundaryAfter(from, frequency, timeZone)
  }

  private schedule(now: number): void {
    this.since = now
    this.due = this.next(now)
    this.arm()
  }

  /** Also when nobody logs, the file of a day is closed when the day ends. */
  private arm(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    if (this.due === Number.POSITIVE_INFINITY) return
    const delay = Math.max(this.due - Date.now(), this.retryAt - performance.now(), 1)
    this.timer = setTimeout(() => {
      this.look(Date.now())
      this.arm()
    }, delay)
    this.timer.unref()
  }

  private complain({ code, message }: NodeJS.ErrnoException): void {
    if (this.failing) return
    this.failing = true
    const { name } = this.options
    report(
      `${name} rotation`,
      `${name}: cannot rotate ${this.path} (${code ?? message}): it is written on, past its limit, and tried again every ${RETRY / 1000} s`,
    )
  }
}

/** The last line end of `bytes` after `offset` and up to `limit`; undefined if there is none. */
function lineEndBefore(bytes: Buffer, offset: number, limit: number): number | undefined {
  if (limit <= offset) return undefined
  const end = bytes.lastIndexOf(NEWLINE, limit - 1) + 1
  return end > offset ? end : undefined
}

function lineEndAfter(bytes: Buffer, offset: number): number {
  const at = bytes.indexOf(NEWLINE, offset)
  return at === -1 ? bytes.length : at + 1
}

/** Where the whole lines of what was written end. */
function lastLineEnd(bytes: Buffer, offset: number, reached: number): number {
  return lineEndBefore(bytes, offset, reached) ?? offset
}
