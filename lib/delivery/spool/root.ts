import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/**
 * Where the spools of a service are: `dir`, else HEWN_SPOOL, else `${XDG_STATE_HOME:-~/.local/state}/hewn/<service>`.
 * Never a folder that others may write to, unless it is named. Relative paths are of the current folder, now.
 */
export function spoolRoot(dir: string | undefined, service: string | undefined, env: NodeJS.ProcessEnv): string {
  if (dir !== undefined && dir !== '') return resolve(dir)
  const named = env['HEWN_SPOOL']
  if (named !== undefined && named !== '') return resolve(named)
  const state = env['XDG_STATE_HOME']
  // The XDG rule: a relative path there is to be ignored.
  const base = state?.startsWith('/') === true ? state : join(homedir(), '.local', 'state')
  return join(base, 'hewn', folderName(service ?? 'default'))
}

/** A service's name as a folder's: nothing in it leads elsewhere, and two services never get the same. */
function folderName(service: string): string {
  const safe = service.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, 64)
  if (safe === service && !/^\.*$/.test(service)) return service
  return `${safe.replace(/^\.+/, '_')}-${createHash('sha256').update(service).digest('hex').slice(0, 12)}`
}
