import { Bound } from './bound'
import type { Call } from './call'
import { escapeText } from './escape'
import { plainFields } from './fields'
import { flat, flatten } from './flat'
import type { Layout, Origin } from './layout'
import { quoted } from './mark'
import { type RecordText, renderRecord } from './record'
import type { KeyBook } from './shape'
import type { Clock } from './time'
import { renderString } from './value'

export interface EncoderOptions {
  readonly layout: Layout
  readonly origin: Origin
  readonly clock: Clock
  readonly levels: ReadonlyMap<number, string>
  readonly logger: string
  readonly maxLineBytes: number
}

/**
 * A record into one good line, for one logger's name. Everything that is the same from call to call is a constant
 * made here once; what is left of a line is its time, its message and its own fields.
 *
 * Two ways lead to a line: the hot one takes a message and an object literal of plain keys and says undefined to
 * anything else; the careful one takes anything. No method throws.
 */
export class Encoder {
  readonly clock: Clock
  /** By level number, up to the message: `","level":"info","logger":"http","msg":"`. */
  protected readonly texts: string[]
  /** The same, without a message. */
  protected readonly heads: string[]
  /** What follows a message: `","pid":1`. */
  protected base: string
  protected readonly bareBase: string
  /** The same with the line's end, for loggers that have nothing bound. */
  protected readonly baseEnd: string
  protected startNow = Number.NaN
  protected startLevel = 0
  protected startText = ''
  /** A line of so many units fits into maxLineBytes whatever its characters are. */
  protected readonly safeLength: number
  protected readonly maxLineBytes: number

  constructor(options: EncoderOptions) {
    const { layout, origin, clock, levels, logger, maxLineBytes } = options
    const base = layout.base(origin, logger)
    const highest = Math.max(...levels.keys())
    this.clock = clock
    this.texts = new Array<string>(highest + 1).fill('')
    this.heads = new Array<string>(highest + 1).fill('')
    for (const [level, label] of levels) {
      this.heads[level] = flat(clock.close + layout.head(label, level, logger))
      this.texts[level] = flat(`${this.heads[level]},${JSON.stringify(layout.messageKey)}:"`)
    }
    this.base = flat(`"${base}`)
    this.bareBase = flat(base)
    this.baseEnd = flat(`"${base}${END}`)
    this.safeLength = Math.floor(maxLineBytes / 3)
    this.maxLineBytes = maxLineBytes
  }

  /** A message alone. */
  message(level: number, now: number, msg: string, bound: Bound): string | undefined {
    if (msg.length > LONG) return undefined
    const rest = bound.text === '' ? this.baseEnd : this.lead(bound, now) + END
    const line = this.start(level, now) + escapeText(msg) + rest
    return line.length <= this.safeLength ? line : undefined
  }

  /** A message and fields, or fields alone. */
  fields(level: number, now: number, msg: string | undefined, fields: object, bound: Bound): string | undefined {
    let start: string
    if (msg === undefined) start = this.clock.open(now) + this.heads[level] + this.bareBase + bound.text
    else if (msg.length > LONG) return undefined
    else {
      const lead = bound.text === '' ? this.base : this.lead(bound, now)
      start = this.start(level, now) + escapeText(msg) + lead
    }
    const line = plainFields(start, fields, bound.shape, this.safeLength, END)
    return line !== undefined && line.length <= this.safeLength ? line : undefined
  }

  /**
   * What follows a message: the constants and the bound fields. Joined at a logger's first line; put into one piece by
   * the first of them in a later millisecond, which costs 60 ns and saves each line after it 30: a child that logs a
   * line or two never pays.
   */
  protected lead(bound: Bound, now: number): string {
    if (bound.leadOf !== this) {
      bound.lead = this.base + bound.text
      bound.leadOf = this
    } else if (now !== this.startNow) flatten(bound.lead)
    return bound.lead
  }

  /** The line up to its message: the same for all lines of a level within a millisecond, where the clock allows. */
  protected start(level: number, now: number): string {
    if (now === this.startNow && level === this.startLevel) return this.startText
    const text = this.clock.open(now) + this.texts[level]
    if (this.clock.steady) {
      this.startNow = now
      this.startLevel = level
      this.startText = text
    }
    return text
  }

  /** Bound fields after the trace ids of this call, `,"trace_id":"…","span_id":"…"`. */
  traced(trace: string, bound: Bound): Bound {
    return new Bound(trace + bound.text, bound.shape)
  }

  /** Any call. `inherited` are the texts of context and bound fields, outermost first. */
  record(level: number, now: number, call: Call, inherited: readonly string[], book: KeyBook): string {
    try {
      return this.careful(level, now, call, inherited, book)
    } catch (error) {
      // No input is known to lead here but a stack that is used up: then a short line is what can still be made.
      return this.assemble(level, now, { msg: call.msg, fields: note(error) }, MIN_ROOM)
    }
  }

  private careful(level: number, now: number, call: Call, inherited: readonly string[], book: KeyBook): string {
    const room = this.maxLineBytes - this.bareBase.length - (this.heads[level] as string).length - OVERHEAD
    // A unit takes at most three bytes of UTF-8, and the message and the fields may each take their share.
    for (const units of [room, Math.floor(room / 3), Math.floor(room / 8)]) {
      const least = Math.max(units, MIN_ROOM)
      const taken = call.msg === undefined ? 0 : Math.min(call.msg.length, least - (least >> 2))
      const line = this.assemble(level, now, renderRecord(inherited, call, book, least - taken), least - (least >> 2))
      if (line.length <= this.safeLength || Buffer.byteLength(line) <= this.maxLineBytes) return line
    }
    return this.assemble(level, now, { msg: call.msg, fields: note('the line is too long') }, MIN_ROOM)
  }

  protected assemble(level: number, now: number, record: RecordText, room: number): string {
    const start = this.clock.open(now)
    if (record.msg === undefined) return start + this.heads[level] + this.bareBase + record.fields + END
    const msg = this.messageItem(record.msg, room).slice(1)
    return start + this.texts[level] + msg.slice(0, -1) + this.base + record.fields + END
  }

  protected messageItem(msg: string, room: number): string {
    return renderString(msg, room)
  }
}

function note(error: unknown): string {
  return `,"hewn":${quoted(`[cut: ${error instanceof Error ? error.message : String(error)}]`)}`
}

/** Longer messages are measured before they are copied, in UTF-16 units. */
export const LONG = 16_384
/** The end of every line. */
export const END = '}\n'
/** Time, message key and punctuation. */
const OVERHEAD = 256
const MIN_ROOM = 256
