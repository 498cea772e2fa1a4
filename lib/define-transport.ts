import type { FromSchema } from './config/json-schema'
import type * as Transport from './delivery/transport'

/**
 * Makes a transport of a definition: a function that takes the options and returns a description, plain data that the
 * delivery thread opens. `where` is the module that exports the function, `import.meta.url` or `__filename`. A module
 * that has become part of a bundle, or is the program itself, cannot be loaded by another thread: its transport runs on
 * the application's own, and hewn says so.
 * Throws a HewnError for a definition that is wrong; the function throws one for options that are.
 */
export function defineTransport<const S extends Transport.OptionsSchema>(
  where: string | undefined,
  definition: Transport.DefinitionOf<S>,
): Transport.TransportFunction<FromSchema<S>> {
  // Few programs define one: the others do not pay for it at their start.
  const transport = require('./delivery/transport') as typeof Transport
  return transport.defineTransport(where, definition)
}
