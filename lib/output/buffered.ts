import { report, say } from '../report'
import { Backlog } from './backlog'
import { encode } from './encode'
import { type ExitParticipant, type ExitRegistry, exitRegistry } from './exit'
import { countedLines, type Loss, Losses } from './losses'
import type { FlushResult, Sink, SinkStats } from './sink'
import { type Durability, type Runs, Turn, type TurnWriter } from './turn'
import { type Progress, Waiting } from './waiting'

export interface BufferedOptions {
  readonly name: string
  readonly durability: Durability
  /** How long a target that takes nothing may hold up the end of the process, in ms. */
  readonly exitTimeout: number
  /** Bytes that may wait in memory for a target that refuses them. */
  readonly maxBuffer: number
  /** Renders the line that tells of lines given up, ending in '\n'. */
  readonly lossLine: (loss: Loss) => string
}

/** While a target goes on refusing, a line tells at most this often of what was given up, in ms. */
const TELL_EVERY = 1000
/** The answer of `putText` when nothing is left. */
export const ALL = -1
const CLOSED = 'the destination was closed'

/**
 * A sink with a turn buffer before it and a bounded backlog behind: what the target refuses waits there, in order.
 * Every line it takes is in the end written, or counted as given up and told of, in the target or on stderr.
 */
export abstract class BufferedSink implements Sink, TurnWriter, ExitParticipant, Progress {
  readonly exitTimeout: number
  protected readonly name: string
  protected readonly maxBuffer: number
  protected readonly backlog = new Backlog()
  protected readonly losses: Losses
  protected readonly exit: ExitRegistry = exitRegistry()
  /** Why nothing can be written any more, once that is so for good. */
  protected gone: string | undefined
  private readonly turn: Turn
  private readonly lossLine: (loss: Loss) => string
  private readonly waiting = new Waiting(this)
  private closed = false
  /** What is left has been told of: a line that comes yet has no later turn. */
  private ended = false
  private told = Number.NEGATIVE_INFINITY
  sent = 0

  constructor(options: BufferedOptions) {
    this.name = options.name
    this.exitTimeout = options.exitTimeout
    this.maxBuffer = options.maxBuffer
    this.lossLine = options.lossLine
    this.losses = new Losses(options.name)
    this.turn = new Turn(this, options.durability)
    this.exit.add(this)
  }

  /** Called before each attempt to write, with a Date.now() of about now. */
  protected abstract prepare(now: number): void
  /** Writes from `bytes[offset]` on, as much as the target takes now, and returns the offset it came to. */
  protected abstract put(bytes: Buffer, offset: number): number
  /** Writes a turn that was logged from `from` on (Date.now(), ms); ALL, or the bytes of it that the target took. */
  protected putText(text: string, _from: number): number {
    const bytes = encode(text)
    const offset = this.put(bytes, 0)
    return offset === bytes.length ? ALL : offset
  }

  /** The target refused a part, which waits in the backlog now: arranges for `pump` to be called. */
  protected abstract refused(): void
  /** The target took something; `all` that waited, or a part. */
  protected abstract accepted(all: boolean): void
  /** Is it worth trying to write the backlog in this turn? */
  protected abstract ready(): boolean
  /** The backlog is past its bound: waits, or gives lines up. */
  protected abstract makeRoom(): void
  /** Waits for the target, at most until `deadline`; false if that is of no use. */
  protected abstract pause(deadline: number): boolean
  /** Why lines that are given up now are given up. */
  protected abstract reason(): string
  protected abstract get state(): 'up' | 'down'
  /** Lets go of the target. */
  protected abstract release(): void

  write(line: string, level: number, now: number): void {
    this.turn.write(line, level, now)
  }

  take(text: string, lines: number, runs: Runs, from: number): void {
    if (this.gone !== undefined) return this.losses.add(runs, this.gone, from, Date.now())
    if (this.closed) return this.losses.late(runs, CLOSED, from, Date.now())
    if (this.backlog.empty && this.losses.untold === 0) {
      this.prepare(from)
      const taken = this.putText(text, from)
      if (taken === ALL) {
        this.sent += lines
        return
      }
      this.keep(Buffer.from(text), lines, runs, from, taken)
      this.held()
    } else {
      this.keep(Buffer.from(text), lines, runs, from, 0)
      if (this.ready()) this.pump()
    }
    if (this.backlog.bytes > this.maxBuffer) this.makeRoom()
    if (this.ended && !this.backlog.empty) this.abandon()
  }

  flushSync(deadline: number): void {
    this.turn.flush()
    while (!this.pump() && this.pause(deadline));
  }

  abandon(): void {
    this.giveUpBacklog()
    const loss = this.losses.tell()
    if (loss === undefined) return
    const message = `${this.name}: ${countedLines(loss.counts)} lost: ${loss.reason}`
    if (this.ended) report(`${this.name} ended`, message)
    else say(message)
    this.ended = true
  }

  flush(timeout: number): Promise<FlushResult> {
    const pending = this.turn.lines + this.backlog.lines
    this.turn.flush()
    this.pump()
    return this.waiting.wait(timeout, pending)
  }

  async close(timeout: number): Promise<FlushResult> {
    const flushing = this.flush(timeout)
    if (this.closed) return flushing
    this.closed = true
    const result = await flushing
    this.abandon()
    this.exit.remove(this)
    this.gone ??= CLOSED
    this.release()
    return result
  }

  stats(): SinkStats {
    return {
      state: this.closed ? 'closed' : this.state,
      queued: this.turn.lines + this.backlog.lines,
      bytes: this.turn.units + this.backlog.bytes,
      sent: this.sent,
      dropped: new Map(this.losses.total),
    }
  }

  get settled(): number {
    return this.sent + this.losses.lines
  }

  get taken(): number {
    return this.settled + this.backlog.lines
  }

  /** Writes what waits, as far as the target takes it; true if nothing waits any more. */
  protected pump(): boolean {
    if (this.backlog.empty && (this.losses.untold === 0 || this.gone !== undefined)) return true
    this.prepare(Date.now())
    for (;;) {
      this.tell()
      const { head } = this.backlog
      if (head === undefined) return true
      const offset = this.put(head.bytes, head.offset)
      if (offset > head.offset) this.wrote(offset)
      if (offset < head.bytes.length) return this.held()
    }
  }

  /** A write came to an end before its bytes did. True if nothing waits: the target is gone. */
  private held(): boolean {
    if (this.gone === undefined) this.refused()
    else this.giveUpBacklog()
    return this.gone !== undefined
  }

  /** The head of the backlog is written up to `offset`. */
  protected wrote(offset: number): void {
    const head = this.backlog.head
    if (head === undefined) return
    this.sent += this.backlog.advance(head, offset)
    this.accepted(this.backlog.empty)
    this.waiting.moved()
  }

  /** Gives up the oldest lines until the backlog is within its bound. A line that is begun is finished. */
  protected dropOldest(): void {
    while (this.backlog.bytes > this.maxBuffer) {
      const dropped = this.backlog.dropOldest()
      if (dropped === undefined) break
      if (dropped.loss === undefined) this.losses.add(dropped.runs, this.reason(), dropped.from, dropped.to)
      else this.untell(dropped.loss)
    }
    this.waiting.moved()
  }

  protected giveUpBacklog(): void {
    const reason = this.reason()
    const told = this.backlog.head?.loss
    if (told !== undefined) this.untell(told)
    for (const { runs, from, to } of this.backlog.clear()) this.losses.add(runs, reason, from, to)
    this.waiting.moved()
  }

  /** Puts the line that tells of lost lines where they would have stood: before the head, if that is not begun. */
  private tell(): void {
    if (this.losses.untold === 0 || !this.backlog.open) return
    const now = performance.now()
    if (!this.backlog.empty && now - this.told < TELL_EVERY) return
    this.told = now
    const loss = this.losses.tell()
    const text = loss === undefined ? '' : this.render(loss)
    if (loss === undefined || text === '') return
    const bytes = Buffer.from(text)
    this.backlog.unshift({ bytes, offset: 0, written: 0, runs: [], lines: 0, from: 0, to: 0, loss })
  }

  private untell(loss: Loss): void {
    this.losses.untell(loss)
    this.told = Number.NEGATIVE_INFINITY
  }

  private render(loss: Loss): string {
    try {
      return this.lossLine(loss)
    } catch (error) {
      report(
        `${this.name} loss line`,
        `${this.name}: ${countedLines(loss.counts)} lost: ${loss.reason} (${String(error)})`,
      )
      return ''
    }
  }

  private keep(bytes: Buffer, lines: number, runs: Runs, from: number, offset: number): void {
    const chunk = { bytes, offset: 0, written: 0, runs, lines, from, to: Date.now() }
    this.backlog.push(chunk)
    if (offset > 0) this.sent += this.backlog.advance(chunk, offset)
  }
}
