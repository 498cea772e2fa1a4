import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { tornAtEnd } from '../output/torn-at-end'
import { report } from '../report'
import type { Clock } from './clock'
import type { Refusal } from './outcome'
import type { SourceLine } from './source'
import { syncFolder } from './spool/sync-folder'

/** A line that its receiver will never take as it is, as it stands in the file. */
export interface DeadLetter {
  /** When it was set aside, ISO 8601. */
  readonly at: string
  readonly transport: string
  readonly reason: string
  readonly status?: number
  readonly id: string
  /** The line, as it was written. */
  readonly line: string
}

export interface DeadLettersOptions {
  /** Bytes of all files of one transport; past that the oldest file is removed. Default: 64 MiB. */
  readonly maxBytes?: number | undefined
  /** Asked when a letter cannot be written: may it be given up, counted, rather than hold up its transport? Default: not. */
  readonly mayDrop?: (() => boolean) | undefined
  /** Says on stderr, at most once a minute, that lines are set aside, and why the latest was. Default: not. */
  readonly tell?: boolean | undefined
  /** Each letter is on the disk when `add` returns, to outlive a loss of power. Cost: 0.2 to 3 ms. Default: false. */
  readonly fsync?: boolean | undefined
}

/**
 * The lines set aside for one transport: `<transport>.dlq.ndjson` in a folder that several processes may share, one JSON
 * object a line, for `jq` and for `hewn replay`. A file that has grown to an eighth of the bound is put by under a
 * name with its time.
 */
export class DeadLetters {
  /** Letters given up because the bound was reached, by this process. */
  dropped = 0
  private readonly maxBytes: number
  private readonly path: string

  constructor(
    private readonly folder: string,
    private readonly transport: string,
    private readonly clock: Clock,
    private readonly options: DeadLettersOptions = {},
  ) {
    this.maxBytes = options.maxBytes ?? 64 * 1024 * 1024
    this.path = currentFile(folder, transport)
  }

  /** In the file when this returns. Throws what the file system throws; then the line is still the caller's. */
  add(line: SourceLine, refusal: Refusal): void {
    const letter: DeadLetter = {
      at: new Date(this.clock.now()).toISOString(),
      transport: this.transport,
      reason: refusal.reason,
      ...(refusal.status === undefined ? {} : { status: refusal.status }),
      id: line.id,
      line: line.text,
    }
    try {
      this.write(`${JSON.stringify(letter)}\n`)
      if (this.options.tell === true) this.told(refusal)
    } catch (error) {
      if (this.options.mayDrop?.() !== true) throw error
      this.dropped++
      report(
        `${this.transport} letters`,
        `${this.transport}: a line that its receiver refuses is lost (${refusal.reason}), as it cannot be set aside: ${(error as Error).message}`,
      )
    }
  }

  private told({ reason }: Refusal): void {
    const message = `a line that its receiver refuses is set aside in ${this.path}: ${reason}`
    report(`${this.transport} set aside`, `${this.transport}: ${message}`)
  }

  private write(text: string): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 })
    const { fsync = false } = this.options
    const isNew = fsync && !existsSync(this.path)
    // Half of a letter, which a full disk or a loss of power has left, must not take this one with it.
    const letter = tornAtEnd(this.path) ? `\n${text}` : text
    // One write in append mode: letters of two processes do not mix. A line may hold what is nobody else's business.
    appendFileSync(this.path, letter, { mode: 0o600, flush: fsync })
    if (isNew) syncFolder(this.folder)
    if (sizeOf(this.path) < this.maxBytes / PARTS) return
    this.putBy()
    this.trim()
  }

  /** Begins a new file: what was set aside so far is in files that nothing is added to. Removes none. */
  putBy(): void {
    const time = `${Math.floor(this.clock.now())}-${process.pid}`
    moveIfThere(this.path, join(this.folder, `${fileName(this.transport)}.${time}${SUFFIX}`))
  }

  private trim(): void {
    const files = deadLetterFiles(this.folder, this.transport)
    let total = files.reduce((sum, path) => sum + sizeOf(path), 0)
    for (const oldest of files) {
      if (total <= this.maxBytes * (1 - 1 / PARTS)) return
      const text = readIfThere(oldest)
      rmSync(oldest, { force: true })
      rmSync(progressOf(oldest), { force: true })
      total -= text.length
      this.dropped += text.reduce((lines, byte) => (byte === NEWLINE ? lines + 1 : lines), 0)
    }
  }
}

/** The files of one transport's dead letters, the oldest first, the one being written last. */
export function deadLetterFiles(folder: string, transport: string): string[] {
  const stem = fileName(transport)
  const rotated = new RegExp(`^${stem.replace(/[.]/g, '\\.')}\\.(\\d+)-\\d+${SUFFIX.replaceAll('.', '\\.')}$`)
  const names = namesIn(folder)
  const old = names.filter(name => rotated.test(name)).sort((a, b) => timeOf(a, rotated) - timeOf(b, rotated))
  const current = names.filter(name => name === `${stem}${SUFFIX}`)
  return [...old, ...current].map(name => join(folder, name))
}

/** The file that letters for a transport are added to. */
export function currentFile(folder: string, transport: string): string {
  return join(folder, `${fileName(transport)}${SUFFIX}`)
}

/** The transports that have dead letters in a folder, by name. */
export function transportsWithLetters(folder: string): string[] {
  const files = namesIn(folder).filter(name => name.endsWith(SUFFIX))
  const stems = files.map(name => name.slice(0, name.indexOf('.')))
  return [...new Set(stems)].map(stem =>
    stem.replace(/%([0-9a-f]{6})/g, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16))),
  )
}

/** Where a replay of such a file notes how far it has come. */
export function progressOf(path: string): string {
  return `${path}.at`
}

/** A transport's name as part of a file's: two names never share one. */
export function fileName(transport: string): string {
  return transport.replace(/[^a-zA-Z0-9_-]/gu, unsafe => `%${unsafe.codePointAt(0)!.toString(16).padStart(6, '0')}`)
}

const SUFFIX = '.dlq.ndjson'
/** Files that a transport's letters are spread over at most. */
const PARTS = 8
const NEWLINE = 10

function timeOf(name: string, rotated: RegExp): number {
  return Number(rotated.exec(name)?.[1])
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function readIfThere(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch {
    return Buffer.alloc(0)
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

/** Another process may have done it first. */
function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
