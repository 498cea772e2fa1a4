import { readdirSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'
import type { Problem } from '../../problem'
import { placeOf } from './family'
import { statOf } from './stat'

/** The files that an argument stands for, and what is wrong with it. */
export interface FoundFiles {
  readonly files: readonly string[]
  readonly problem: Problem | undefined
}

/**
 * A file as it is named; the logs of a folder; what a pattern matches (`*` and `?` within a name, `**` for folders), for
 * shells that leave it as it is. Never throws.
 */
export function findFiles(argument: string): FoundFiles {
  try {
    if (!statSync(argument).isDirectory()) return { files: [argument], problem: undefined }
    const files = logsIn(argument)
    return files.length > 0 ? { files, problem: undefined } : nothing(argument, 'a folder without a log')
  } catch (error) {
    if (!/[*?]/.test(argument)) return nothing(argument, reason(error))
    const files = matching(argument)
    return files.length > 0 ? { files, problem: undefined } : nothing(argument, 'no file that matches')
  }
}

function nothing(where: string, found: string): FoundFiles {
  return { files: [], problem: { where, found, expected: 'a log file, or a folder with some' } }
}

/** What a system's error says to people. */
export function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'no such file',
    ENOTDIR: 'no such file',
    EACCES: 'a file that this user may not read',
    EPERM: 'a file that this user may not read',
    EISDIR: 'a folder',
    Z_BUF_ERROR: 'gzip data that ends too early',
    Z_DATA_ERROR: 'damaged gzip data',
  }
  return (code === undefined ? undefined : known[code]) ?? `${code ?? message} when reading it`
}

/** The files of a folder (not of those in it) whose names are those of logs, rotated ones included. */
export function logsIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(entry => (entry.isFile() || entry.isSymbolicLink()) && isLogName(entry.name))
    .map(entry => join(folder, entry.name))
    .filter(path => statOf(path)?.isFile() === true && !isLinkWithin(path, folder))
    .sort()
}

/** `current.log -> app.3.log`: the file is there under its own name. */
function isLinkWithin(path: string, folder: string): boolean {
  const target = realpathSync(path)
  return dirname(target) === realpathSync(folder) && basename(target) !== basename(path)
}

function isLogName(name: string): boolean {
  return !name.startsWith('.') && LOG_NAME.test(placeOf(name).log)
}

const LOG_NAME = /\.(?:log|ndjson|jsonl|json|logfmt|out|err|txt)$/i

function matching(pattern: string): string[] {
  const [first = '', ...steps] = pattern.split(sep === '/' ? '/' : /[\\/]/)
  const isPattern = /[*?]/.test(first)
  const start = isPattern ? '.' : first === '' ? '/' : first
  const found: string[] = []
  walk(start, isPattern ? [first, ...steps] : steps, found)
  return [...new Set(found)].sort()
}

function walk(path: string, steps: readonly string[], found: string[]): void {
  const [step, ...rest] = steps
  if (step === undefined) {
    if (statOf(path)?.isFile() === true) found.push(path)
    return
  }
  if (step === '**') {
    walk(path, rest, found)
    for (const folder of entriesOf(path, /^[^.]/)) if (folder.isFolder) walk(folder.path, steps, found)
  } else if (!/[*?]/.test(step)) walk(join(path, step), rest, found)
  else for (const entry of entriesOf(path, patternOf(step))) walk(entry.path, rest, found)
}

function entriesOf(folder: string, wanted: RegExp): { path: string; isFolder: boolean }[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(({ name }) => wanted.test(name))
      .map(entry => ({ path: join(folder, entry.name), isFolder: entry.isDirectory() }))
  } catch {
    return []
  }
}

/** `*` leaves hidden files alone, as in a shell. */
function patternOf(step: string): RegExp {
  const body = step
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${/^[*?]/.test(step) ? '(?!\\.)' : ''}${body}$`)
}
