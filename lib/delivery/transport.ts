import type { FromSchema, Schema } from '../config/json-schema'
import { HewnError, type Problem } from '../problem'
import type { TransportDescription } from '../transport'
import type { Clock } from './clock'
import type { Limits } from './limits'
import { moduleOf } from './module'
import type { SendResult } from './outcome'

/** A line on its way. */
export interface BatchLine {
  /** Fixed when the line was written: the same when it is sent again, by whomever. At most 64 characters, none of which needs escaping. */
  readonly id: string
  /** hewn's line, one JSON object, without its line break. */
  readonly text: string
  /** Bytes of `text` in UTF-8. */
  readonly bytes: number
}

export interface Batch {
  /** At least one, in the order they were written. */
  readonly lines: readonly BatchLine[]
  readonly bytes: number
}

export interface SendContext {
  /** Aborted when the pipeline no longer waits for the answer: it took too long, or closing has come to its end. */
  readonly signal: AbortSignal
}

/** A transport that is in use. */
export interface OpenTransport {
  /**
   * Resolves when the receiver has acknowledged, as far as its protocol can. With nothing, if all lines were taken; with
   * an outcome for each line, if they differ. Throws a DeliveryError if none was.
   * Not called again before it has settled, unless `limits.concurrency` is more than 1.
   */
  send(batch: Batch, context: SendContext): Promise<SendResult> | Promise<void>
  /**
   * For `hewn check`; without it, the record is given to `send`. Brings a test record to the receiver and looks at it from
   * there, as far as the receiver allows, and takes it away again if it may. Resolves with what it saw, a few words each;
   * throws as `send` does. Called once, and nothing else before `close`.
   */
  check?(record: BatchLine, context: SendContext): Promise<readonly string[]>
  /** Lets go of connections. Called once, after the last `send`; given a second. */
  close(): void | Promise<void>
}

export interface OpenContext {
  readonly clock: Clock
}

/**
 * What an acknowledgement is worth: `stored with id` (sent twice is stored once), `stored`, `received` (it can still be
 * lost there), `none` (handed to the operating system).
 */
export type Acknowledgement = 'stored with id' | 'stored' | 'received' | 'none'

/** Options as a JSON Schema. Plain data only: they travel to another thread. */
export interface OptionsSchema extends Schema {
  readonly type: 'object'
}

export interface TransportDefinition<Options = unknown> {
  /** As in `type` of a configuration: lower case letters, digits and hyphens. */
  readonly name: string
  readonly options: OptionsSchema
  /** What a resolved `send` is worth; a function where that depends on the options. Shown in stats(). */
  readonly acknowledges: Acknowledgement | ((options: Options) => Acknowledgement)
  /** What the receiver takes at once. */
  readonly limits?: Partial<Limits> | ((options: Options) => Partial<Limits>)
  /**
   * Called before the first batch, again if it threw: a DeliveryError with `hold` if the set-up is at fault. Heavy
   * modules are best loaded here: the file of the definition is loaded by the application's own thread, too.
   */
  open(options: Options, context: OpenContext): OpenTransport | Promise<OpenTransport>
}

/** A transport as it is written down: plain data, that another thread can open. */
export type DefinedTransport<Options> = Options &
  TransportDescription & {
    /** The module that defines it: a file URL, or `here:` and a name that is known in this thread alone. Default: hewn's own. */
    readonly module?: string | undefined
  }

/** What `Made` adds to the options: what a description goes by. */
export interface TransportFunction<Options, Made = { readonly type: string; readonly module: string }> {
  (
    ...options: Partial<Options> extends Options ? [options?: Options & Naming] : [options: Options & Naming]
  ): Readonly<Options & Naming & Made>
  readonly definition: TransportDefinition<Options>
}

/** What every transport has beside its own options. */
export interface Naming {
  /** Its name in `to:name=level` and in stats(), and of its place in the spool. Default: its type. */
  readonly name?: string | undefined
  /** Lines below this level do not go there. Default: all that the loggers let through. */
  readonly level?: string | undefined
}

/** A definition with its options' types taken from their schema. */
export type DefinitionOf<S extends OptionsSchema> = Omit<TransportDefinition<FromSchema<S>>, 'options'> & {
  readonly options: S
}

/** As hewn exports it: lib/define-transport.ts. */
export function defineTransport<const S extends OptionsSchema>(
  where: string | undefined,
  definition: DefinitionOf<S>,
): TransportFunction<FromSchema<S>> {
  const problems = definitionProblems(definition)
  if (problems.length > 0) throw new HewnError(problems)
  return transportFunction(definition, () => moduleOf(where, definition as unknown as TransportDefinition))
}

/** A transport that comes with hewn: it goes by its type, wherever hewn's files have come to lie. */
export function builtInTransport<const S extends OptionsSchema, const Name extends string>(
  definition: DefinitionOf<S> & { readonly name: Name },
): TransportFunction<FromSchema<S>, { readonly type: Name }> {
  return transportFunction(definition, () => undefined)
}

function transportFunction<S extends OptionsSchema, Made>(
  definition: DefinitionOf<S>,
  module: () => string | undefined,
): TransportFunction<FromSchema<S>, Made> {
  let known: { readonly module?: string } | undefined
  const make = (options: object = {}): object => {
    checkOptions(definition.name, definition.options, options)
    if (known === undefined) {
      const url = module()
      known = url === undefined ? {} : { module: url }
    }
    return { type: definition.name, ...known, ...options }
  }
  return Object.assign(make, { definition }) as unknown as TransportFunction<FromSchema<S>, Made>
}

/** Throws a HewnError that names each option that is wrong. Shows no value that may be a secret. */
export function checkOptions(type: string, schema: OptionsSchema, options: unknown): void {
  // At the first use: importing hewn alone checks nothing.
  const { validate } = require('../config/validate') as typeof import('../config/validate')
  const problems = validate(options, { ...schema, properties: { ...schema.properties, ...NAMING } }, `${type}()`)
  if (problems.length > 0) throw new HewnError(problems)
}

function definitionProblems({ name, options, open }: Pick<TransportDefinition<never>, 'name' | 'options' | 'open'>) {
  const problems: Problem[] = []
  const wrong = (what: string, found: string, expected: string): void => {
    problems.push({ where: `defineTransport ${what}`, found, expected })
  }
  if (typeof name !== 'string' || !/^[a-z][a-z0-9-]*$/.test(name)) {
    wrong('name', typeof name === 'string' ? `'${name}'` : typeof name, 'lower case letters, digits and hyphens')
  }
  if (options?.type !== 'object') wrong('options', 'another schema', "a JSON Schema with type 'object'")
  for (const taken of RESERVED.filter(key => Object.hasOwn(options?.properties ?? {}, key))) {
    wrong('options', `an option '${taken}'`, 'another name: every transport has that one already')
  }
  if (typeof open !== 'function') wrong('open', typeof open, 'a function')
  return problems
}

const NAMING = {
  name: { type: 'string', minLength: 1, description: 'Its name in `to:name=level` and in stats(). Default: its type.' },
  level: { type: 'string', description: 'Lines below this level do not go there.' },
} as const satisfies Record<keyof Naming, Schema>
const RESERVED = ['type', 'module', 'name', 'level']
