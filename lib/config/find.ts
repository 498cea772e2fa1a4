import { existsSync, readFileSync, realpathSync } from 'node:fs'
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
export function findConfig(env: Readonly<Record<string, string | undefined>>, entry: string | undefined): Found | undefined {
  const named = env['HEWN_CONFIG']
  if (named !== undefined && named !== '') return { path: resolve(named), kind: 'file' }
  const folder = packageFolder(entry)
  if (folder === undefined) return undefined
  const path = join(folder, 'hewn.config.json')
  if (existsSync(path)) return { path, kind: 'file' }
  const manifest = join(folder, 'package.json')
  return hasKey(manifest) ? { path: manifest, kind: 'package' } : undefined
}

/** The folder of the nearest package.json above the entry script; the script's own where there is none. */
function packageFolder(entry: string | undefined): string | undefined {
  if (entry === undefined) return undefined
  let start: string
  try {
    start = dirname(realpathSync(entry))
  } catch {
    // `node -e`, a REPL, a script inside a bundle: no place to look.
    return undefined
  }
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
    if (dirname(folder) === folder) return start
  }
}

function hasKey(manifest: string): boolean {
  try {
    return Object.hasOwn(JSON.parse(readFileSync(manifest, 'utf8')) as object, 'hewn')
  } catch {
    return false
  }
}
