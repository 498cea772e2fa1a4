import { isatty } from 'node:tty'
import { defaultConfig } from './config/defaults'
import { entryScript } from './config/entry'
import { levelProblems } from './config/level-problems'
import { type Loaded, loadConfig } from './config/load'
import { environmentOf, merge } from './config/profile'
import { type Config, configureSchema } from './config/schema'
import { validate } from './config/validate'
import { watchFile } from './config/watch'
import { LevelThreads } from './levels/threads'
import { keepTrack, retire } from './live-outputs'
import { openOutputs } from './open-outputs'
import type { Destination } from './output/custom'
import { Outputs } from './outputs'
import { formatProblem, HewnError, type Problem } from './problem'
import type { LineSettings, Registry } from './registry'
import { ReloadSignal } from './reload-signal'
import { report } from './report'

/** What `configure` takes: the options of the configuration file, without its profiles, and a destination. */
export interface ConfigureOptions extends Config {
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
  private loaded: Loaded | undefined
  private outputs = new Outputs([])
  private watch: { close(): void } | undefined
  private readonly reloadSignal = new ReloadSignal(() => this.reload(true))

  constructor(private readonly registry: Registry) {
    this.threads = new LevelThreads(registry.state)
    registry.onLevels = () => this.threads.publish()
  }

  /** Options over the file's. Throws a HewnError that names every option that is wrong; then nothing has changed. */
  configure(options: ConfigureOptions): void {
    const problems: Problem[] = validate(options, configureSchema, WHERE)
    if (problems.length === 0) problems.push(...levelProblems(options, WHERE))
    if (problems.length > 0) throw new HewnError(problems)
    const before = this.options
    this.options = options
    try {
      this.loaded ??= this.load()
      this.apply(this.loaded.config)
    } catch (error) {
      this.options = before
      throw error
    }
  }

  /** The first log call. Never throws: what cannot be used is told on stderr, and the defaults are used. */
  start(): void {
    this.loaded = this.load()
    try {
      this.apply(this.loaded.config)
    } catch (error) {
      tell(error)
      this.options = {}
      this.apply(undefined)
    }
  }

  private load(): Loaded {
    const loaded = loadConfig({ env: process.env, entry: entryScript() })
    tellProblems([...loaded.errors, ...loaded.warnings])
    if (loaded.errors.length > 0) report('config', `${loaded.path}: not used; going on with ${this.fallbackName}`)
    this.follow(loaded)
    return loaded
  }

  /** Watches the file from the first time on, and no longer than it asks for it; a bad one is watched for being mended. */
  private follow({ path, config }: Loaded): void {
    if (config?.reload?.watch === false) {
      this.watch?.close()
      this.watch = undefined
    } else if (path !== undefined) this.watch ??= watchFile(path, () => this.reload(false))
  }

  /** A good file replaces the configuration, a bad one leaves it as it is. `reopen`: the files are opened anew besides. */
  private reload(reopen: boolean): void {
    const loaded = this.load()
    try {
      if (loaded.errors.length === 0) {
        this.apply(loaded.config)
        this.loaded = loaded
      }
    } catch (error) {
      tell(error)
    }
    if (reopen) this.outputs.reopen()
  }

  private apply(file: Config | undefined): void {
    const environment = environmentOf(process.env)
    const defaults = defaultConfig(environment, isatty(1))
    const config = merge(merge(defaults, file ?? {}), this.options)
    const outputs = keepTrack(this.open(config))
    this.setLevels(defaults, file)
    const before = this.outputs
    this.outputs = outputs
    this.registry.apply(lineSettings(config, environment), outputs)
    void retire(before, outputs, RETIRE_MS)
    this.reloadSignal.listen(config.reload?.signal)
    this.threads.follow()
  }

  private open(config: Config): Outputs {
    const { destination } = this.options
    return openOutputs(
      {
        transports: destination === undefined ? (config.transports ?? []) : [],
        destination,
        durability: config.durability ?? 'turn',
        exitTimeout: config.exitTimeout ?? 2000,
        signals: config.signals ?? true,
        lossLine: loss => this.registry.lossLine(loss),
      },
      this.outputs,
    )
  }

  private setLevels(defaults: Config, file: Config | undefined): void {
    const { state } = this.registry
    state.setLayer('defaults', 'defaults', defaults.level ?? 'info')
    // Its problems were told when it was loaded.
    state.setLayer('file', this.loaded?.path ?? 'file', file?.level ?? '')
    state.setLayer('configure', WHERE, this.options.level ?? '')
    tellProblems(state.setLayer('env', 'LOG_LEVEL', process.env['LOG_LEVEL'] ?? ''))
  }

  private get fallbackName(): string {
    return this.loaded?.config === undefined ? 'the defaults' : 'the last good configuration'
  }
}

function lineSettings(config: Config, environment: string): LineSettings {
  const { service, version, fields } = config
  const env = service === undefined ? undefined : environment
  return { time: config.time ?? 'iso', maxLineBytes: config.maxLineBytes ?? 262_144, service, env, version, fields }
}

function tellProblems(problems: readonly Problem[]): void {
  for (const problem of problems) {
    const text = formatProblem(problem)
    report(text, text)
  }
}

function tell(error: unknown): void {
  if (error instanceof HewnError) tellProblems(error.problems)
  else report('config', `the configuration cannot be used: ${error instanceof Error ? error.message : String(error)}`)
}

const WHERE = 'configure()'
/** How long a replaced output may take to write what it holds, in ms. */
const RETIRE_MS = 10_000
