import type { TransportDescription } from '../lib/transport'

export interface FileOptions {
  /** Where to append. Missing folders are created. */
  readonly path: string
  /** Its name in `to:name=level` and in stats(). Default: 'file'. */
  readonly name?: string | undefined
  /** Lines below this level do not go there. Default: all that the loggers let through. */
  readonly level?: string | undefined
  /** `turn` writes once for each turn of the event loop, `line` in each call. Default: the logger's. */
  readonly durability?: 'turn' | 'line' | undefined
  /** Permissions of a file that is created, such as 0o640. Default: 0o644 less the umask. */
  readonly mode?: number | undefined
}

export interface FileTransport extends FileOptions, TransportDescription {
  readonly type: 'file'
}

/**
 * JSON lines appended to a file. It is open when the first call returns, and opened anew when it was renamed or
 * removed from outside. While the disk is full, up to 8 MiB of lines wait in memory; past that the oldest go, counted.
 */
export function file(options: FileOptions): FileTransport {
  return { type: 'file', ...options }
}
