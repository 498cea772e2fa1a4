import { accessSync, constants } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { isatty } from 'node:tty'
import { spoolRoot } from '../delivery/spool/root'
import type { BatchLine } from '../delivery/transport'
import type { Problem } from '../problem'
import type { TransportDescription } from '../transport'
import { statOf } from './read/stat'

/** What a look at a transport's target showed. */
export interface TransportCheck {
  /** For people: what it writes to. Holds no secret. */
  readonly text: string
  readonly problems: readonly Problem[]
}

/** What a look at a receiver needs. */
export interface Look {
  /** Of the application: where its packages are found from. */
  readonly folder: string
  readonly service: string | undefined
  readonly record: BatchLine
  /** Nothing is asked of the network. */
  readonly offline: boolean
}

/** How each local type's target is looked at. A look writes nothing and creates nothing. */
const CHECKS: Readonly<Record<string, (description: TransportDescription) => Promise<TransportCheck>>> = {
  stdout: async () => ({ text: 'to standard output', problems: [] }),
  pretty: async () => ({ text: `to standard output${isatty(1) ? '' : ' (here it is no terminal)'}`, problems: [] }),
  file: async description => checkFile((description as TransportDescription & { path: string }).path),
}

/**
 * Looks at a transport's target as the application would find it, as this user and from this folder; a receiver gets a test
 * record. Never rejects.
 */
export async function checkTransport(description: TransportDescription, look: Look): Promise<TransportCheck> {
  const local = Object.hasOwn(CHECKS, description.type) ? CHECKS[description.type] : undefined
  if (local !== undefined) return local(description)
  if (description.type === 'spool') return checkSpool(description, look)
  if (look.offline) return { text: 'not asked (--offline)', problems: [] }
  const { checkReceiver } = await import('./check-receiver.js')
  return checkReceiver(description, look.folder, look.record)
}

function checkSpool({ dir }: TransportDescription & { dir?: string }, { service }: Look): TransportCheck {
  const root = spoolRoot(dir, service, process.env)
  const text = `to ${root}, for hewn ship --spool`
  const folder = nearestFolder(root)
  if (statOf(folder)?.isDirectory() === true && mayWrite(folder)) return { text, problems: [] }
  const found = 'a place where this user may create nothing'
  return { text, problems: [{ where: root, found, expected: 'a folder to write to, or to create it in' }] }
}

function checkFile(path: string): TransportCheck {
  const file = resolve(path)
  const text = `to ${file}`
  const wrong = (found: string, expected: string): TransportCheck => {
    return { text: `${text}: it cannot be written to`, problems: [{ where: file, found, expected }] }
  }
  const stat = statOf(file)
  if (stat !== undefined) {
    if (stat.isDirectory()) return wrong('a folder', 'a file, or none')
    return mayWrite(file) ? { text, problems: [] } : wrong('a file that this user may not write to', 'one to append to')
  }
  const folder = nearestFolder(dirname(file))
  if (statOf(folder)?.isDirectory() !== true) return wrong(`${folder}, which is a file`, 'a folder')
  return mayWrite(folder)
    ? { text, problems: [] }
    : wrong(`the folder ${folder}, where this user may create nothing`, 'one to create it in')
}

/** Missing folders would be created. */
function nearestFolder(folder: string): string {
  for (let path = folder; ; path = dirname(path)) if (statOf(path) !== undefined || dirname(path) === path) return path
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}
