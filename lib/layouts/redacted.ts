import type { Bound } from '../line/bound'
import type { EncoderOptions } from '../line/encoder'
import type { Layout } from '../line/layout'
import type { RecordText } from '../line/record'
import { RedactingEncoder } from '../line/redact/encoder'
import type { Redaction } from '../line/redact/redaction'
import { HEWN } from './hewn'
import type { LayoutName } from './layouts'
import { reshape } from './reshape'

/**
 * A layout under rules of redaction. Lines of another format than hewn's are made from hewn's own, redacted one: no rule
 * of a format can bring back what a rule of redaction took out. That costs reading the line and writing it again.
 */
export function redactedLayout({ name, time }: Layout, redaction: Redaction): Layout {
  if (name === HEWN.name) return { ...HEWN, encoder: options => new RedactingEncoder(options, redaction) }
  return { ...HEWN, name, time, encoder: options => new ReshapingEncoder(options, redaction, name as LayoutName) }
}

class ReshapingEncoder extends RedactingEncoder {
  private readonly form: LayoutName

  constructor(options: EncoderOptions, redaction: Redaction, form: LayoutName) {
    super(options, redaction)
    this.form = form
  }

  override message(level: number, now: number, msg: string, bound: Bound): string | undefined {
    return this.short(level, super.message(level, now, msg, bound))
  }

  override fields(level: number, now: number, msg: string | undefined, fields: object, bound: Bound) {
    return this.short(level, super.fields(level, now, msg, fields, bound))
  }

  protected override assemble(level: number, now: number, record: RecordText, room: number): string {
    return this.reshaped(level, super.assemble(level, now, record, room))
  }

  private short(level: number, line: string | undefined): string | undefined {
    if (line === undefined) return undefined
    const text = this.reshaped(level, line)
    return text.length <= this.safeLength ? text : undefined
  }

  private reshaped(level: number, line: string): string {
    const text = `${reshape(line, this.form)}\n`
    // A level of the application's own has a name in hewn's line, and pino's has its number.
    return text.startsWith(NAMED_LEVEL) ? `{"level":${level}${text.slice(text.indexOf(','))}` : text
  }
}

const NAMED_LEVEL = '{"level":"'
