import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** Where a configuration was found. */
export interface Found {
  readonly path: string
  /** In `package.json`, the value of its key `hewn`. */
  readonly kind: 'file' | 'package'
}

/**
 * The process's configuration: HEWN_CONFIG, else `hewn.config.json` or `package.json#hewn` beside the entry script's
 * package.json. Not the current folder: a tool that is run in somebody's repository must not take up theirs.
 * A HEWN_CONFIG that does not exist is returned all the same, so that reading it says so.
 */
export function findConfig(
  env: Readonly<Record<string, string | undefined>>,
  entry: string | undefined,
): Found | undefined {
  const named = env['HEWN_CONFIG']
  if (named !== undefined && named !== '') return { path: resolve(named), kind: 'file' }
  const start = entry === undefined ? undefined : folderOf(entry)
  if (start === undefined) return undefined
  for (let folder = start; ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json')
    const found = existsSync(manifest) ? lookInto(folder, manifest) : undefined
    if (found !== undefined) return found === NOTHING ? undefined : found
    if (dirname(folder) === folder) return configIn(start)
  }
}

/** As a person calls it. */
export function nameOf({ path, kind }: Found): string {
  return kind === 'package' ? `${path}#hewn` : path
}

/** What a folder with a package.json holds; undefined where that only says what kind of modules lie below it. */
function lookInto(folder: string, manifest: string): Found | typeof NOTHING | undefined {
  const config = configIn(folder)
  if (config !== undefined) return config
  const keys = keysOf(manifest)
  if (keys.includes('hewn')) return { path: manifest, kind: 'package' }
  return keys.length > 0 && keys.every(key => MARKERS.has(key)) ? undefined : NOTHING
}

function configIn(folder: string): Found | undefined {
  const path = join(folder, 'hewn.config.json')
  return existsSync(path) ? { path, kind: 'file' } : undefined
}

/** The folder of the entry's real file. `node .` and `node server` leave it as they were typed. */
function folderOf(entry: string): string | undefined {
  for (const name of [entry, `${entry}.js`]) {
    try {
      const path = realpathSync(name)
      return statSync(path).isDirectory() ? path : dirname(path)
    } catch {
      // Not there under this name.
    }
  }
  return undefined
}

function keysOf(manifest: string): string[] {
  try {
    const value: unknown = JSON.parse(readFileSync(manifest, 'utf8'))
    return typeof value === 'object' && value !== null ? Object.keys(value) : []
  } catch {
    return []
  }
}

const NOTHING = Symbol('nothing')
/** A package.json of these alone is put into a build's folder. */
const MARKERS: ReadonlySet<string> = new Set(['type', 'sideEffects', 'private'])
