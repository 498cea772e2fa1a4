/** The part of JSON Schema that a configuration needs. */
export interface Schema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'boolean' | readonly ['string', 'integer']
  /** What is expected, where a message should say more than the rest of the schema does. */
  readonly title?: string
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  /** A regular expression that a text matches. */
  readonly pattern?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
  readonly items?: Schema
  readonly maxItems?: number
  /** One of these, told apart by their property `type`: a constant or a pattern, or that it requires `module`. */
  readonly oneOf?: readonly Schema[]
  /** An array, an object or a scalar: told apart by their types. */
  readonly anyOf?: readonly Schema[]
  readonly const?: string
}

/** What tells a package's name from a mistyped type: a hyphen or a slash. */
export const PACKAGE_PATTERN = '[/-]'

/** The TypeScript type of what a schema describes. */
export type FromSchema<S> = S extends { const: infer C }
  ? C
  : S extends { pattern: typeof PACKAGE_PATTERN }
    ? `${string}${'/' | '-'}${string}`
    : S extends { enum: readonly (infer E)[] }
      ? E
      : S extends { oneOf: readonly (infer O)[] } | { anyOf: readonly (infer O)[] }
        ? O extends unknown
          ? FromSchema<O>
          : never
        : S extends { type: 'array'; items: infer I }
          ? readonly FromSchema<I>[]
          : S extends { type: 'object'; properties: infer P }
            ? ObjectOf<P, S extends { required: readonly (infer R)[] } ? R : never>
            : S extends { type: 'object'; additionalProperties: infer A }
              ? A extends true
                ? object
                : Readonly<Record<string, FromSchema<A>>>
              : S extends { type: keyof Scalars }
                ? Scalars[S['type']]
                : S extends { type: readonly (keyof Scalars)[] }
                  ? Scalars[S['type'][number]]
                  : unknown

interface Scalars {
  string: string
  integer: number
  boolean: boolean
}

type ObjectOf<P, R> = Flat<
  { readonly [K in keyof P as K extends R ? K : never]: FromSchema<P[K]> } & {
    readonly [K in keyof P as K extends R ? never : K]?: FromSchema<P[K]> | undefined
  }
>

type Flat<T> = { [K in keyof T]: T[K] }
