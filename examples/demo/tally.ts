import { openSync, readFileSync, writeSync } from 'node:fs'
import type { Logger } from 'hewn'

type Call = (fields: object, message: string) => void
type Counted = Readonly<Record<'debug' | 'info' | 'warn' | 'error', Call>>

/**
 * Counts log calls, outside the logger, and keeps the count in a file: what hewn has written is compared with it
 * afterwards. Each line carries its call's number. Calls that the levels turn off are not counted.
 */
export class Tally {
  private readonly fd: number
  private readonly number = Buffer.alloc(8)
  private calls = 0
  private waiting = false

  constructor(path: string) {
    this.fd = openSync(path, 'w')
  }

  /** The logger, with each of its calls counted. */
  of(logger: Logger): Counted {
    const counted = (level: keyof Counted): Call => {
      return (fields, message) => {
        if (logger.isLevelEnabled(level)) logger[level]({ ...fields, call: ++this.calls }, message)
      }
    }
    return { debug: counted('debug'), info: counted('info'), warn: counted('warn'), error: counted('error') }
  }

  /**
   * Hands the count to the operating system, twice: the calls made, at once, so that no signal comes between; and those
   * whose turn is over, when it is. To be called in the turn of the calls.
   */
  save(): void {
    this.write(MADE, this.calls)
    if (this.waiting) return
    this.waiting = true
    setImmediate(() => {
      const { calls } = this
      this.waiting = false
      // Lines of this very phase may belong to a turn that ends in the next one.
      setImmediate(() => this.write(OVER, calls))
    })
  }

  private write(place: number, calls: number): void {
    this.number.writeDoubleLE(calls)
    writeSync(this.fd, this.number, 0, 8, place)
  }
}

const MADE = 0
const OVER = 8

export interface Issued {
  /** Calls made, by a process that was stopped. */
  readonly made: number
  /** Of them, those whose turn of the event loop had ended, by a process that was killed. */
  readonly over: number
}

export function readTally(path: string): Issued {
  const bytes = readFileSync(path)
  return {
    made: bytes.length < MADE + 8 ? 0 : bytes.readDoubleLE(MADE),
    over: bytes.length < OVER + 8 ? 0 : bytes.readDoubleLE(OVER),
  }
}
