import type { SourceLine } from './source'

export type Fate = 'sent' | 'dead'

/** What may be committed: all lines up to `position`. */
export interface Progress {
  readonly position: number
  readonly sent: number
  readonly dead: number
}

/**
 * The lines of one source that were read and not yet committed, in their order. Batches may end in any order; only what
 * is done with from the first line on is ever committed, so that a crash brings back each line that is not.
 */
export class Window {
  private lines: readonly SourceLine[][] = []
  private readonly fates = new Map<number, Fate>()
  /** Index of the first line in the first batch that is not committed. */
  private next = 0

  add(lines: readonly SourceLine[]): void {
    this.lines = [...this.lines, [...lines]]
  }

  get size(): number {
    return this.lines.reduce((sum, batch) => sum + batch.length, 0) - this.next
  }

  isSettled(line: SourceLine): boolean {
    return this.fates.has(line.position)
  }

  settle(line: SourceLine, fate: Fate): void {
    this.fates.set(line.position, fate)
  }

  /** Takes what is done with from the front. Undefined if nothing is. */
  advance(): Progress | undefined {
    const counts = { sent: 0, dead: 0 }
    let position: number | undefined
    for (let line = this.first(); line !== undefined; line = this.first()) {
      const fate = this.fates.get(line.position)
      if (fate === undefined) break
      this.fates.delete(line.position)
      counts[fate]++
      position = line.position
      this.next++
    }
    return position === undefined ? undefined : { position, ...counts }
  }

  clear(): void {
    this.lines = []
    this.fates.clear()
    this.next = 0
  }

  private first(): SourceLine | undefined {
    while (this.lines.length > 0 && this.next >= this.lines[0]!.length) {
      this.lines = this.lines.slice(1)
      this.next = 0
    }
    return this.lines[0]?.[this.next]
  }
}
