import type { Runs } from '../../output/turn'

/** A turn that waits in memory for the disk. */
export interface Waiter {
  readonly text: string
  readonly bytes: number
  readonly lines: number
  readonly runs: Runs
  readonly from: number
  readonly to: number
}

/** Turns that the disk does not take, oldest first. The bound is its user's business. */
export class Queue {
  bytes = 0
  lines = 0
  /** The head is being written: it can't be given up. */
  headBusy = false
  private turns: (Waiter | undefined)[] = []
  private first = 0

  get empty(): boolean {
    return this.first === this.turns.length
  }

  get head(): Waiter | undefined {
    return this.turns[this.first]
  }

  push(turn: Waiter): void {
    this.turns.push(turn)
    this.bytes += turn.bytes
    this.lines += turn.lines
  }

  shift(): Waiter | undefined {
    const head = this.head
    if (head === undefined) return undefined
    this.turns[this.first++] = undefined
    this.bytes -= head.bytes
    this.lines -= head.lines
    this.headBusy = false
    if (this.first >= 64 && this.first * 2 >= this.turns.length) {
      this.turns.splice(0, this.first)
      this.first = 0
    }
    return head
  }

  /** Gives up the oldest that nobody is writing. */
  dropOldest(): Waiter | undefined {
    if (!this.headBusy) return this.shift()
    const head = this.head
    const next = this.turns[this.first + 1]
    if (head === undefined || next === undefined) return undefined
    this.turns[this.first + 1] = head
    this.turns[this.first++] = undefined
    this.bytes -= next.bytes
    this.lines -= next.lines
    return next
  }
}
