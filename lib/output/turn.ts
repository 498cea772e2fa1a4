import { clearImmediate, setImmediate } from 'node:timers'
import { type ExitRegistry, exitRegistry } from './exit'

/** Lines by level, in the order they came: level, how many, level, how many, … */
export type Runs = readonly number[]

/** What a turn is handed to. Called on the application's thread, in the log call or at the end of its turn. */
export interface TurnWriter {
  /**
   * Takes a turn: `text` is `lines` whole lines, the first of them logged at `from` (Date.now(), ms).
   * Must not throw.
   */
  take(text: string, lines: number, runs: Runs, from: number): void
}

export type Durability = 'turn' | 'line'

/** A turn is handed over when it is this long, in UTF-16 units … */
const MAX_UNITS = 64 * 1024
/** … or when a call finds its first line this old, in ms: a loop that never ends its turn still gets its lines out. */
const MAX_AGE = 10
/** From `error` on a line is written in the call. */
const URGENT = 50
/** No turn has begun: every `now` is past it, so that the first line of a turn takes the slow path. */
const NONE = Number.NEGATIVE_INFINITY

/**
 * The turn buffer: joins the lines of one turn of the event loop into one string, and hands it over at the next check
 * phase. Lost when the process is killed (SIGKILL, an abort): the lines of the turn that has not ended.
 */
export class Turn {
  private text = ''
  private due = NONE
  /** The current run's level, and its lines that are not yet in `runs`. */
  private level = 0
  private run = 0
  private runs: number[] = []
  private from = NONE
  private immediate: NodeJS.Immediate | undefined
  private readonly exit: ExitRegistry = exitRegistry()

  constructor(
    private readonly writer: TurnWriter,
    private readonly durability: Durability,
  ) {}

  /** Cost: a string append and three compares; some 100 ns more for the first line of a turn. */
  write(line: string, level: number, now: number): void {
    this.text += line
    if (level === this.level && now < this.due && this.text.length < MAX_UNITS) this.run++
    else this.turning(level, now)
  }

  /** Hands over what there is. Cancels the end of the turn, so that nothing of this keeps the event loop alive. */
  flush(): void {
    if (this.immediate !== undefined) {
      clearImmediate(this.immediate)
      this.immediate = undefined
    }
    this.handOver()
  }

  /** Lines not yet handed over. Cost: grows with the changes of level in the turn. */
  get lines(): number {
    let lines = this.run
    for (let i = 1; i < this.runs.length; i += 2) lines += this.runs[i]!
    return lines
  }

  /** An upper bound of the bytes not yet handed over, without looking at each character. */
  get units(): number {
    return this.text.length
  }

  /** A line that begins a turn, ends it, or is of another level than the one before. */
  private turning(level: number, now: number): void {
    if (this.due === NONE) this.begin(now)
    if (level !== this.level) {
      if (this.run > 0) this.runs.push(this.level, this.run)
      this.level = level
      this.run = 0
    }
    this.run++
    if (
      level >= URGENT ||
      now >= this.due ||
      this.text.length >= MAX_UNITS ||
      this.durability === 'line' ||
      this.exit.exiting
    ) {
      this.handOver()
    }
  }

  private begin(now: number): void {
    this.from = now
    this.due = now + MAX_AGE
    if (this.durability === 'turn' && this.immediate === undefined && !this.exit.exiting) {
      this.immediate = setImmediate(Turn.ended, this)
    }
  }

  private handOver(): void {
    if (this.due === NONE) return
    const { text, run, from } = this
    const before = this.runs
    this.text = ''
    this.due = NONE
    this.run = 0
    if (before.length === 0) {
      this.writer.take(text, run, [this.level, run], from)
      return
    }
    this.runs = []
    let lines = run
    for (let i = 1; i < before.length; i += 2) lines += before[i]!
    before.push(this.level, run)
    this.writer.take(text, lines, before, from)
  }

  private static ended(turn: Turn): void {
    turn.immediate = undefined
    turn.handOver()
  }
}
