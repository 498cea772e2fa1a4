import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { Task } from './task'

export type ModuleSystem = 'CommonJS' | 'ESM'

export interface Cell {
  readonly task: Task
  readonly from: ModuleSystem
  /** Runs the program in a worker thread or as a cluster worker. */
  readonly host?: 'thread' | 'cluster' | undefined
}

export interface Outcome {
  /** 'exit code 0', 'SIGTERM', or that it did not end. */
  readonly ended: string
  /** What arrived in the file or came out of the pipe. */
  readonly text: string
  readonly stderr: string
}

const HOSTS = { thread: 'in-thread.js', cluster: 'in-cluster.js' } as const
const PROGRAMS = { CommonJS: 'cjs.js', ESM: 'esm.mjs' } as const
const BARE_PROGRAMS = { CommonJS: 'bare-cjs.js', ESM: 'bare-esm.mjs' } as const
/** A program that has not ended by then, in ms, never will: each takes a tenth of a second. */
const PATIENCE = 20_000

/** Runs programs of the exit table, two at a time, each in a process of its own. */
export class Runner {
  private readonly folder = mkdtempSync(join(tmpdir(), 'hewn-exit-'))
  private readonly waiting: (() => void)[] = []
  private readonly bare = new Map<string, Promise<Outcome>>()
  private running = 0
  private count = 0

  constructor(private readonly jobs = 2) {}

  /** How the cell's program logs and ends. Never rejects. */
  run({ task, from, host }: Cell, program: string = PROGRAMS[from]): Promise<Outcome> {
    const path = join(this.folder, `${this.count++}`)
    return this.oneOf(() => this.start({ ...task, path }, join(__dirname, program), host))
  }

  /** How the same program ends without a logger. Never rejects. */
  runBare({ task, from, host }: Cell): Promise<Outcome> {
    const alike: Task = { ...task, to: 'file turn', lines: 3, start: 'first tick', at: 'turn', last: undefined }
    const key = JSON.stringify([alike, from, host])
    const known = this.bare.get(key) ?? this.run({ task: alike, from, host }, BARE_PROGRAMS[from])
    this.bare.set(key, known)
    return known
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  private async oneOf<T>(start: () => Promise<T>): Promise<T> {
    if (this.running === this.jobs) await new Promise<void>(resolve => this.waiting.push(resolve))
    else this.running++
    try {
      return await start()
    } finally {
      const next = this.waiting.shift()
      if (next === undefined) this.running--
      else next()
    }
  }

  private async start(task: Task & { path: string }, program: string, host: Cell['host']): Promise<Outcome> {
    const argument = JSON.stringify(task)
    const args = host === undefined ? [program, argument] : [join(__dirname, HOSTS[host]), argument, program]
    const fifo = task.to === 'pipe' ? new Fifo(task.path) : undefined
    const child = spawn(process.execPath, args, {
      // A core file that process.abort() may leave goes with the folder.
      cwd: this.folder,
      env: environment(),
      stdio: ['ignore', fifo?.writeFd ?? 'pipe', 'pipe'],
    })
    fifo?.handedOver()
    const [ended, stdout, stderr] = await Promise.all([
      ending(child),
      readAll(fifo?.reader ?? child.stdout),
      readAll(child.stderr),
    ])
    const inFile = task.to !== 'pipe' && task.to !== 'socket'
    return { ended, text: inFile ? readIfThere(task.path) : stdout, stderr }
  }
}

/** A real pipe, such as a shell makes; what `spawn` calls one is a pair of sockets. */
class Fifo {
  readonly reader: Socket
  readonly writeFd: number

  constructor(path: string) {
    spawnSync('mkfifo', [path])
    const readFd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    this.writeFd = openSync(path, constants.O_WRONLY)
    this.reader = new Socket({ fd: readFd, readable: true, writable: false })
  }

  /** The child has its own copy: without ours, the reader sees the end when the child ends. */
  handedOver(): void {
    closeSync(this.writeFd)
  }
}

/** What the tests run under does not configure what they test. */
function environment(): NodeJS.ProcessEnv {
  const { LOG_LEVEL, HEWN_CONFIG, HEWN_ENV, NODE_ENV, NODE_OPTIONS, ...rest } = process.env
  return rest
}

function ending(child: ChildProcess): Promise<string> {
  return new Promise(resolve => {
    let late = false
    const timer = setTimeout(() => {
      late = true
      child.kill('SIGKILL')
    }, PATIENCE)
    child.on('error', error => resolve(`not started: ${error.message}`))
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve(late ? `not ended after ${PATIENCE} ms` : (signal ?? `exit code ${code}`))
    })
  })
}

async function readAll(stream: Readable | null): Promise<string> {
  let text = ''
  if (stream === null) return text
  stream.setEncoding('utf8')
  for await (const chunk of stream) text += chunk
  return text
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
