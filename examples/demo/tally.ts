import { openSync, readFileSync, writeSync } from 'node:fs'
import type { Logger } from 'hewn'

type Counted = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>

/**
 * Counts log calls, outside the logger, and keeps the number in a file: what hewn has written is compared with it
 * afterwards. Calls that the levels turn off are not counted.
 */
export class Tally {
  private readonly fd: number
  private readonly number = Buffer.alloc(8)
  private calls = 0

  constructor(path: string) {
    this.fd = openSync(path, 'w')
  }

  /** The logger, with each of its calls counted. */
  of(logger: Logger): Counted {
    const counted = (level: keyof Counted) => {
      return (...values: unknown[]) => {
        if (logger.isLevelEnabled(level)) this.calls++
        Reflect.apply(logger[level], logger, values)
      }
    }
    return { debug: counted('debug'), info: counted('info'), warn: counted('warn'), error: counted('error') }
  }

  /** Hands the number to the operating system. To be called in the turn of the calls, so that no signal comes between. */
  save(): void {
    this.number.writeDoubleLE(this.calls)
    writeSync(this.fd, this.number, 0, 8, 0)
  }
}

export function readTally(path: string): number {
  return readFileSync(path).readDoubleLE()
}
