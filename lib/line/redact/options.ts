/** Kinds of secrets that are found in any text by how they look. */
export const PATTERNS = ['card', 'bearer', 'jwt', 'email'] as const

export type Pattern = (typeof PATTERNS)[number]

/**
 * Gives what is written instead of a value; undefined leaves its key out. `path` has the keys that lead to the value.
 * Where it stands for a part of a text, only a string is used. What it throws is not shown, and the value neither.
 */
export type Censor = (value: unknown, path: readonly string[]) => unknown

export interface RedactOptions {
  /**
   * Names at any depth (`password`), paths from the record's root (`card.number`, `*.authorization`), and the word
   * `@common` for the usual names.
   */
  readonly paths?: readonly string[] | undefined
  /** What to look for in every text. */
  readonly patterns?: readonly Pattern[] | undefined
  /** What stands in the place of what was found. Default: `[redacted]`. */
  readonly censor?: string | Censor | undefined
  /** What is replaced by a keyed hash instead, so that equal values can be told. The key has 16 characters or more. */
  readonly hash?:
    | {
        readonly key: string
        readonly paths?: readonly string[] | undefined
        readonly patterns?: readonly Pattern[] | undefined
      }
    | undefined
}

/** A list is short for `{ paths }`. */
export type Redact = readonly string[] | RedactOptions

/** Whether two configurations say the same. */
export function sameRules(one: Redact | undefined, other: Redact | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other) && censorOf(one) === censorOf(other)
}

function censorOf(redact: Redact | undefined): unknown {
  return redact !== undefined && 'censor' in redact ? redact.censor : undefined
}
