import { statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { nameOf } from '../config/find'
import { holdsSecret } from '../config/secrecy'
import { checkRecord } from '../delivery/check-record'
import { formatProblem, type Problem, quote } from '../problem'
import type { TransportDescription } from '../transport'
import { readArguments } from './arguments'
import { checkTransport, type Look } from './check-transport'
import { complain } from './complain'
import { levelsOf } from './explain'
import { HELP } from './help'
import { readSetup, SETUP_OPTIONS, type Setup } from './setup'

const OPTIONS = { ...SETUP_OPTIONS, offline: { type: 'boolean' } } as const

/**
 * Reads the configuration as the application would, reaches each receiver, and says what it comes to and what is wrong
 * with it. Status 1 if something is.
 */
export async function check(args: readonly string[]): Promise<number> {
  const { values, positionals, problems: mistakes } = readArguments(args, OPTIONS)
  if (values['help'] === true) {
    process.stdout.write(HELP)
    return 0
  }
  if (mistakes.length > 0) return complain(mistakes, 2)
  const [script] = positionals
  if (script !== undefined && statSync(script, { throwIfNoEntry: false })?.isFile() !== true) {
    return complain(
      [
        {
          where: 'hewn check',
          found: `no script ${quote(script)}`,
          expected: "an application's entry script, or none",
        },
      ],
      2,
    )
  }
  const setup = readSetup(values, script, process.env)
  const problems: Problem[] = [...setup.loaded.errors, ...setup.loaded.warnings]
  const rows = [
    ...summary(setup, problems),
    ...(await transportRows(setup, lookFrom(setup, script, values['offline'] === true), problems)),
  ]
  const width = Math.max(...rows.map(([label]) => label.length))
  for (const [label, text] of rows) process.stdout.write(`${label.padEnd(width)}  ${text}\n`)
  for (const problem of problems) process.stdout.write(`\n${formatProblem(problem)}\n`)
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  process.stdout.write(problems.length === 0 ? '\nNothing is wrong with it.\n' : `\n${count}\n`)
  return problems.length === 0 ? 0 : 1
}

type Row = readonly [label: string, text: string]

function summary(setup: Setup, problems: Problem[]): Row[] {
  const { loaded, environment, environmentFrom } = setup
  const { found, config } = loaded
  const rows: Row[] = [
    [
      'configuration',
      found === undefined
        ? 'none; the defaults hold'
        : nameOf(found) + (config === undefined ? ' (not used; the defaults hold)' : ''),
    ],
    ['environment', `${environment} (${environmentFrom ?? 'no HEWN_ENV and no NODE_ENV'})`],
  ]
  for (const { name, levels } of levelsOf(setup, problems).layers().toReversed()) {
    rows.push(['level', `${holdsSecret(levels) ? 'not shown: it may hold a secret' : levels}  (${name})`])
  }
  return rows
}

function lookFrom({ config, environment }: Setup, script: string | undefined, offline: boolean): Look {
  const { service } = config as { service?: string }
  return {
    folder: script === undefined ? process.cwd() : dirname(resolve(script)),
    service,
    record: checkRecord({ service, env: environment }, Date.now()),
    offline,
  }
}

async function transportRows({ config }: Setup, look: Look, problems: Problem[]): Promise<Row[]> {
  const rows: Row[] = []
  for (const description of (config.transports ?? []) as readonly TransportDescription[]) {
    const found = await checkTransport(description, look)
    const { type, name, level } = description
    const title = name === undefined || name === type ? type : `${type} '${name}'`
    rows.push(['transport', [title, ...(level === undefined ? [] : [`from ${level} on`]), found.text].join(', ')])
    problems.push(...found.problems)
  }
  if (rows.length === 0) rows.push(['transport', 'none: nothing is written'])
  return rows
}
