import { constants, fstatSync, openSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { isatty } from 'node:tty'
import { isMainThread } from 'node:worker_threads'
import { HewnError } from '../problem'
import { report } from '../report'
import type { BufferedOptions } from './buffered'
import { CustomSink, type Destination } from './custom'
import { FileSink } from './destination'
import { type FileAccess, LogFile } from './file'
import type { Loss } from './losses'
import { type Descriptor, nonblocking } from './nonblocking'
import { PipeSink, type WhenFull } from './pipe'
import { rotates } from './rotation/claim'
import { linkTo } from './rotation/link'
import { policyOf, type RotationOptions } from './rotation/options'
import { handleSignals } from './signals'
import type { Sink } from './sink'
import type { Durability } from './turn'

/** What a sink needs to know of the logger that opens it. */
export interface SinkHost {
  /** The sink's name, in what hewn says of it. */
  readonly name: string
  readonly durability: Durability
  /** How long a target that takes nothing may hold up the end of the process, in ms. */
  readonly exitTimeout: number
  /** Renders the line that tells of lines given up, ending in '\n'. */
  lossLine(loss: Loss): string
  /** `false`: no handler for SIGTERM and SIGINT is installed for this sink. Default true. */
  readonly signals?: boolean
}

export interface FileSinkOptions extends RotationOptions {
  readonly path: string
  readonly durability?: Durability | undefined
  /** The permissions of a file that is made, before the umask. Default 0o644. */
  readonly mode?: number | undefined
  /** The owner and group of a file that is made, by number. Default: the process's own. */
  readonly uid?: number | undefined
  readonly gid?: number | undefined
  /** A symbolic link to the file, kept in its folder if it is a bare name. Default: none. */
  readonly symlink?: string | undefined
  /** Bytes of lines that wait in memory while the disk refuses them; past it the oldest are dropped. Default 8 MiB. */
  readonly maxBuffer?: number | undefined
}

export interface StdoutSinkOptions {
  /** Default 1. */
  readonly fd?: number | undefined
  readonly durability?: Durability | undefined
  /** What a call does when `maxBuffer` bytes wait for the reader. Default 'wait'. */
  readonly whenFull?: WhenFull | undefined
  /** Overrides the host's, in ms. */
  readonly exitTimeout?: number | undefined
  /** Bytes of lines that wait in memory for the reader. Default 8 MiB. */
  readonly maxBuffer?: number | undefined
}

export type { Destination, Loss }

const MAX_BUFFER = 8 * 1024 * 1024
const FILE_MODE = 0o644

/**
 * Opens stdout, or another descriptor, for what it is: a file, a pipe or socket, a terminal. Never throws: a
 * descriptor that is closed gives a sink that is down and counts its lines.
 */
export function openStdout(options: StdoutSinkOptions, host: SinkHost): Sink {
  begin(host)
  const fd = options.fd ?? 1
  const buffered = bufferedOptions(options, host)
  const whenFull = options.whenFull ?? 'wait'
  // A worker thread can be stopped between two instructions: what it keeps in memory is lost then, so it keeps nothing.
  const maxBuffer = isMainThread || whenFull === 'drop' ? buffered.maxBuffer : 0
  const pipe = (target: Descriptor, durability = buffered.durability) =>
    new PipeSink(target, { ...buffered, durability, maxBuffer, whenFull })
  try {
    const stat = fstatSync(fd)
    if (isatty(fd)) return pipe(nonblocking(fd), 'line')
    if (stat.isFIFO() || stat.isSocket()) return pipe(nonblocking(fd))
    return new FileSink(new LogFile(fd, undefined, buffered.durability), undefined, buffered)
  } catch (error) {
    report(`${host.name} open`, `${host.name}: descriptor ${fd} cannot be used: ${(error as Error).message}`)
    return pipe({ fd, own: false, stream: undefined })
  }
}

/**
 * Opens a file for appending, and makes its folders. It is open when this returns. A path that names a pipe is
 * written to as one. Throws HewnError with the path if it cannot be opened, or if it may not be: when it is rotated,
 * and somebody else is writing to it.
 */
export function openFile(options: FileSinkOptions, host: SinkHost): Sink & { reopen?(): void } {
  const { mode = FILE_MODE, uid, gid, symlink } = options
  // Opened anew, it must be the same file wherever the process has gone meanwhile.
  const path = resolve(options.path)
  const buffered = bufferedOptions(options, host)
  const access = { mode, uid, gid }
  const policy = policyOf(options, host.name)
  try {
    const stat = statSync(path, { throwIfNoEntry: false })
    if (policy === undefined && stat?.isFIFO() === true) {
      const fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)
      begin(host)
      return new PipeSink({ fd, own: true, stream: undefined }, { ...buffered, whenFull: 'wait' })
    }
    const place = rotates(path, policy !== undefined, host.name)
    const sink =
      place === undefined
        ? openPlain(path, access, buffered)
        : loadRotation().openRotating(place, policy, access, buffered)
    begin(host)
    if (symlink !== undefined) linkTo(path, symlink, host.name)
    return sink
  } catch (error) {
    if (error instanceof HewnError) throw error
    const { code = 'unknown error', syscall } = error as NodeJS.ErrnoException
    const expectation = syscall === 'fchown' ? 'a uid and gid that this user may give away' : expected(code)
    throw new HewnError([{ where: `${host.name}: ${path}`, found: code, expected: expectation }])
  }
}

/** At first use: it brings threads and compression with it. */
const loadRotation = () => require('./rotation/open') as typeof import('./rotation/open')

function openPlain(path: string, access: FileAccess, buffered: BufferedOptions): Sink {
  const open = (path: string) => LogFile.open(path, access, buffered.durability)
  return new FileSink(open(path), open, buffered)
}

/** Wraps an application's own object. */
export function openDestination(destination: Destination, host: SinkHost): Sink {
  begin(host)
  const { name, exitTimeout } = host
  const lossLine = (loss: Loss) => host.lossLine(loss)
  return new CustomSink(destination, { name, exitTimeout, maxBuffer: MAX_BUFFER, lossLine })
}

function begin(host: SinkHost): void {
  if (host.signals !== false) handleSignals()
}

function bufferedOptions(options: FileSinkOptions | StdoutSinkOptions, host: SinkHost): BufferedOptions {
  const exitTimeout = 'exitTimeout' in options ? options.exitTimeout : undefined
  return {
    name: host.name,
    // Nothing waits for a worker thread that is stopped, so it has no turn to lose.
    durability: isMainThread ? (options.durability ?? host.durability) : 'line',
    exitTimeout: exitTimeout ?? host.exitTimeout,
    maxBuffer: options.maxBuffer ?? MAX_BUFFER,
    lossLine: loss => host.lossLine(loss),
  }
}

function expected(code: string): string {
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return 'a file that this user may write'
  if (code === 'EISDIR') return 'a file, not a folder'
  if (code === 'ENXIO') return 'a pipe that somebody reads'
  return 'a file that can be opened for appending'
}
