import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Commands } from './program'

const PROGRAM = join(__dirname, 'program.js')
const TIMEOUT_MS = 20_000

/** What is left of an application that has ended. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly lines: Record<string, unknown>[]
  readonly stderr: string
}

interface Options {
  /** The text or the value of the configuration file; there is none if it is absent. */
  readonly config?: unknown
  readonly env?: Record<string, string>
}

interface Test {
  testdir(content: Record<string, string>): string
  teardown(then: () => void): void
}

/** An application in a process and a folder of its own, where its configuration file is found: see program.ts. */
export class App {
  readonly folder: string
  readonly config: string
  private readonly child: ChildProcess
  private readonly heard = new EventEmitter()
  private readonly closed: Promise<unknown[]>
  private stdout = ''
  private stderr = ''
  private last = 0

  private constructor(t: Test, { config, env = {} }: Options) {
    const manifest = JSON.stringify({ name: 'app' })
    this.folder = t.testdir({ 'package.json': manifest, 'main.js': `require(${JSON.stringify(PROGRAM)})` })
    this.config = join(this.folder, 'hewn.config.json')
    if (config !== undefined) this.write(config)
    this.child = spawn(process.execPath, [join(this.folder, 'main.js')], {
      env: { ...plainEnv(), ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      timeout: TIMEOUT_MS,
    })
    t.teardown(() => this.child.kill('SIGKILL'))
    this.closed = once(this.child, 'close')
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
    })
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
      this.heard.emit('stderr')
    })
  }

  static async start(t: Test, options: Options = {}): Promise<App> {
    const app = new App(t, options)
    await once(app.child, 'message')
    return app
  }

  /** Replaces the configuration file. */
  write(config: unknown): void {
    writeFileSync(this.config, typeof config === 'string' ? config : JSON.stringify(config))
  }

  /** Has a command done, and resolves to its answer. Rejects with what it throws. */
  async tell<Name extends keyof Commands>(
    name: Name,
    ...args: Parameters<Commands[Name]>
  ): Promise<Awaited<ReturnType<Commands[Name]>>> {
    const id = ++this.last
    this.child.send([id, name, args])
    for (;;) {
      const [answer] = (await Promise.race([once(this.child, 'message'), this.closed])) as [Answer | number | null]
      if (typeof answer !== 'object' || answer === null) throw new Error(`ended with ${answer}: ${this.stderr}`)
      if (answer.id !== id) continue
      if (answer.error !== undefined) throw new Error(answer.error)
      return answer.value as Awaited<ReturnType<Commands[Name]>>
    }
  }

  /** Resolves to what was said on stderr, once it has this in it. */
  async said(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.stderr)) {
      const ended = await Promise.race([once(this.heard, 'stderr'), this.closed])
      if (ended.length > 0) throw new Error(`ended without ${pattern}: ${this.stderr}`)
    }
    return this.stderr
  }

  /** Lets go of it; it must end by itself. */
  async end(): Promise<Ended> {
    this.child.send([0, 'disconnect', []])
    const [code, signal] = (await this.closed) as [number | null, NodeJS.Signals | null]
    return { code, signal, lines: parseLines(this.stdout), stderr: this.stderr }
  }
}

interface Answer {
  readonly id: number
  readonly value?: unknown
  readonly error?: string
}

/** The environment without what hewn and the test runner read from it. */
export function plainEnv(): NodeJS.ProcessEnv {
  const ours = /^(HEWN_|LOG_|NODE_ENV$|NODE_OPTIONS$|TAP|NO_COLOR$|FORCE_COLOR$)/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)))
}

export function parseLines(text: string): Record<string, unknown>[] {
  const lines = text.split('\n').filter(line => line !== '')
  return lines.map(line => JSON.parse(line) as Record<string, unknown>)
}
