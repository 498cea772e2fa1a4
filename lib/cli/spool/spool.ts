import { resolve } from 'node:path'
import { spoolRoot } from '../../delivery/spool/root'
import { nearest, type Problem, quote } from '../../problem'
import { readArguments } from '../arguments'
import { complain } from '../complain'
import { HELP } from '../help'
import { readSetup, SETUP_OPTIONS } from '../setup'
import { type Directory, directoriesAt, namesOf } from './directory'
import { list } from './list'
import { check, exportLines } from './look'
import { tail } from './tail'

const OPTIONS = {
  ...SETUP_OPTIONS,
  to: { type: 'string' },
  lines: { type: 'string', short: 'n' },
  follow: { type: 'boolean', short: 'f' },
} as const

const ACTIONS = ['ls', 'tail', 'export', 'check'] as const

type Values = Parameters<typeof readSetup>[0]

/** Shows what waits on disk for receivers. Changes nothing there, and may be run beside whoever writes or ships. */
export async function spool(args: readonly string[]): Promise<number> {
  const { values, positionals, problems } = readArguments(args, OPTIONS)
  if (values['help'] === true) {
    process.stdout.write(HELP)
    return 0
  }
  const [action = '', named, ...rest] = positionals
  const mistakes = [...problems, ...misused(action, rest, values)]
  if (mistakes.length > 0) return complain(mistakes, 2)
  const place = named === undefined ? configured(values) : { path: resolve(named), errors: [] }
  if (place.errors.length > 0) return complain(place.errors, 1)
  const { path } = place
  const follow = values['follow'] === true
  const { directories, problem } = await look(path, follow)
  const to = typeof values['to'] === 'string' ? values['to'] : undefined
  const unknown = problem ?? (to === undefined || follow ? undefined : unknownName(to, directories))
  if (unknown !== undefined) return complain([unknown], 1)
  if (action === 'tail') return tail({ path, to, lines: Number(values['lines'] ?? 10), follow }, directories)
  if (directories.length === 0 && action !== 'export') process.stdout.write(`nothing waits in ${path}\n`)
  else if (action === 'ls') process.stdout.write(await list(directories, Date.now()))
  else return action === 'export' ? exportLines(directories, to) : check(directories)
  return 0
}

/** As an application that is started here would have it. */
function configured(values: Values): { readonly path: string; readonly errors: readonly Problem[] } {
  const { loaded } = readSetup(values, undefined, process.env)
  const { spool: options, service } = loaded.config ?? {}
  return { path: spoolRoot(options?.dir, service, process.env), errors: loaded.errors }
}

/** Who follows may be there before the first writer. */
async function look(path: string, follow: boolean): Promise<{ directories: Directory[]; problem?: Problem }> {
  try {
    return { directories: await directoriesAt(path) }
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException
    if (follow && code === 'ENOENT') return { directories: [] }
    const found = FOUND[code] ?? code
    return {
      directories: [],
      problem: { where: path, found, expected: 'the folder of a spool, or of one writer in it' },
    }
  }
}

const FOUND: Readonly<Record<string, string>> = {
  ENOENT: 'no such folder',
  ENOTDIR: 'a file',
  EACCES: 'a folder that this user may not read',
}

function unknownName(to: string, directories: readonly Directory[]): Problem | undefined {
  const names = [...new Set(directories.flatMap(namesOf))]
  if (names.length === 0 || names.includes(to)) return undefined
  const expected = names.map(quote).join(', ')
  return { where: '--to', found: quote(to), expected, suggestion: nearest(to, names) }
}

/** Which options are for which actions. */
const MEANT: Readonly<Record<string, readonly string[]>> = {
  to: ['tail', 'export'],
  lines: ['tail'],
  follow: ['tail'],
}

function misused(action: string, rest: readonly string[], values: Values): Problem[] {
  if (!(ACTIONS as readonly string[]).includes(action)) {
    const found = action === '' ? 'nothing behind it' : quote(action)
    const suggestion = nearest(action, ACTIONS)
    return [{ where: 'hewn spool', found, expected: ACTIONS.map(quote).join(', '), suggestion }]
  }
  const problems: Problem[] = []
  if (rest.length > 0) {
    problems.push({ where: 'hewn spool', found: quote(rest.join(' ')), expected: 'one folder' })
  }
  for (const [option, actions] of Object.entries(MEANT)) {
    if (values[option] === undefined || actions.includes(action)) continue
    const expected = actions.map(name => quote(`hewn spool ${name}`)).join(' or ')
    problems.push({ where: `--${option}`, found: quote(`hewn spool ${action}`), expected })
  }
  const lines = values['lines']
  if (typeof lines === 'string' && !/^\d{1,9}$/.test(lines)) {
    problems.push({ where: '--lines', found: quote(lines), expected: 'a whole number' })
  }
  return problems
}
