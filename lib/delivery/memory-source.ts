import { setTimeout } from 'node:timers/promises'
import type { Source, SourceLine } from './source'
import { lineId } from './spool/ids'
import type { LentTurn } from './spool/lent'
import { Waker } from './waker'

interface Held extends SourceLine {
  readonly from: number
}

/** One transport's lines of what is sent from memory. Whoever feeds it keeps them until `passed` is beyond them. */
export class MemorySource implements Source {
  private waiting: Held[] = []
  private bytes = 0
  private next = 0
  private fed = 0
  private readonly waker = new Waker()

  constructor(
    private readonly name: string,
    /** Something was committed, or there was nothing for this transport in what was fed. */
    private readonly moved: () => void,
  ) {}

  /** The number of the last line before which nothing waits. */
  get passed(): number {
    const [head] = this.waiting
    return head === undefined ? this.fed : head.position - 1
  }

  /** Turns in their order. Those that it has been fed before are passed over. */
  feed(turns: readonly LentTurn[]): void {
    for (const { spool, first, text, from, routes, runs } of turns) {
      if (first <= this.fed) continue
      const bit = routes.indexOf(this.name)
      const texts = text.split('\n')
      let position = first
      for (const { mask, lines } of runs) {
        const mine = bit !== -1 && (mask & (1 << bit)) !== 0
        for (let i = 0; i < lines; i++, position++) {
          if (mine) this.hold({ id: lineId(spool, position), text: texts[position - first]!, position, from })
        }
      }
      this.fed = position - 1
    }
    this.waker.wake()
    this.moved()
  }

  async read(maxLines: number, maxBytes: number): Promise<readonly SourceLine[]> {
    const lines: SourceLine[] = []
    let bytes = 0
    for (let at = this.next; at < this.waiting.length && lines.length < maxLines; at++) {
      const line = this.waiting[at]!
      if (lines.length > 0 && bytes + line.bytes > maxBytes) break
      lines.push(line)
      bytes += line.bytes
    }
    this.next += lines.length
    return lines
  }

  rewind(): void {
    this.next = 0
  }

  commit(position: number): void {
    const count = this.waiting.filter(line => line.position <= position).length
    for (const { bytes } of this.waiting.splice(0, count)) this.bytes -= bytes
    this.next = Math.max(0, this.next - count)
    this.moved()
  }

  async more(ms: number): Promise<void> {
    if (this.next < this.waiting.length) return
    await this.waker.until(setTimeout(Math.min(ms, 0x7fff_ffff), undefined, { ref: false }))
  }

  backlog(): { readonly lines: number; readonly bytes: number; readonly oldest: number | undefined } {
    return { lines: this.waiting.length, bytes: this.bytes, oldest: this.waiting[0]?.from }
  }

  close(): void {
    this.waker.wake()
  }

  private hold(line: Omit<Held, 'bytes'>): void {
    const bytes = Buffer.byteLength(line.text)
    this.waiting.push({ ...line, bytes })
    this.bytes += bytes
  }
}
