import { resolve } from 'node:path'
import { deadLetterFiles } from '../delivery/dead-letters'
import { loadTransport } from '../delivery/load'
import { type Replayed, replay as replayLetters } from '../delivery/replay'
import { spoolRoot } from '../delivery/spool/root'
import type { NetworkTransport } from '../network-transport'
import { formatProblem, nearest, type Problem, quote } from '../problem'
import { readArguments } from './arguments'
import { HELP } from './help'
import { readSetup } from './setup'
import { readTargets, TARGET_OPTIONS } from './targets'

const OPTIONS = { ...TARGET_OPTIONS, spool: { type: 'string' }, service: { type: 'string' } } as const

/**
 * Sends what was set aside once more, under the ids that the lines always had. Status 1 if anything is still there
 * afterwards, or could not be tried.
 */
export async function replay(args: readonly string[]): Promise<number> {
  const { values, positionals, problems } = readArguments(args, OPTIONS)
  if (values['help'] === true) {
    process.stdout.write(HELP)
    return 0
  }
  if (problems.length > 0) return complain(problems, 2)
  const setup = readSetup(values, undefined, process.env)
  if (setup.loaded.errors.length > 0) return complain(setup.loaded.errors, 1)
  const targets = readTargets(values, setup, 'hewn replay')
  const names = targets.transports.map(({ name }) => name)
  const unknown = positionals.filter(name => !names.includes(name)).map(name => unknownName(name, names))
  const mistakes = [...targets.problems, ...(targets.problems.length > 0 ? [] : unknown)]
  if (mistakes.length > 0) return complain(mistakes, 1)

  const { spool = {}, service } = setup.loaded.config ?? {}
  const named = typeof values['service'] === 'string' ? values['service'] : service
  const folder =
    typeof values['spool'] === 'string' ? resolve(values['spool']) : spoolRoot(spool.dir, named, process.env)
  let status = 0
  for (const transport of targets.transports) {
    if (positionals.length > 0 && !positionals.includes(transport.name)) continue
    status = Math.max(status, await replayOne(folder, transport))
  }
  return status
}

async function replayOne(folder: string, description: NetworkTransport): Promise<number> {
  const { name } = description
  if (deadLetterFiles(folder, name).length === 0) {
    process.stdout.write(`${name}: nothing is set aside in ${folder}\n`)
    return 0
  }
  try {
    const transport = await loadTransport(description)
    const { sent, dead, left, unreadable } = await replayLetters({ folder, transport, timeout: TIMEOUT })
    process.stdout.write(`${name}: ${describe({ sent, dead, left, unreadable })}\n`)
    return dead + left + unreadable > 0 ? 1 : 0
  } catch (error) {
    const expected = 'a transport and its dead letters that nobody else replays'
    return complain([{ where: `hewn replay ${name}`, found: (error as Error).message, expected }], 1)
  }
}

function describe({ sent, dead, left, unreadable }: Replayed): string {
  const parts = [`${sent} sent`]
  if (dead > 0) parts.push(`${dead} refused again and set aside again`)
  if (left > 0) parts.push(`${left} left for the next time`)
  if (unreadable > 0) parts.push(`${unreadable} that are no dead letters, left where they are`)
  return parts.join(', ')
}

function unknownName(name: string, names: readonly string[]): Problem {
  return {
    where: 'hewn replay',
    found: quote(name),
    expected: names.map(quote).join(', '),
    suggestion: nearest(name, names),
  }
}

function complain(problems: readonly Problem[], status: number): number {
  for (const problem of problems) process.stderr.write(`${formatProblem(problem)}\n`)
  return status
}

/** For all of a transport's, in ms. */
const TIMEOUT = 600_000
