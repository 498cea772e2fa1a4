import { type ChildProcessWithoutNullStreams, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import { HttpReceiver } from '../support/receivers/http-receiver'

const APPLICATION = join(__dirname, 'fixtures/application.js')

/** Why faults of the real system are not made here; false if they are. */
export function without(...needs: ('strace' | 'prlimit' | 'root')[]): string | false {
  if (process.env['HEWN_FAULTS'] !== '1') return 'HEWN_FAULTS=1 runs it'
  if (process.platform !== 'linux') return 'Linux only'
  if (needs.includes('root') && process.getuid?.() !== 0) return 'only root may mount'
  for (const tool of needs) {
    if (tool !== 'root' && spawnSync(tool, ['-V']).status !== 0) return `${tool} is not installed`
  }
  return false
}

/** May this process mount? A container's root may not. */
export function mount(...args: string[]): string | false {
  const { status, stderr } = spawnSync('mount', args, { encoding: 'utf8' })
  return status === 0 ? false : `mount: ${stderr.trim()}`
}

interface Start {
  /** A program that runs it, such as strace. */
  readonly under?: readonly string[]
  readonly options?: Readonly<Record<string, unknown>>
  readonly sidecar?: boolean
  readonly from?: number
}

/** An application of its own process, told what to do. */
export class Application {
  stderr = ''
  pid = 0
  private readonly answers: AsyncIterator<string>

  constructor(private readonly child: ChildProcessWithoutNullStreams) {
    this.answers = createInterface(child.stdout)[Symbol.asyncIterator]()
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
    })
  }

  async ready(): Promise<this> {
    this.pid = ((await this.answer()) as { pid: number }).pid
    return this
  }

  /** Resolves with the answer when it is done. */
  async does(command: string): Promise<Readonly<Record<string, unknown>>> {
    this.child.stdin.write(`${command}\n`)
    return this.answer()
  }

  /** Resolves when stderr has said this. */
  async says(what: RegExp): Promise<void> {
    while (!what.test(this.stderr)) await once(this.child.stderr, 'data')
  }

  async ends(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'close')
  }

  async stop(): Promise<void> {
    await this.does('stop')
    await this.ends()
  }

  signal(name: NodeJS.Signals): void {
    process.kill(this.pid, name)
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL')
    await this.ends()
  }

  private async answer(): Promise<Readonly<Record<string, unknown>>> {
    const { value, done } = await this.answers.next()
    if (done === true) throw new Error(`it has ended: ${this.stderr}`)
    return JSON.parse(value as string) as Readonly<Record<string, unknown>>
  }
}

/** A receiver, a folder for spools, and what becomes of lines. */
export class Scene {
  readonly receiver = new HttpReceiver()
  readonly folder = mkdtempSync(join(tmpdir(), 'hewn-fault-'))
  readonly dir = join(this.folder, 'spool')
  url = ''

  private constructor(private readonly t: Test) {}

  static async begin(t: Test): Promise<Scene> {
    const scene = new Scene(t)
    scene.url = await scene.receiver.start()
    t.teardown(async () => {
      await scene.receiver.stop()
      rmSync(scene.folder, { recursive: true, force: true })
    })
    return scene
  }

  async start({ under = [], from = 0, ...rest }: Start = {}): Promise<Application> {
    const task = JSON.stringify({ dir: this.dir, url: this.url, from, ...rest })
    const [command, ...args] = [...under, process.execPath, APPLICATION, task]
    return new Application(spawn(command!, args)).ready()
  }

  /** Mounts a small disk where the spools are; taken away at the end. */
  disk(options: string): string | false {
    execFileSync('mkdir', ['-p', this.dir])
    const problem = mount('-t', 'tmpfs', '-o', options, 'hewn-test', this.dir)
    if (problem === false) this.t.teardown(() => void spawnSync('umount', ['-l', this.dir]))
    return problem
  }

  /** Numbers of delivered lines, each once. */
  get delivered(): number[] {
    const byId = new Map(this.receiver.stored.map(line => [line['hewn_id'], line['n']]))
    return [...byId.values()].filter(n => typeof n === 'number').sort((a, b) => a - b)
  }

  /** Lines that the receiver was told are lost. */
  get dropped(): number {
    const told = new Map(this.receiver.stored.map(line => [line['hewn_id'], line['dropped'] ?? {}]))
    return [...told.values()]
      .flatMap(counts => Object.values(counts) as number[])
      .reduce((sum, count) => sum + count, 0)
  }

  /** Lines in segments below the folder. */
  get onDisk(): number {
    const names = readdirSync(this.dir, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.seg'))
    const texts = names.map(name => readFileSync(join(this.dir, name), 'utf8'))
    return texts
      .join('')
      .split('\n')
      .filter(line => line.startsWith('{')).length
  }

  /** The oracle: issued = delivered + waiting + dropped, and nothing is there that was not issued, or under two ids. */
  conserved(fault: string, issued: number, waiting = 0): void {
    const { delivered, dropped } = this
    const twice = this.receiver.stored.length - new Set(this.receiver.ids).size
    this.t.comment(
      `conservation  ${fault.padEnd(44)} issued ${issued} = delivered ${delivered.length} + waiting ${waiting} + dropped ${dropped}; sent twice ${twice}`,
    )
    this.t.equal(new Set(delivered).size, delivered.length, 'each under one id')
    this.t.ok(delivered.every(n => n >= 0 && n < issued))
    this.t.equal(delivered.length + waiting + dropped, issued, `${fault}: conserved`)
    this.t.same(this.receiver.mistakes, [])
  }
}
