import { constants, fstatSync, openSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import { realProcess } from './realm'

/** A descriptor that a slow reader does not block, as far as the platform allows. */
export interface Descriptor {
  readonly fd: number
  /** True if it was opened here, and is to be closed here. */
  readonly own: boolean
  /** Node's own stream on the same descriptor: what waits in it goes first. */
  readonly stream: NodeJS.WriteStream | undefined
}

/**
 * On Linux a pipe is opened anew: O_NONBLOCK belongs to an open file description, and one of our own leaves that of
 * the application, its children and its siblings as it is.
 *
 * A socket cannot be opened anew (what child_process calls a 'pipe' is a pair of sockets). For stdout and stderr Node
 * is made to create its stream, as the first console.log would: that sets O_NONBLOCK on the shared description. Every
 * other descriptor is used as it is: if it blocks, a call waits for the reader.
 */
export function nonblocking(fd: number): Descriptor {
  const stat = fstatSync(fd)
  if (process.platform === 'linux' && stat.isFIFO()) {
    try {
      const own = openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK)
      return { fd: own, own: true, stream: undefined }
    } catch {
      // Not ours to open (another user's pipe), or /proc is not there.
    }
  }
  if (!isMainThread || stat.isCharacterDevice()) return { fd, own: false, stream: undefined }
  const stream = fd === 1 ? realProcess.stdout : fd === 2 ? realProcess.stderr : undefined
  return { fd, own: false, stream }
}
