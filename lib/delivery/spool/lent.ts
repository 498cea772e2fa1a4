import type { Disk } from './disk'
import type { Run } from './frame'
import { newSpoolId } from './ids'
import type { Queue, Waiter } from './queue'

/** A turn that no disk takes, for those who send it from memory. Plain data: it may be posted to a thread. */
export interface LentTurn {
  /** With a line's number it makes the line's id, as on disk. */
  readonly spool: string
  /** The first line's number; the others follow. */
  readonly first: number
  readonly text: string
  /** When the first line was logged, Date.now() ms. */
  readonly from: number
  /** The transports by bit of the runs' masks. */
  readonly routes: readonly string[]
  readonly runs: readonly Run[]
}

interface Entry {
  readonly turn: LentTurn
  readonly last: number
  readonly waiter: Waiter
}

/** Turns that are being sent from memory: kept here until they are acknowledged, never written to disk, never dropped. */
export class Lent {
  /** The id of the writer that lines from memory have: another than the directory's, as their numbers are others. */
  readonly spool = newSpoolId()
  bytes = 0
  lines = 0
  private entries: Entry[] = []
  private next = 1

  constructor(private readonly disk: Pick<Disk, 'bits' | 'runs'>) {}

  get turns(): readonly LentTurn[] {
    return this.entries.map(({ turn }) => turn)
  }

  /** The oldest of the queue, as many as may be on loan at once. */
  from(queue: Queue): readonly LentTurn[] {
    const turns: LentTurn[] = []
    while (this.bytes < MOST) {
      const turn = queue.dropOldest()
      if (turn === undefined) break
      turns.push(this.add(turn, this.disk.runs(turn.runs, false)))
    }
    return turns
  }

  /** A line of hewn's own, for every transport. It counts as nobody's. */
  own(text: string, level: number, now: number): LentTurn {
    const waiter = { text, bytes: Buffer.byteLength(text), lines: 0, runs: [], from: now, to: now }
    return this.add(waiter, this.disk.runs([level, 1], true))
  }

  private add(waiter: Waiter, runs: readonly Run[]): LentTurn {
    const { text, from } = waiter
    const turn = { spool: this.spool, first: this.next, text, from, routes: this.disk.bits, runs }
    this.next += runs.reduce((sum, { lines }) => sum + lines, 0)
    this.entries.push({ turn, last: this.next - 1, waiter })
    this.bytes += waiter.bytes
    this.lines += waiter.lines
    return turn
  }

  /** All up to a line's number are done with. Returns how many lines that was. */
  settle(position: number): number {
    const done = this.entries.filter(({ last }) => last <= position)
    this.entries = this.entries.slice(done.length)
    return this.without(done)
  }

  /** Nobody sends them any more. */
  giveUp(): readonly Waiter[] {
    const { entries } = this
    this.entries = []
    this.without(entries)
    return entries.map(({ waiter }) => waiter).filter(({ lines }) => lines > 0)
  }

  private without(entries: readonly Entry[]): number {
    let lines = 0
    for (const { waiter } of entries) {
      this.bytes -= waiter.bytes
      lines += waiter.lines
    }
    this.lines -= lines
    return lines
  }
}

/** Bytes that are on loan at a time: they can no longer be dropped for newer ones. */
const MOST = 2 * 1024 * 1024
