import type { Encoder, EncoderOptions } from './encoder'
import type { KeyRules, Serializer } from './shape'
import type { TimeOption } from './time'

/** What is the same on every line of a process. */
export interface Origin {
  readonly pid: number
  readonly host: string
  readonly service?: string | undefined
  readonly env?: string | undefined
  readonly version?: string | undefined
}

/**
 * What one format of line looks like: constants and the encoder that uses them, chosen when a logger is made. A
 * layout knows nothing of calls; a call knows nothing of layouts.
 */
export interface Layout {
  readonly name: string
  /** What stands before the time: `{"time":`. */
  readonly timeStart: string
  /** How the time is written where no option says. */
  readonly time: TimeOption
  readonly messageKey: string
  readonly rules: KeyRules
  /** The layout's own serializers; a logger's go before them. */
  readonly serializers?: Readonly<Record<string, Serializer>>
  /** What stands between the time and the message: `,"level":"info","logger":"http"`. */
  head(label: string, level: number, logger: string): string
  /** What is the same on every line of a logger's name: `,"pid":4132,"host":"web-1"`. */
  base(origin: Origin, logger: string): string
  encoder(options: EncoderOptions): Encoder
}
