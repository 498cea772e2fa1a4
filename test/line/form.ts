import type { LooseLogger } from '../support/capture'
import type { Json } from '../support/strict-json'

type Path = readonly (string | number)[]

/** A way to log a value. */
export interface Form {
  readonly name: string
  /** Logs one line at `info`. */
  readonly log: (logger: LooseLogger, value: unknown) => void
  /** Where the value stands in the line; absent where that depends on what it is. */
  readonly place?: Path
  /** Whether the call has a use for such a value; absent for always. */
  readonly takes?: (value: unknown) => boolean
  /** What was logged beside it, and must be there untouched. */
  readonly kept: readonly (readonly [Path, Json])[]
}

/** What `beside` puts around a value. */
export const BESIDE: Form['kept'] = [
  [['ok'], 1],
  [['after'], 'kept'],
]
export const WITH_MESSAGE: Form['kept'] = [...BESIDE, [['msg'], 'm']]

export function beside(value: unknown): object {
  return { ok: 1, bad: value, after: 'kept' }
}
