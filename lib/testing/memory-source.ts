import type { Clock } from '../delivery/clock'
import type { Source, SourceLine } from '../delivery/source'
import { lineId } from '../delivery/spool/ids'
import { Waker } from '../delivery/waker'

interface Written extends SourceLine {
  readonly at: number
}

/**
 * Lines in memory that outlive the pipeline that reads them: what was written and not committed is there for the next
 * `open`, as it is after a crash.
 */
export class MemorySpool {
  sent = 0
  dead = 0
  /** Ids of all lines that are committed, in order. */
  readonly committed: string[] = []
  private readonly waiting: Written[] = []
  private readonly waker = new Waker()
  private written = 0
  private opened = 0

  constructor(
    readonly id: string,
    private readonly clock: Clock,
  ) {}

  /** Returns the line's id. */
  write(text: string): string {
    const position = ++this.written
    const id = lineId(this.id, position)
    this.waiting.push({ id, text, position, bytes: Buffer.byteLength(text), at: this.clock.now() })
    this.waker.wake()
    return id
  }

  get left(): readonly SourceLine[] {
    return this.waiting
  }

  /** A reader that begins with the first line not committed. The one before it is dead, as after a crash. */
  open(): Source {
    const mine = ++this.opened
    const dead = (): boolean => mine !== this.opened
    let next = 0
    let closed = false
    const guard = (): void => {
      if (closed) throw new Error('the source is closed')
    }
    return {
      read: async (maxLines, maxBytes) => {
        guard()
        if (dead()) return new Promise(() => {})
        const lines = this.take(next, maxLines, maxBytes)
        next += lines.length
        return lines
      },
      rewind: () => {
        guard()
        next = 0
      },
      commit: (position, counts) => {
        guard()
        if (dead()) return
        next -= this.commit(position, counts)
      },
      more: async ms => {
        if (next < this.waiting.length || closed) return
        if (dead()) return new Promise(() => {})
        await this.waker.until(this.clock.wait(ms))
      },
      backlog: () => ({
        lines: this.waiting.length,
        bytes: this.waiting.reduce((sum, line) => sum + line.bytes, 0),
        oldest: this.waiting[0]?.at,
      }),
      close: () => {
        closed = true
        this.waker.wake()
      },
    }
  }

  private take(from: number, maxLines: number, maxBytes: number): SourceLine[] {
    const lines: SourceLine[] = []
    let bytes = 0
    for (const line of this.waiting.slice(from, from + maxLines)) {
      if (lines.length > 0 && bytes + line.bytes > maxBytes) break
      lines.push(line)
      bytes += line.bytes
    }
    return lines
  }

  /** How many lines that was. Throws if the counts are not theirs: a pipeline that commits what it did not settle loses lines. */
  private commit(position: number, { sent, dead }: { readonly sent: number; readonly dead: number }): number {
    const count = this.waiting.filter(line => line.position <= position).length
    if (count !== sent + dead) throw new Error(`committed ${count} lines as ${sent} sent and ${dead} dead`)
    for (const line of this.waiting.splice(0, count)) this.committed.push(line.id)
    this.sent += sent
    this.dead += dead
    return count
  }
}
