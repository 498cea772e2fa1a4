import { closeSync, existsSync, openSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { basename, join } from 'node:path'

/**
 * A lock that the kernel lets go of however its holder ends: a listening socket in the directory. Others try to
 * connect. By a path and not by a name in the abstract namespace, because that ends at a container's network, and a
 * sidecar that shares only the folder would take a living directory for a dead one.
 */
export class Lock {
  private constructor(
    private readonly server: Server,
    private readonly folderFd: number | undefined,
  ) {}

  /** Locks `folder`, synchronously; it may be renamed afterwards. Throws what the system answers. */
  static hold(folder: string): Lock {
    const { path, fd } = address(folder)
    const server = createServer(socket => socket.destroy())
    // The answer comes twice: as `listening` at once, and as an event later, which has no news.
    server.on('error', () => undefined)
    // Under cluster, a server that is not exclusive would be its primary's.
    server.listen({ path, exclusive: true })
    server.unref()
    if (!server.listening) {
      if (fd !== undefined) closeSync(fd)
      throw Object.assign(new Error(`cannot lock ${folder}`), { code: 'ENOLCK' })
    }
    return new Lock(server, fd)
  }

  release(): void {
    this.server.close()
    if (this.folderFd !== undefined) closeSync(this.folderFd)
  }
}

/** Does somebody hold `folder`? Whatever is not a plain no is taken for yes. */
export function isHeld(folder: string): Promise<boolean> {
  const { path, fd } = open(folder)
  if (path === undefined)
    return Promise.resolve(existsSync(folder) && process.platform !== 'win32' && existsSync(lockPath(folder)))
  return new Promise(resolve => {
    const answer = (held: boolean) => {
      if (fd !== undefined) closeSync(fd)
      resolve(held)
    }
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      answer(true)
    })
    socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      socket.destroy()
      answer(code !== 'ECONNREFUSED' && code !== 'ENOENT')
    })
  })
}

/** What a socket's address holds, its final NUL not counted: 104 bytes where it is least. */
const LONGEST = 103

function lockPath(folder: string): string {
  return process.platform === 'win32'
    ? `\\\\.\\pipe\\hewn-${basename(folder).replace(/^\.new-/, '')}`
    : join(folder, 'lock')
}

/** A path too long for a socket's address is reached through a descriptor of its folder, where there is /proc. */
function address(folder: string): { path: string; fd: number | undefined } {
  const path = lockPath(folder)
  if (Buffer.byteLength(path) <= LONGEST || process.platform !== 'linux') return { path, fd: undefined }
  const fd = openSync(folder, 'r')
  return { path: `/proc/self/fd/${fd}/lock`, fd }
}

function open(folder: string): { path: string | undefined; fd: number | undefined } {
  try {
    return address(folder)
  } catch {
    return { path: undefined, fd: undefined }
  }
}
