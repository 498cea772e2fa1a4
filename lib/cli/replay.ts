import { existsSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { currentFile, deadLetterFiles, transportsWithLetters } from '../delivery/dead-letters'
import { transportOf } from '../delivery/letters-source'
import { loadTransport } from '../delivery/load'
import { type Replayed, replay as replayLetters } from '../delivery/replay'
import { spoolRoot } from '../delivery/spool/root'
import type { NetworkTransport } from '../network-transport'
import { nearest, type Problem, quote } from '../problem'
import { readArguments } from './arguments'
import { complain } from './complain'
import { HELP } from './help'
import { readSetup } from './setup'
import { readTargets, TARGET_OPTIONS } from './targets'

const OPTIONS = { ...TARGET_OPTIONS, spool: { type: 'string' }, service: { type: 'string' } } as const

/** Dead letters, and whom they are sent to. */
interface Task {
  readonly folder: string
  /** Only those in this file; undefined for all that the transport has there. */
  readonly file?: string
  readonly transport: NetworkTransport
}

/**
 * Sends what was set aside once more, under the ids that the lines always had. Status 1 if anything is still there
 * afterwards, or could not be tried. A signal ends it with what is sent by then; a second one ends the process.
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
  complain(setup.loaded.warnings, 0)
  const targets = readTargets(values, setup, 'hewn replay')
  if (targets.problems.length > 0) return complain(targets.problems, 1)

  const { spool = {}, service } = setup.loaded.config ?? {}
  const named = typeof values['service'] === 'string' ? values['service'] : service
  const folder =
    typeof values['spool'] === 'string' ? resolve(values['spool']) : spoolRoot(spool.dir, named, process.env)
  const tasks: Task[] = []
  const mistakes: Problem[] = []
  for (const word of positionals) {
    const chosen = values['to'] !== undefined && targets.transports.length === 1
    const found = taskOf(word, folder, targets.transports, chosen)
    if ('where' in found) mistakes.push(found)
    else tasks.push(found)
  }
  if (mistakes.length > 0) return complain(mistakes, 1)
  if (positionals.length === 0) tasks.push(...targets.transports.map(transport => ({ folder, transport })))
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort())
  let status = 0
  for (const task of tasks) status = Math.max(status, await replayOne(task, stop.signal))
  return status
}

/** A word is a transport's name, or a file of dead letters. */
function taskOf(
  word: string,
  folder: string,
  transports: readonly NetworkTransport[],
  isChosen: boolean,
): Task | Problem {
  const named = transports.find(({ name }) => name === word)
  if (named !== undefined) return { folder, transport: named }
  const path = resolve(word)
  const own = transports.find(({ name }) => basename(path) === basename(currentFile('', name)))
  // Also if it is not there any more: what it held may have been put by for a replay that was killed.
  if (own !== undefined && existsSync(dirname(path))) return { folder: dirname(path), transport: own }
  const names = transports.map(({ name }) => name)
  const expected = `${names.map(quote).join(', ')}, or a file of dead letters`
  if (!existsSync(path)) {
    return { where: 'hewn replay', found: quote(word), expected, suggestion: nearest(word, names) }
  }
  let writer: string | undefined
  try {
    writer = transportOf(path)
  } catch (error) {
    return { where: path, found: (error as NodeJS.ErrnoException).code ?? String(error), expected }
  }
  if (writer === undefined) return { where: path, found: 'no dead letter', expected: 'a line that hewn has set aside' }
  // Who says where to send them need not call it by the name that it had.
  const transport = transports.find(({ name }) => name === writer) ?? (isChosen ? transports[0] : undefined)
  if (transport !== undefined) return { folder: dirname(path), file: path, transport }
  const of = `letters of ${quote(writer)}`
  return { where: path, found: of, expected: `those of ${names.map(quote).join(', ')}, or --to with one name` }
}

async function replayOne({ folder, file, transport: description }: Task, signal: AbortSignal): Promise<number> {
  const { name } = description
  if (file === undefined && deadLetterFiles(folder, name).length === 0) {
    const others = transportsWithLetters(folder).map(quote).join(', ')
    process.stdout.write(`${name}: nothing is set aside in ${folder}${others && `, but for ${others}`}\n`)
    return 0
  }
  try {
    const transport = await loadTransport(description)
    const replayed = await replayLetters({ folder, file, transport, timeout: TIMEOUT, signal })
    process.stdout.write(`${name}: ${describe(replayed)}\n`)
    return replayed.dead + replayed.left + replayed.unreadable > 0 ? 1 : 0
  } catch (error) {
    const expected = 'a transport and its dead letters that nobody else replays'
    return complain([{ where: `hewn replay ${name}`, found: (error as Error).message, expected }], 1)
  }
}

function describe({ sent, dead, left, unreadable }: Replayed): string {
  const parts = [`${sent} sent`]
  if (dead > 0) parts.push(`${dead} refused again and set aside again`)
  if (left > 0) parts.push(`${left} left for the next time`)
  if (unreadable > 0) parts.push(`${unreadable} that are no dead letters, kept beside in a file .unreadable`)
  return parts.join(', ')
}

/** For all of a transport's, in ms. */
const TIMEOUT = 600_000
