import { report, say } from '../report'
import { type ExitParticipant, type ExitRegistry, exitRegistry } from './exit'
import { countedLines, type Loss, Losses } from './losses'
import type { FlushResult, Sink, SinkStats } from './sink'
import { type Progress, Waiting } from './waiting'

/** What an application gives as `destination`: a stream, or any object that takes lines. */
export interface Destination {
  /**
   * Takes one line, which ends in '\n', in the log call. `false` asks to wait for 'drain', if there is `on` or `once`.
   * What it throws or rejects with is caught, and the line counted as dropped.
   */
  write(line: string): unknown
  once?(event: 'drain', listener: () => void): unknown
  on?(event: 'drain' | 'error', listener: (error?: unknown) => void): unknown
}

interface Held {
  readonly line: string
  readonly level: number
  readonly at: number
}

export interface CustomOptions {
  readonly name: string
  readonly exitTimeout: number
  /** UTF-16 units that may wait for 'drain'. */
  readonly maxBuffer: number
  readonly lossLine: (loss: Loss) => string
}

/** A destination that logs in its own `write` gets those lines too, so deep; then they are dropped. */
const MAX_DEPTH = 4

/** An application's own object, which gets each line in the log call. */
export class CustomSink implements Sink, ExitParticipant, Progress {
  readonly exitTimeout: number
  sent = 0
  private readonly losses: Losses
  private readonly waiting = new Waiting(this)
  private readonly exit: ExitRegistry = exitRegistry()
  private held: Held[] = []
  private first = 0
  private units = 0
  private depth = 0
  private draining = false
  private closed = false

  constructor(
    private readonly destination: Destination,
    private readonly options: CustomOptions,
  ) {
    this.exitTimeout = options.exitTimeout
    this.losses = new Losses(options.name)
    catchErrors(destination, options.name)
    this.exit.add(this)
  }

  write(line: string, level: number, now: number): void {
    if (this.depth === 0 && !this.closed && !this.draining) {
      this.give(line, level, now)
      return
    }
    if (this.closed) return this.losses.late([level, 1], 'the destination was closed', now, now)
    if (this.depth >= MAX_DEPTH) return this.losses.add([level, 1], 'logged by the destination itself', now, now)
    if (!this.draining || this.exit.exiting) {
      this.give(line, level, now)
      return
    }
    this.held.push({ line, level, at: now })
    this.units += line.length
    while (this.units > this.options.maxBuffer) this.drop()
  }

  flushSync(): void {
    this.giveHeld(true)
  }

  abandon(): void {
    const loss = this.losses.tell()
    if (loss !== undefined) say(`${this.options.name}: ${countedLines(loss.counts)} lost: ${loss.reason}`)
  }

  flush(timeout: number): Promise<FlushResult> {
    return this.waiting.wait(timeout, this.queued)
  }

  async close(timeout: number): Promise<FlushResult> {
    const flushing = this.flush(timeout)
    if (this.closed) return flushing
    this.closed = true
    const result = await flushing
    this.giveHeld(true)
    this.abandon()
    this.exit.remove(this)
    return result
  }

  stats(): SinkStats {
    return {
      state: this.closed ? 'closed' : this.draining ? 'down' : 'up',
      queued: this.queued,
      bytes: this.units,
      sent: this.sent,
      dropped: new Map(this.losses.total),
    }
  }

  get settled(): number {
    return this.sent + this.losses.lines
  }

  get taken(): number {
    return this.settled + this.queued
  }

  private get queued(): number {
    return this.held.length - this.first
  }

  private give(line: string, level: number, at: number): void {
    this.depth++
    try {
      const answer = this.destination.write(line)
      this.sent++
      if (answer !== undefined && answer !== true) this.answered(answer, level, at)
    } catch (error) {
      this.losses.add([level, 1], 'the destination threw', at, at)
      failed(this.options.name, error)
    }
    this.depth--
  }

  private answered(answer: unknown, level: number, at: number): void {
    if (answer === false) this.awaitDrain()
    else if (typeof answer === 'object' && answer !== null) {
      onRejection(answer, error => this.rejected(error, level, at))
    }
  }

  private rejected(error: unknown, level: number, at: number): void {
    this.sent--
    this.losses.add([level, 1], 'the destination rejected', at, at)
    failed(this.options.name, error)
  }

  private awaitDrain(): void {
    if (this.draining || !onDrain(this.destination, () => this.drained())) return
    this.draining = true
  }

  private drained(): void {
    this.draining = false
    this.giveHeld(false)
  }

  /** Hands over what waits, until the destination asks to wait again; `all` of it when there is no later. */
  private giveHeld(all: boolean): void {
    while (this.first < this.held.length && (all || !this.draining)) {
      const { line, level, at } = this.shift()
      this.give(line, level, at)
    }
    if (this.first === this.held.length) this.tell()
    this.waiting.moved()
  }

  private tell(): void {
    const loss = this.losses.untold === 0 ? undefined : this.losses.tell()
    if (loss === undefined) return
    try {
      const answer = this.destination.write(this.options.lossLine(loss))
      if (answer === false) this.awaitDrain()
      else onRejection(answer, error => failed(this.options.name, error))
    } catch (error) {
      failed(this.options.name, error)
    }
  }

  private drop(): void {
    const { level, at } = this.shift()
    this.losses.add([level, 1], 'the destination did not drain', at, at)
  }

  private shift(): Held {
    const held = this.held[this.first++]!
    this.units -= held.line.length
    if (this.first >= 1024 && this.first * 2 >= this.held.length) {
      this.held.splice(0, this.first)
      this.first = 0
    }
    return held
  }
}

/** Destinations whose errors are caught, and what waits for a destination to drain: one listener each for all sinks. */
const caught = new WeakSet<Destination>()
const drains = new WeakMap<Destination, (() => void)[]>()

/** A stream whose 'error' nobody listens to would end the process. */
function catchErrors(destination: Destination, name: string): void {
  if (typeof destination.on !== 'function' || caught.has(destination)) return
  caught.add(destination)
  destination.on('error', error => failed(name, error))
}

/** Calls `callback` at the next 'drain'; false if the destination cannot be listened to. */
function onDrain(destination: Destination, callback: () => void): boolean {
  const waiting = drains.get(destination)
  if (waiting !== undefined) {
    waiting.push(callback)
    return true
  }
  const drained = () => {
    const callbacks = drains.get(destination) ?? []
    drains.delete(destination)
    for (const each of callbacks) each()
  }
  if (typeof destination.once === 'function') destination.once('drain', drained)
  else if (typeof destination.on === 'function') destination.on('drain', drained)
  else return false
  drains.set(destination, [callback])
  return true
}

/** An async `write` that rejects must not end the process. */
function onRejection(answer: unknown, callback: (error: unknown) => void): void {
  if (typeof answer === 'object' && answer !== null && 'then' in answer) Promise.resolve(answer).catch(callback)
}

function failed(name: string, error: unknown): void {
  report(`${name} failed`, `${name}: the destination failed: ${describe(error)}`)
}

function describe(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : typeof error
  } catch {
    return 'unknown'
  }
}
