import { closeSync, constants, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The right to rotate one file. The system frees it when the process ends, however it ends. */
export interface Lock {
  release(): void
}

/**
 * Takes the lock of a file; undefined if somebody has it, in this process or another. On Linux it is the name of an
 * abstract socket that nobody connects to, and so holds among the processes of one network namespace: containers that
 * share a folder, and hosts that share a file system, do not see each other's. On Windows a named pipe, elsewhere flock.
 */
export function takeLock(id: string, folder: string, name: string): Lock | undefined {
  const socket = socketOf(id)
  return socket === undefined ? takeFileLock(join(folder, `.${name}.lock`)) : takeSocket(socket)
}

/** Does somebody rotate this file now? For those who only append to it. Always false where sockets cannot be listed. */
export function isLocked(id: string): boolean {
  if (process.platform !== 'linux') return false
  try {
    return readFileSync('/proc/net/unix', 'latin1').includes(`@${nameOf(id)}`)
  } catch {
    return false
  }
}

/**
 * As long as a name can be. Node 20 fills a shorter one up with zeros and later ones do not, so that the same name
 * would be two.
 */
function nameOf(id: string): string {
  return `hewn.file.1.${fingerprint(id)}`.padEnd(NAME_LENGTH, '.')
}

const NAME_LENGTH = 107

/** FNV-1a of 128 bits. Not node:crypto, which is megabytes of code for those who only append to a file. */
function fingerprint(text: string): string {
  let hash = 0x6c62272e07bb014262b821756295c58dn
  for (const byte of Buffer.from(text)) hash = BigInt.asUintN(128, (hash ^ BigInt(byte)) * 0x1000000000000000000013bn)
  return hash.toString(16).padStart(32, '0')
}

function socketOf(id: string): string | undefined {
  if (process.platform === 'linux') return `\0${nameOf(id)}`
  return process.platform === 'win32' ? `\\\\.\\pipe\\${nameOf(id)}` : undefined
}

/** The name is bound within listen(), so that it is known at once whether it was free; only the events come later. */
function takeSocket(path: string): Lock | undefined {
  const { createServer } = require('node:net') as typeof import('node:net')
  const server = createServer(connection => connection.destroy())
  server.on('error', () => undefined)
  // Not through cluster's primary, which would share it among the workers.
  server.listen({ path, exclusive: true })
  if (!server.listening) return undefined
  server.unref()
  return { release: () => void server.close() }
}

/** What the BSDs and macOS have for it, and Node has no name for. */
const O_EXLOCK = 0x20

function takeFileLock(path: string): Lock | undefined {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_CREAT | constants.O_NONBLOCK | O_EXLOCK, 0o644)
    return { release: () => closeSync(fd) }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EAGAIN' || code === 'EWOULDBLOCK') return undefined
    throw error
  }
}
