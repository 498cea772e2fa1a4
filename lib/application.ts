import { isatty } from 'node:tty'
import { defaultConfig } from './config/defaults'
import { entryScript } from './config/entry'
import { type Found, findConfig, nameOf } from './config/find'
import { levelProblems } from './config/level-problems'
import { type Loaded, loadConfig } from './config/load'
import { environmentOf, merge, type Settings } from './config/profile'
import { censorProblems, redactProblems } from './config/redact-problems'
import { type Config, configureSchema } from './config/schema'
import { signalProblems } from './config/signal-problems'
import { validate } from './config/validate'
import { watchFile } from './config/watch'
import { layoutFor, layoutProblems } from './layouts/layouts'
import { LevelThreads } from './levels/threads'
import { keepTrack, retire } from './live-outputs'
import { lineLimit, openOutputs } from './open-outputs'
import type { Destination } from './output/custom'
import { Outputs } from './outputs'
import { formatProblem, HewnError, type Problem } from './problem'
import { DEFAULT_LINE, type LineSettings, type Registry } from './registry'
import { ReloadSignal } from './reload-signal'
import { report } from './report'
import type { TransportDescription } from './transport'

/** What `configure` takes: the options of the configuration file, without its profiles, and a destination. */
export interface ConfigureOptions extends Settings {
  /** Gets each line in the log call itself, ending in a newline, instead of the transports. */
  readonly destination?: Destination | undefined
}

/**
 * The process's one configuration: where it comes from, when it is read, and what becomes of it when it changes.
 * It is read at the first log call or `configure`, not at import, so that dotenv and `configure` come in time; this file
 * and all it needs are loaded then, too.
 */
export class Application {
  private readonly threads: LevelThreads
  private options: ConfigureOptions = {}
  /** What is in force; without its `config`, if that is the defaults for it. */
  private loaded: Loaded | undefined
  private outputs = new Outputs([])
  private watch: { close(): void } | undefined
  /** How often a configuration has been put in force. */
  private applied = 0
  private readonly reloadSignal = new ReloadSignal(() => this.reload(true))

  constructor(private readonly registry: Registry) {
    this.threads = new LevelThreads(registry.state)
    registry.onLevels = () => this.threads.publish()
  }

  /** Options over the file's. Throws a HewnError that names every option that is wrong; then nothing has changed. */
  configure(options: ConfigureOptions): void {
    const problems: Problem[] = validate(options, configureSchema, WHERE)
    if (problems.length === 0) {
      problems.push(
        ...levelProblems(options, WHERE),
        ...redactProblems(options, WHERE),
        ...censorProblems(options.redact, WHERE),
        ...signalProblems(options, WHERE),
        ...layoutProblems(options, WHERE),
      )
    }
    if (problems.length > 0) throw new HewnError(problems)
    const loaded = this.loaded ?? this.load()
    const before = this.options
    this.options = options
    try {
      this.apply(loaded)
      this.loaded = loaded
    } catch (error) {
      this.options = before
      throw error
    }
  }

  /** The first log call. Never throws: what cannot be used is told on stderr, and the defaults are used. */
  start(): void {
    const loaded = this.load()
    try {
      this.apply(loaded)
      this.loaded = loaded
    } catch (error) {
      this.refuse(loaded, problemsOf(error))
      this.loaded = { ...loaded, config: undefined, redact: loaded.config?.redact }
      this.apply(this.loaded)
    }
  }

  /** Where it was found the first time is where it is read again: one that is gone is a bad one, not the defaults. */
  private load(): Loaded {
    const found = this.loaded?.found ?? findConfig(process.env, entryScript())
    const loaded = loadConfig(found, process.env)
    this.tell([...loaded.errors, ...loaded.warnings])
    if (loaded.errors.length > 0) this.refuse(loaded)
    return loaded
  }

  /** A good file replaces the configuration, a bad one leaves it as it is. `reopen`: the files are opened anew besides. */
  private reload(reopen: boolean): void {
    const loaded = this.load()
    try {
      if (loaded.errors.length === 0) {
        this.apply(loaded)
        this.loaded = loaded
      }
    } catch (error) {
      this.refuse(loaded, problemsOf(error))
    }
    if (reopen) this.outputs.reopen()
  }

  private refuse({ found, errors, redact }: Loaded, problems = errors): void {
    if (problems !== errors) this.tell(problems)
    const defaults = redact === undefined ? 'the defaults' : 'the defaults, with redaction'
    const fallback = this.loaded?.config === undefined ? defaults : 'the last good configuration'
    const text = `${found === undefined ? 'configuration' : nameOf(found)}: not used; going on with ${fallback}`
    report(`${this.applied} ${problems.map(formatProblem).join()} ${text}`, text)
  }

  /** A mistake that is made again after a good configuration is told again: silence would say that it is none. */
  private tell(problems: readonly Problem[]): void {
    for (const problem of problems) {
      const text = formatProblem(problem)
      report(`${this.applied} ${text}`, text)
    }
  }

  private apply({ found, config: file, redact }: Loaded): void {
    const environment = environmentOf(process.env)
    const defaults = defaultConfig(environment, isatty(1))
    const config = merge(merge(defaults, file ?? { redact }), this.options)
    // The file and the options may each be right alone.
    const unfit = layoutProblems(config, found === undefined ? WHERE : nameOf(found))
    if (unfit.length > 0) throw new HewnError(unfit)
    const outputs = keepTrack(this.open(config))
    this.applied++
    this.setLevels(defaults, found, file)
    const before = this.outputs
    this.outputs = outputs
    const maxLineBytes = lineLimit(config.maxLineBytes ?? DEFAULT_LINE.maxLineBytes, this.transports(config))
    this.registry.apply({ ...lineSettings(config, environment, this.transports(config)), maxLineBytes }, outputs)
    void retire(before, outputs, RETIRE_MS)
    this.follow(found, config)
    this.reloadSignal.listen(config.reload?.signal)
    this.threads.follow()
  }

  /** A bad file is watched as well, for being mended. */
  private follow(found: Found | undefined, { reload }: Settings): void {
    if (reload?.watch === false) {
      this.watch?.close()
      this.watch = undefined
    } else if (found !== undefined) this.watch ??= watchFile(found.path, () => this.reload(false))
  }

  private open(config: Settings): Outputs {
    return openOutputs(
      {
        transports: this.transports(config),
        destination: this.options.destination,
        durability: config.durability ?? 'turn',
        exitTimeout: config.exitTimeout ?? 2000,
        signals: config.signals ?? true,
        lossLine: loss => this.registry.lossLine(loss),
        network: {
          layout: config.layout,
          service: config.service,
          spool: config.spool,
          closeTimeout: config.closeTimeout ?? 2000,
        },
      },
      this.outputs,
    )
  }

  /** A destination of one's own stands in their place. */
  private transports(config: Settings): NonNullable<Settings['transports']> {
    return this.options.destination === undefined ? (config.transports ?? []) : []
  }

  private setLevels(defaults: Config, found: Found | undefined, file: Config | undefined): void {
    const { state } = this.registry
    state.setLayer('defaults', 'defaults', defaults.level ?? 'info')
    // Its problems were told when it was loaded.
    state.setLayer('file', found === undefined ? 'file' : nameOf(found), file?.level ?? '')
    state.setLayer('configure', WHERE, this.options.level ?? '')
    const problems = state.setLayer('env', 'LOG_LEVEL', process.env['LOG_LEVEL'] ?? '')
    if (this.applied === 1) this.tell(problems)
  }
}

function lineSettings(
  config: Settings,
  environment: string,
  transports: readonly TransportDescription[],
): Omit<LineSettings, 'maxLineBytes'> {
  const { service, version, fields, redact } = config
  const env = service === undefined ? undefined : environment
  const layout = layoutFor(config.layout, transports)
  return {
    layout,
    time: config.time ?? layout.time,
    service,
    env,
    version,
    fields,
    redact,
  }
}

function problemsOf(error: unknown): readonly Problem[] {
  if (error instanceof HewnError) return error.problems
  const found = error instanceof Error ? error.message : String(error)
  return [{ where: 'configuration', found, expected: 'one that can be put in force' }]
}

const WHERE = 'configure()'
/** How long a replaced output may take to write what it holds, in ms. */
const RETIRE_MS = 10_000
