import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { builtIn } from './delivery/built-in'
import { checkOptions, type DefinedTransport, type TransportDefinition } from './delivery/transport'
import { HewnError, quote } from './problem'
import type { TransportDescription } from './transport'

export type NetworkTransport = DefinedTransport<object> & { readonly name: string }

/**
 * A transport as it stands in a configuration, with the module that defines it: a built-in one by its type, another by
 * the name of its package, as the application in `folder` would find it. What a transport's function has made is
 * complete already. Throws a HewnError that says what is wrong. Cost: loads the module.
 */
export function resolveTransport(
  description: TransportDescription & { readonly name: string },
  folder: string,
): NetworkTransport {
  if (typeof (description as Partial<NetworkTransport>).module === 'string') return description as NetworkTransport
  const { type, ...options } = description
  const own = builtIn(type)
  if (own !== undefined) {
    checkOptions(type, own.options, options)
    return description as NetworkTransport
  }
  const load = createRequire(join(folder, 'noop.js'))
  const file = locate(type, folder, load)
  const definition = definitionIn(type, file, load)
  checkOptions(type, definition.options, options)
  return { ...options, type: definition.name, module: pathToFileURL(file).href }
}

function locate(type: string, folder: string, load: NodeJS.Require): string {
  try {
    return load.resolve(type)
  } catch {
    throw wrong(type, 'no such package', `a package that can be loaded from ${folder}`)
  }
}

function definitionIn(type: string, file: string, load: NodeJS.Require): TransportDefinition {
  let exports: object
  try {
    exports = load(file) as object
  } catch (error) {
    throw wrong(type, (error as Error).message, 'a module that can be loaded')
  }
  for (const value of Object.values(exports)) {
    const { definition } = (value ?? {}) as { definition?: TransportDefinition }
    if (typeof value === 'function' && definition !== undefined) return definition
  }
  throw wrong(type, 'a module without a transport', 'one that exports a function made by defineTransport')
}

function wrong(type: string, found: string, expected: string): HewnError {
  return new HewnError([{ where: `transports: type ${quote(type)}`, found, expected }])
}
