import { resolve } from 'node:path'
import { spoolRoot } from '../../delivery/spool/root'
import { formatProblem, nearest, type Problem, quote } from '../../problem'
import { readArguments } from '../arguments'
import { HELP } from '../help'
import { Output } from '../output'
import { readSetup, SETUP_OPTIONS } from '../setup'
import { contentOf, type Directory, directoriesAt, isDamage } from './directory'
import { list } from './list'

const OPTIONS = {
  ...SETUP_OPTIONS,
  to: { type: 'string' },
  lines: { type: 'string', short: 'n' },
  follow: { type: 'boolean', short: 'f' },
} as const

const ACTIONS = ['ls', 'tail', 'export', 'check'] as const
type Action = (typeof ACTIONS)[number]

/** Shows what waits on disk for receivers. Changes nothing there, and may be run beside whoever writes or ships. */
export async function spool(args: readonly string[]): Promise<number> {
  const { values, positionals, problems } = readArguments(args, OPTIONS)
  if (values['help'] === true) {
    process.stdout.write(HELP)
    return 0
  }
  const [action = '', path, ...rest] = positionals
  const count = values['lines'] === undefined ? 10 : Number(values['lines'])
  const mistakes = [...problems, ...misused(action, rest, count)]
  if (mistakes.length > 0) return complain(mistakes, 2)
  const root = path === undefined ? configured(values) : resolve(path)
  const directories = await directoriesAt(root)
  if (directories.length === 0) {
    return complain([{ where: root, found: 'no spool', expected: 'the folder of a spool, or of one writer in it' }], 1)
  }
  const to = typeof values['to'] === 'string' ? values['to'] : undefined
  switch (action as Action) {
    case 'ls':
      process.stdout.write(await list(directories, Date.now()))
      return 0
    case 'tail':
      return tail(directories, to, count, values['follow'] === true)
    case 'export':
      return write(directories, to)
    default:
      return check(directories)
  }
}

/** As an application that is started here would have it. */
function configured(values: Parameters<typeof readSetup>[0]): string {
  const { spool: options, service } = readSetup(values, undefined, process.env).loaded.config ?? {}
  return spoolRoot(options?.dir, service, process.env)
}

/** All lines that are there, delivered or not; damage is told on stderr and makes the status 1. */
async function write(directories: readonly Directory[], to: string | undefined): Promise<number> {
  const out = new Output(process.stdout)
  let status = 0
  for (const directory of directories) {
    for await (const found of contentOf(directory)) {
      if (isDamage(found)) status = tellDamage(found)
      else if (to === undefined || found.routes.includes(to)) out.write(`${found.text}\n`)
      await out.flush()
    }
  }
  return status
}

async function tail(
  directories: readonly Directory[],
  to: string | undefined,
  count: number,
  follow: boolean,
): Promise<number> {
  const next = new Map<string, number>()
  const fresh = async (): Promise<{ from: number; text: string }[]> => {
    const lines: { from: number; text: string }[] = []
    for (const directory of directories) {
      for await (const found of contentOf(directory, next.get(directory.id) ?? 1)) {
        if (isDamage(found)) continue
        next.set(directory.id, found.number + 1)
        if (to === undefined || found.routes.includes(to)) lines.push(found)
      }
    }
    return lines.sort((a, b) => a.from - b.from)
  }
  const print = (lines: readonly { text: string }[]): void => {
    if (lines.length > 0) process.stdout.write(`${lines.map(({ text }) => text).join('\n')}\n`)
  }
  print((await fresh()).slice(-count))
  while (follow) {
    await new Promise(done => setTimeout(done, LOOK_MS))
    print(await fresh())
  }
  return 0
}

async function check(directories: readonly Directory[]): Promise<number> {
  let status = 0
  for (const directory of directories) {
    let lines = 0
    let damages = 0
    for await (const found of contentOf(directory)) {
      if (isDamage(found)) {
        damages++
        status = tellDamage(found)
      } else lines++
    }
    const verdict = damages === 0 ? 'whole' : `${damages} damaged ${damages === 1 ? 'place' : 'places'}`
    process.stdout.write(`${directory.id}  ${lines} lines, ${verdict}\n`)
  }
  return status
}

function tellDamage({ segment, offset, end }: { segment: string; offset: number; end: number }): number {
  process.stderr.write(`${segment}: bytes ${offset} to ${end} are damaged\n`)
  return 1
}

function misused(action: string, rest: readonly string[], count: number): Problem[] {
  const problems: Problem[] = []
  if (!(ACTIONS as readonly string[]).includes(action)) {
    const found = action === '' ? 'nothing behind it' : quote(action)
    const suggestion = nearest(action, ACTIONS)
    problems.push({ where: 'hewn spool', found, expected: ACTIONS.map(quote).join(', '), suggestion })
  }
  if (rest.length > 0) {
    problems.push({ where: 'hewn spool', found: quote(rest.join(' ')), expected: 'one folder' })
  }
  if (!Number.isInteger(count) || count < 0) {
    problems.push({ where: '--lines', found: 'something else', expected: 'a whole number' })
  }
  return problems
}

function complain(problems: readonly Problem[], status: number): number {
  for (const problem of problems) process.stderr.write(`${formatProblem(problem)}\n`)
  return status
}

const LOOK_MS = 500
