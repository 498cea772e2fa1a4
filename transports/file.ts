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
  /** Owner of a file that is created, as a number; usually only root can give files away. Default: the process's own. */
  readonly uid?: number | undefined
  /** Group of a file that is created, as a number. Default: the process's own. */
  readonly gid?: number | undefined
  /** A symbolic link that leads to the file; looked for from the folder of the file. Default: none. */
  readonly symlink?: string | undefined
  /**
   * Rotate before the file would be larger than this: `'10MiB'`, or bytes, at least 1024. It never is; a line that
   * alone would be longer is cut and marked. Default: no limit.
   */
  readonly maxSize?: string | number | undefined
  /** Rotate when the hour or day is over, also when nobody logs. Default: never. */
  readonly frequency?: 'hourly' | 'daily' | undefined
  /** Whose hours and days, also in the names of rotated files. Default: `utc`. */
  readonly timeZone?: 'utc' | 'local' | undefined
  /** How many rotated files are kept, those of earlier runs included. Default: all. */
  readonly maxFiles?: number | undefined
  /** How long a rotated file is kept after its last line: `'30d'`, or ms. Default: for ever. */
  readonly maxAge?: string | number | undefined
  /** Bytes that the rotated files may take together, `'1GiB'`; the oldest go first. Default: no limit. */
  readonly maxTotalSize?: string | number | undefined
  /** Compress rotated files, on a thread of its own. Default: not. */
  readonly compress?: 'gzip' | undefined
}

export interface FileTransport extends FileOptions, TransportDescription {
  readonly type: 'file'
}

/**
 * JSON lines appended to a file. It is open when the first call returns, and opened anew when it was renamed or
 * removed from outside. With `maxSize` or `frequency` it is rotated, and then it is this thread's alone: opening it
 * throws if another process or thread rotates it. While the disk is full, up to 8 MiB of lines wait in memory; past that the oldest go, counted.
 */
export function file(options: FileOptions): FileTransport {
  return { type: 'file', ...options }
}
