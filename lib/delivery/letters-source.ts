import { appendFileSync, closeSync, constants, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { systemClock } from './clock'
import { type DeadLetter, progressOf } from './dead-letters'
import type { Source, SourceLine } from './source'

/** A file of dead letters as a source. How far it has come is kept beside it, so that a crash sends little again. */
export class LettersSource implements Source {
  /** Lines of the file that are no letters. They are kept under the name of the file and `.unreadable`. */
  readonly unreadable: number
  private readonly lines: readonly SourceLine[]
  /** Of the file, as it was read. */
  private readonly bytes: number
  private readonly whole: number
  private next = 0
  private committed = 0

  /** Throws what the file system throws. Cost: the file, an eighth of the bound on dead letters, is in memory. */
  constructor(private readonly path: string) {
    const content = readFileSync(path)
    const parts = content.toString('utf8').split('\n')
    const texts = parts.filter(text => text !== '')
    this.bytes = content.length
    this.whole = parts.at(-1) === '' ? texts.length : texts.length - 1
    const done = doneOf(path)
    const letters = texts
      .slice(done)
      .map((text, index) => ({ text, letter: parseLetter(text), position: done + index + 1 }))
    const broken = letters.filter(({ letter }) => letter === undefined)
    if (broken.length > 0) appendFileSync(`${path}.unreadable`, broken.map(({ text }) => `${text}\n`).join(''), PRIVATE)
    this.unreadable = broken.length
    this.lines = letters.flatMap(({ letter, position }) =>
      letter === undefined
        ? []
        : [{ id: letter.id, text: letter.line, bytes: Buffer.byteLength(letter.line), position }],
    )
    if (this.lines.length === 0) this.remove()
  }

  async read(maxLines: number, maxBytes: number): Promise<readonly SourceLine[]> {
    const from = this.next
    for (let bytes = 0; this.next < this.lines.length && this.next - from < maxLines; this.next++) {
      bytes += this.lines[this.next]!.bytes
      if (this.next > from && bytes > maxBytes) break
    }
    return this.lines.slice(from, this.next)
  }

  rewind(): void {
    this.next = this.committed
  }

  commit(position: number): void {
    while (this.committed < this.lines.length && this.lines[this.committed]!.position <= position) this.committed++
    if (this.committed === this.lines.length) this.remove()
    else this.note(position)
  }

  /** There never is more: nobody adds to the file. */
  more(ms: number): Promise<void> {
    return systemClock.wait(ms)
  }

  backlog(): { lines: number; bytes: number; oldest: undefined } {
    const waiting = this.lines.slice(this.committed)
    return { lines: waiting.length, bytes: waiting.reduce((sum, { bytes }) => sum + bytes, 0), oldest: undefined }
  }

  close(): void {}

  /** One write of always the same width over the one before: a kill leaves the old or the new, never nothing. */
  private note(done: number): void {
    const fd = openSync(progressOf(this.path), constants.O_WRONLY | constants.O_CREAT, PRIVATE.mode)
    try {
      writeSync(fd, String(done).padEnd(WIDTH), 0)
    } finally {
      closeSync(fd)
    }
  }

  private remove(): void {
    const { size = 0 } = statSync(this.path, { throwIfNoEntry: false }) ?? {}
    // Somebody had it open when it was put by, and has added a letter since: that is for the next time.
    if (size > this.bytes) return this.note(this.whole)
    rmSync(this.path, { force: true })
    rmSync(progressOf(this.path), { force: true })
  }
}

/** Whose letters are in a file: what the first one says that can be read. undefined if there is none. Throws as `LettersSource`. */
export function transportOf(path: string): string | undefined {
  for (const text of readFileSync(path, 'utf8').split('\n')) {
    const letter = parseLetter(text)
    if (letter !== undefined) return letter.transport
  }
  return undefined
}

function parseLetter(text: string): Pick<DeadLetter, 'id' | 'line' | 'transport'> | undefined {
  try {
    const letter = JSON.parse(text) as Partial<DeadLetter>
    const { id, line, transport = '' } = letter
    return typeof id === 'string' && typeof line === 'string' ? { id, line, transport } : undefined
  } catch {
    return undefined
  }
}

/** Lines that a replay which did not end has already seen to. */
function doneOf(path: string): number {
  try {
    const done = Number(readFileSync(progressOf(path), 'utf8'))
    return Number.isInteger(done) && done > 0 ? done : 0
  } catch {
    return 0
  }
}

const PRIVATE = { mode: 0o600 }
/** Digits of the largest number that may stand there. */
const WIDTH = 16
