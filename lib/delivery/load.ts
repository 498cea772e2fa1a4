import { builtIn } from './built-in'
import { completeLimits, type Limits } from './limits'
import { definedHere } from './module'
import { Secrets } from './secrets'
import {
  type Acknowledgement,
  checkOptions,
  type DefinedTransport,
  type OpenContext,
  type OpenTransport,
  type TransportDefinition,
} from './transport'

/** A transport with its options: all that a pipeline needs of it. */
export interface LoadedTransport {
  /** Its identity: the name it was given, else its type. */
  readonly name: string
  readonly limits: Limits
  readonly acknowledges: Acknowledgement
  readonly secrets: Secrets
  open(context: OpenContext): Promise<OpenTransport>
}

/**
 * Loads the module that a description names and finds the transport in it. Throws an error that says what is missing,
 * or a HewnError for options that are wrong.
 */
export async function loadTransport(description: DefinedTransport<object>): Promise<LoadedTransport> {
  const { type, module, ...options } = description
  const definition = await definitionOf(type, module)
  checkOptions(type, definition.options, options)
  return bindTransport(definition, options)
}

async function definitionOf(type: string, module: string | undefined): Promise<TransportDefinition> {
  if (module === undefined) {
    const definition = builtIn(type)
    if (definition === undefined) throw new Error(`hewn has no transport '${type}'`)
    return definition
  }
  const here = definedHere(module)
  if (here !== undefined) return here
  // The comment is for webpack, which would take the module for one of the bundle's.
  const loaded = (await import(/* webpackIgnore: true */ module)) as Record<string, unknown>
  const definition = findDefinition(loaded, type)
  if (definition === undefined) throw new Error(`${module} exports no transport '${type}' made by defineTransport`)
  return definition
}

/** A definition with its options, for a transport that is at hand. */
export function bindTransport<Options>(
  definition: TransportDefinition<Options>,
  options: Options & { readonly name?: string | undefined },
): LoadedTransport {
  const { limits, acknowledges } = definition
  return {
    name: options.name ?? definition.name,
    limits: completeLimits(typeof limits === 'function' ? limits(options) : limits),
    acknowledges: typeof acknowledges === 'function' ? acknowledges(options) : acknowledges,
    secrets: new Secrets(options),
    open: async context => definition.open(options, context),
  }
}

/** A CommonJS module's exports may stand under `default`. */
function findDefinition(exports: Record<string, unknown>, type: string): TransportDefinition | undefined {
  const nested = exports['default']
  const all = [...Object.values(exports), ...(isObject(nested) ? Object.values(nested) : [])]
  for (const value of all) {
    const { definition } = (value ?? {}) as { definition?: TransportDefinition }
    if (typeof value === 'function' && definition?.name === type) return definition
  }
  return undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
