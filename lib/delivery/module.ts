import { realpathSync, statSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { shared } from '../output/realm'
import { threadFile } from './thread-program'
import type { TransportDefinition } from './transport'

/** What another thread cannot load, by the name that a description gives it. Copies of hewn share it: one may define and another one open. */
const here = shared('hewn.defined-here.1', () => new Map<string, TransportDefinition>())

/**
 * How a description names the module that defines its transport: by a file URL if another thread can load that.
 * It cannot if the module has become part of a bundle, together with hewn or without, nor if it is the program itself,
 * which would then be run once more.
 */
export function moduleOf(where: string | undefined, definition: TransportDefinition): string {
  const file = threadFile() === undefined ? undefined : fileOf(where)
  if (file !== undefined && isFile(file) && !isProgram(file)) return pathToFileURL(file).href
  const name = `${HERE}${definition.name}${here.size === 0 ? '' : `#${here.size + 1}`}`
  here.set(name, definition)
  return name
}

/** A definition that only this thread has. */
export function definedHere(module: string): TransportDefinition | undefined {
  return here.get(module)
}

/** Bundlers put nothing, or a path of the machine that they ran on, in the place of `import.meta.url`. */
function fileOf(where: unknown): string | undefined {
  if (typeof where !== 'string' || where === '') return undefined
  try {
    return where.startsWith('file:') ? fileURLToPath(where) : where
  } catch {
    return undefined
  }
}

function isFile(file: string): boolean {
  try {
    return statSync(file).isFile()
  } catch {
    return false
  }
}

function isProgram(file: string): boolean {
  const program = process.argv[1]
  if (program === undefined) return false
  try {
    return realpathSync(file) === realpathSync(program)
  } catch {
    return false
  }
}

const HERE = 'here:'
