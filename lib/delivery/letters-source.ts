import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { systemClock } from './clock'
import { type DeadLetter, progressOf } from './dead-letters'
import type { Source, SourceLine } from './source'

/** A file of dead letters as a source. How far it has come is kept beside it, so that a crash sends little again. */
export class LettersSource implements Source {
  /** Lines of the file that are no letters. They are kept under the name of the file and `.unreadable`. */
  readonly unreadable: number
  private readonly lines: readonly SourceLine[]
  private next = 0
  private committed = 0

  /** Throws what the file system throws. Cost: the file, an eighth of the bound on dead letters, is in memory. */
  constructor(private readonly path: string) {
    const texts = readFileSync(path, 'utf8')
      .split('\n')
      .filter(text => text !== '')
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
    else writeFileSync(progressOf(this.path), String(position), PRIVATE)
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

  private remove(): void {
    rmSync(this.path, { force: true })
    rmSync(progressOf(this.path), { force: true })
  }
}

function parseLetter(text: string): Pick<DeadLetter, 'id' | 'line'> | undefined {
  try {
    const letter = JSON.parse(text) as Partial<DeadLetter>
    const { id, line } = letter
    return typeof id === 'string' && typeof line === 'string' ? { id, line } : undefined
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
