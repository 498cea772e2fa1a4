import type { Bound } from '../bound'
import { CheckedEncoder } from '../checked-encoder'
import type { EncoderOptions } from '../encoder'
import { isErrorLike, messageOf } from '../error'
import type { Origin } from '../layout'
import { enterKey } from '../value'
import { Guard } from './guard'
import type { Redaction } from './redaction'

/** An encoder whose messages are redacted, too. Their fields are by the book they are written with. */
export class RedactingEncoder extends CheckedEncoder {
  private readonly redaction: Redaction
  /** Whether a rule names the message of an error, which `msg` may repeat. */
  private readonly namesMessages: boolean

  constructor(options: EncoderOptions, redaction: Redaction) {
    super({ ...options, logger: redaction.text(options.logger), origin: redactedOrigin(options.origin, redaction) })
    this.redaction = redaction
    const error = redaction.root.step('err')
    this.namesMessages = !(error instanceof Guard && error.step('message') instanceof Guard)
  }

  override message(level: number, now: number, msg: string, bound: Bound): string | undefined {
    return msg.length > LONG ? undefined : super.message(level, now, this.safe(msg), bound)
  }

  override fields(
    level: number,
    now: number,
    msg: string | undefined,
    fields: object,
    bound: Bound,
  ): string | undefined {
    if (msg === undefined) return super.fields(level, now, msg, fields, bound)
    if (msg.length > LONG || (this.namesMessages && repeats(msg, fields))) return undefined
    return super.fields(level, now, this.safe(msg), fields, bound)
  }

  protected override messageItem(msg: string, room: number): string {
    enterKey('msg')
    return this.redaction.string(msg, room)
  }

  private safe(msg: string): string {
    enterKey('msg')
    return this.redaction.text(msg)
  }
}

function redactedOrigin(origin: Origin, redaction: Redaction): Origin {
  const entries = Object.entries(origin).map(([key, value]) => [
    key,
    typeof value === 'string' ? redaction.text(value) : value,
  ])
  return Object.fromEntries(entries) as Origin
}

/** Whether the message is that of the error in the fields, and not the caller's own. */
function repeats(msg: string, fields: object): boolean {
  const { err } = fields as { err?: unknown }
  return isErrorLike(err) && messageOf(err) === msg
}

/** Longer messages are cut before they are copied, in UTF-16 units. */
const LONG = 16_384
