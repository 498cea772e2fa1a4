import { publish } from './channels'
import type { Clock } from './clock'
import type { DeadLetters } from './dead-letters'
import type { Limits } from './limits'
import type { LoadedTransport } from './load'
import type { Refusal } from './outcome'
import type { Breaker } from './retry/breaker'
import { Trial } from './retry/trial'
import { Sender } from './sender'
import type { SourceLine } from './source'
import type { Fate } from './window'

/** What a courier needs to know of the world. */
export interface CourierSetup {
  readonly transport: LoadedTransport
  readonly breaker: Breaker
  readonly deadLetters: Pick<DeadLetters, 'add'>
  /** Each line was refused once beside lines that were taken: that was its proof. */
  readonly refusedBefore?: boolean | undefined
  readonly clock: Clock
  /** Aborted when closing has come to its end. */
  readonly signal: AbortSignal
}

/**
 * Gets lines to the receiver: sends, waits, sends again, halves what is refused until the line at fault is found, and
 * sets that one aside. Every line it is given ends as sent or dead, or is still its caller's.
 */
export class Courier {
  /** Lines that were sent more than once, counted each time. */
  retried = 0
  private readonly sender: Sender
  private readonly full: Limits
  private current: Limits
  /** Has the receiver ever taken a line? */
  private proven = false
  /** Single lines refused one after another, with none accepted in between. */
  private inARow = 0
  private patience = PATIENCE
  private smooth = 0

  constructor(private readonly setup: CourierSetup) {
    this.sender = new Sender(setup.transport, setup.clock, setup.signal)
    this.full = setup.transport.limits
    this.current = this.full
  }

  /**
   * How much to read for one `deliver`: a batch, which is less than the receiver's limits after it has refused one for its
   * size; or several, while it is to be found out whether it takes anything at all.
   */
  get limits(): Limits {
    const { current, patience } = this
    if (patience === PATIENCE) return current
    return { ...current, lines: Math.max(current.lines, patience), bytes: Math.max(current.bytes, SEARCH_BYTES) }
  }

  /**
   * Delivers lines in their order. False if it gave up before all were settled: closing, or the lines ought to be read
   * anew. `settle` is called for lines once their fate is certain, for those of one answer at once.
   */
  async deliver(
    lines: readonly SourceLine[],
    settle: (lines: readonly SourceLine[], fate: Fate) => void,
  ): Promise<boolean> {
    const trial = new Trial(settle)
    for (const batch of inBatches(lines, this.current)) if (!(await this.push(batch, trial))) return false
    while (!this.judge(trial, true)) {
      // Nothing settled: all of it can be read anew. Otherwise only the dead letters' file is in the way.
      if (!trial.accepted || !(await this.setup.breaker.admit())) return false
      this.setup.breaker.answered()
    }
    return true
  }

  close(): Promise<void> {
    return this.sender.close()
  }

  private async push(lines: readonly SourceLine[], trial: Trial): Promise<boolean> {
    let rest = lines
    for (let attempt = 1; rest.length > 0; attempt++) {
      if (!(await this.setup.breaker.admit())) return false
      if (attempt > 1) this.retried += rest.length
      const answer = await this.sender.send(rest)
      if (!('kind' in answer)) {
        rest = this.sort(rest, answer, trial, attempt)
        continue
      }
      if (answer.kind === 'poison') {
        this.setup.breaker.answered()
        return rest.length === 1 ? this.suspect(rest[0]!, answer, trial) : this.halve(rest, answer, trial)
      }
      this.refused(rest.length, answer)
      // While nothing of the batch is settled it may as well be read anew: larger, or without what was given up since.
      if (!trial.begun && this.full.concurrency === 1) {
        this.retried += rest.length
        return false
      }
    }
    return true
  }

  private async halve(lines: readonly SourceLine[], refusal: Refusal, trial: Trial): Promise<boolean> {
    const middle = Math.ceil(lines.length / 2)
    if (refusal.tooLarge === true) trial.tooLarge = true
    this.retried += lines.length
    return (await this.push(lines.slice(0, middle), trial)) && (await this.push(lines.slice(middle), trial))
  }

  /** Takes an outcome for each line. Returns the lines that are to be sent again. */
  private sort(
    lines: readonly SourceLine[],
    outcomes: readonly ('ok' | Refusal)[],
    trial: Trial,
    attempt: number,
  ): SourceLine[] {
    const again: SourceLine[] = []
    const taken: SourceLine[] = []
    let bytes = 0
    let worst: Refusal | undefined
    for (const [index, line] of lines.entries()) {
      const outcome = outcomes[index]!
      if (outcome === 'ok') {
        taken.push(line)
        bytes += line.bytes
      } else if (outcome.kind === 'poison') {
        // The receiver has named the line: nothing is left to find out.
        const failure = this.bury(line, outcome, trial)
        if (failure === undefined) continue
        again.push(line)
        worst = failure
      } else {
        again.push(line)
        if (worst === undefined || worse(outcome, worst)) worst = outcome
      }
    }
    if (taken.length > 0) {
      trial.settle(taken, 'sent')
      this.accepted(lines.length === taken.length ? bytes : undefined, trial)
    }
    this.answered(worst, again.length, attempt, taken.length > 0)
    return again
  }

  private answered(worst: Refusal | undefined, again: number, attempt: number, progress: boolean): void {
    const { breaker } = this.setup
    if (worst === undefined) return progress ? breaker.accepted() : breaker.answered()
    if (worst.kind === 'hold' || !progress) return this.refused(again, worst)
    const pauseMs = breaker.slowed(worst, attempt)
    publish('retry', { transport: this.setup.transport.name, lines: again, reason: worst.reason, pauseMs })
  }

  private refused(lines: number, refusal: Refusal): void {
    const pauseMs = this.setup.breaker.refused(refusal)
    publish('retry', { transport: this.setup.transport.name, lines, reason: refusal.reason, pauseMs })
  }

  /** Some lines were taken, so what was refused beside them is at fault itself. */
  private accepted(bytes: number | undefined, trial: Trial): void {
    this.proven = true
    this.inARow = 0
    this.patience = PATIENCE
    trial.accepted = true
    if (bytes !== undefined) this.adapt(bytes, trial)
    this.judge(trial, false)
  }

  /** After a batch was too large: the size that was taken instead. Grows back while all goes well. */
  private adapt(bytes: number, trial: Trial): void {
    if (trial.tooLarge) {
      trial.largest = Math.max(trial.largest, bytes)
      this.smooth = 0
    } else if (this.current !== this.full && ++this.smooth >= SMOOTH) {
      this.smooth = 0
      const doubled = this.current.bytes * 2
      this.current = doubled >= this.full.bytes ? this.full : { ...this.current, bytes: doubled }
    }
  }

  private suspect(line: SourceLine, refusal: Refusal, trial: Trial): boolean {
    if (refusal.tooLarge === true) {
      // A request cannot be smaller, so this needs no proof; and it says nothing of how large a batch may be.
      trial.tooLarge = false
      const failure = this.bury(line, refusal, trial)
      if (failure === undefined) return true
      this.refused(1, failure)
      return false
    }
    trial.suspects.push({ line, refusal })
    return this.judge(trial, false) || trial.accepted
  }

  /**
   * A line is at fault only if its receiver takes others: one that refuses everything with 400 is set up wrong, and
   * nothing must be lost by that. True if the delivery can go on.
   */
  private judge(trial: Trial, done: boolean): boolean {
    if (trial.tooLarge && done && trial.largest > 0) this.current = { ...this.current, bytes: trial.largest }
    const { suspects } = trial
    if (suspects.length === 0) return true
    const row = this.inARow + suspects.length
    if (trial.accepted || this.setup.refusedBefore === true || (done && this.proven && row < PATIENCE)) {
      this.inARow = trial.accepted ? 0 : row
      while (suspects.length > 0) {
        const failure = this.bury(suspects[0]!.line, suspects[0]!.refusal, trial)
        if (failure !== undefined) {
          this.refused(suspects.length, failure)
          return false
        }
        suspects.shift()
      }
      return true
    }
    if (!done && row < this.patience) return true
    // Look further the next time, until a line is found that is taken, or there is none.
    this.patience = Math.min(this.patience * 2, MAX_PATIENCE)
    const { refusal } = suspects[0]!
    this.refused(suspects.length, { ...refusal, kind: 'hold', reason: `refuses every line: ${refusal.reason}` })
    return false
  }

  /** Undefined if the line is set aside, else why it could not be. */
  private bury(line: SourceLine, refusal: Refusal, trial: Trial): Refusal | undefined {
    const { deadLetters, transport } = this.setup
    try {
      deadLetters.add(line, refusal)
    } catch (error) {
      return { kind: 'hold', reason: `cannot write the dead letters: ${(error as Error).message}` }
    }
    trial.settle([line], 'dead')
    publish('dead', { transport: transport.name, id: line.id, reason: refusal.reason })
    return undefined
  }
}

/** Consecutive parts within the limits. A line that is longer than all of them is a part by itself. */
function inBatches(lines: readonly SourceLine[], limits: Limits): SourceLine[][] {
  const batches: SourceLine[][] = []
  let bytes = 0
  for (const line of lines) {
    const last = batches.at(-1)
    bytes += line.bytes
    if (last !== undefined && last.length < limits.lines && bytes <= limits.bytes) last.push(line)
    else {
      batches.push([line])
      bytes = line.bytes
    }
  }
  return batches
}

function worse(a: Refusal, b: Refusal): boolean {
  if (a.kind !== b.kind) return a.kind === 'hold'
  return (a.retryAfter ?? 0) > (b.retryAfter ?? 0)
}

const PATIENCE = 16
/** More than so many lines at fault in a row are for a person to look at. */
const MAX_PATIENCE = 1024
const SEARCH_BYTES = 4 * 1024 * 1024
/** Batches accepted in a row before larger ones are tried again. */
const SMOOTH = 64
