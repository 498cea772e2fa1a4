import { sharedFace } from './face'

export type { ConfigureOptions } from './application'
export type { CustomLogger, LoggerOptions } from './create-logger'
export { defineTransport } from './define-transport'
export { DeliveryError, type ItemOutcome, type Refusal, type RefusalKind, type SendResult } from './delivery/outcome'
export { statusError } from './delivery/retry/classify'
export type {
  Batch,
  BatchLine,
  OpenTransport,
  TransportDefinition,
  TransportFunction,
} from './delivery/transport'
export type { Explanation } from './levels/explain'
export type { OverlayResult } from './levels/state'
export type { Censor, Pattern as RedactPattern, Redact, RedactOptions } from './line/redact/options'
export type { Serializer } from './line/shape'
export type { TimeoutOption } from './live-outputs'
export type { ChildOptions, Logger, LogMethod } from './logger'
export type { Destination } from './output/custom'
export type { FlushResult } from './output/sink'
export { HewnError, type Problem } from './problem'
export type { Stats, TransportStats } from './stats'
export type { TransportDescription } from './transport'

const face = sharedFace()

/** The root logger of the process. Reads the configuration at its first call. */
export const logger = face.logger
/** The logger of a name, the same one each time: `http.client` inherits from `http`, `http` from the root. */
export const getLogger = face.getLogger
/** A logger that stands alone, with its own level and transports. Throws a HewnError for options that are wrong. */
export const createLogger = face.createLogger
/** Sets options over those of the configuration file; a second call replaces the first. Throws a HewnError, and then nothing has changed. */
export const configure = face.configure
/** Puts levels over all others while the process runs, for a time (`{ for: '10m' }`) or until `remove()`. Returns its problems; never throws. */
export const setLevels = face.setLevels
/** Which rule of which layer decides a name's level, and what it beat; `text` says it for people. */
export const explainLevel = face.explainLevel
/** An HTTP request handler that shows and changes levels. It has no authentication of its own. */
export const levelHandler = face.levelHandler
/** Runs a function in which every logger's lines carry these fields. */
export const withContext = face.withContext
/** Resolves when every line accepted so far is written. Never rejects. */
export const flush = face.flush
/** As flush, then lets go of everything: files, pipes, listeners. */
export const close = face.close
/** What has become of the lines so far, by transport. */
export const stats = face.stats
/** The same as text for Prometheus (0.0.4), of the moment: of the delivery thread, as it has last told, at most a second ago. */
export const prometheus = face.prometheus
