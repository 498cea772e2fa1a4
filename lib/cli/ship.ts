import { resolve } from 'node:path'
import { isatty } from 'node:tty'
import { spoolRoot } from '../delivery/spool/root'
import { spoolBounds } from '../delivery/spool-bounds'
import type { SpoolSettings } from '../delivery/spool-schema'
import type { Redact } from '../line/redact/options'
import type { NetworkTransport } from '../network-transport'
import { type Problem, quote } from '../problem'
import { readArguments } from './arguments'
import { complain } from './complain'
import { HELP } from './help'
import { readSetup } from './setup'
import { readTargets, TARGET_OPTIONS } from './targets'

const OPTIONS = { ...TARGET_OPTIONS, spool: { type: 'string' }, service: { type: 'string' } } as const

/** What both ways of shipping work with. */
export interface ShipSettings {
  readonly transports: readonly NetworkTransport[]
  /** The folder of the spool. */
  readonly root: string
  readonly service: string
  readonly maxBytes: number | undefined
  readonly maxAge: number | undefined
  readonly minFree: number | undefined
  readonly fsync: boolean
  /** How long the end may be held up to send what waits, in ms. */
  readonly closeTimeout: number
  /** What is never to be sent, of lines that come by standard input: a sidecar's are redacted by who wrote them. */
  readonly redact: Redact | undefined
}

/**
 * Sends lines: those of standard input, by way of a spool of its own; or, with `--spool`, those that transports
 * `spool()` write to a folder. Status 1 for what is wrong with the configuration, or if lines were lost.
 */
export async function ship(args: readonly string[]): Promise<number> {
  const { values, positionals, problems } = readArguments(args, OPTIONS)
  if (values['help'] === true) {
    process.stdout.write(HELP)
    return 0
  }
  const mistakes = [...problems, ...misused(positionals)]
  if (mistakes.length > 0) return complain(mistakes, 2)
  const setup = readSetup(values, undefined, process.env)
  if (setup.loaded.errors.length > 0) return complain(setup.loaded.errors, 1)
  complain(setup.loaded.warnings, 0)
  const targets = readTargets(values, setup, 'hewn ship')
  if (targets.problems.length > 0) return complain(targets.problems, 1)

  const { spool = {}, closeTimeout = CLOSE_TIMEOUT, service: configured, redact } = setup.loaded.config ?? {}
  const folder = values['spool']
  const service = typeof values['service'] === 'string' ? values['service'] : (configured ?? 'default')
  const settings: ShipSettings = {
    transports: targets.transports,
    root: typeof folder === 'string' ? resolve(folder) : spoolRoot(spool.dir, service, process.env),
    service,
    ...spoolBounds(spool as SpoolSettings, 'spool'),
    fsync: spool.fsync ?? false,
    closeTimeout,
    redact,
  }
  if (typeof folder === 'string') return (await import('./ship-spool.js')).shipSpool(settings)
  if (isatty(0)) {
    const expected = 'a pipe (node app.js | hewn ship), or --spool DIR'
    return complain([{ where: 'hewn ship', found: 'a terminal as its input', expected }], 2)
  }
  return (await import('./ship-input.js')).shipInput(settings)
}

function misused(positionals: readonly string[]): Problem[] {
  if (positionals.length === 0) return []
  return [
    {
      where: 'hewn ship',
      found: quote(positionals.join(' ')),
      expected: 'lines on standard input (hewn ship < app.log), or --spool DIR',
    },
  ]
}

/** Nothing but the sending is held up here. */
const CLOSE_TIMEOUT = 10_000
