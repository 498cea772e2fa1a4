#!/usr/bin/env node
import { existsSync, fstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isatty } from 'node:tty'
import { HewnError, nearest, type Problem } from '../problem'
import { complain } from './complain'
import { HELP } from './help'
import { CLOSED_PIPE } from './output'

/** A command, loaded when it is asked for. Resolves to the exit status. */
type Command = (args: readonly string[]) => Promise<number>

const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  check: async () => (await import('./check.js')).check,
  explain: async () => (await import('./explain.js')).explain,
  replay: async () => (await import('./replay.js')).replay,
  ship: async () => (await import('./ship.js')).ship,
  spool: async () => (await import('./spool/spool.js')).spool,
  setup: async () => (await import('./setup-receiver.js')).setup,
}

/** The exit status for arguments that cannot be understood. */
const MISUSED = 2

async function main(args: readonly string[]): Promise<number> {
  const [first = ''] = args
  if (Object.hasOwn(COMMANDS, first)) return (await COMMANDS[first]!())(args.slice(1))
  const { readViewOptions } = await import('./view/options.js')
  const { options, problems } = readViewOptions(args, Date.now())
  if (options.help) return say(HELP)
  if (options.version) return say(`${version()}\n`)
  if (problems.length > 0) return misused(problems)
  if (options.paths.length === 0 && isatty(0)) {
    process.stderr.write(HELP)
    return MISUSED
  }
  const command = existsSync(first) ? undefined : nearest(first, Object.keys(COMMANDS))
  if (command !== undefined && options.paths[0] === first) {
    return misused([{ where: first, found: 'no such file or command', expected: 'one', suggestion: command }])
  }
  if (options.paths.length === 0) outliveInterrupt()
  const { view } = await import('./view/view.js')
  return view(options)
}

function say(text: string): number {
  process.stdout.write(text)
  return 0
}

function misused(problems: readonly Problem[]): number {
  complain(problems, MISUSED)
  process.stderr.write("'hewn --help' says what there is.\n")
  return MISUSED
}

/** In `node app.js | hewn` Ctrl-C reaches both: what the application still has to say is shown. A second one ends it. */
function outliveInterrupt(): void {
  if (!fstatSync(0).isFile()) process.once('SIGINT', () => {})
}

function version(): string {
  const manifest = JSON.parse(readFileSync(join(__dirname, '../../../package.json'), 'utf8')) as { version: string }
  return manifest.version
}

// As a shell reports the end by SIGPIPE: whoever read has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? CLOSED_PIPE : 1))

main(process.argv.slice(2)).then(
  status => {
    process.exitCode = status
  },
  (error: unknown) => {
    process.exitCode = 1
    if (error instanceof HewnError) return void complain(error.problems, 1)
    process.stderr.write(`hewn: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  },
)
