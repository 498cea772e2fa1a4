import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'

/**
 * The reading end of a pipe, in this process. A named one, because what Node gives its children as pipes are sockets.
 */
export class FarEnd {
  /** For the child to write to. */
  readonly fd: number
  private readonly socket: Socket
  private bytes = 0
  private lines = 0
  private kept: Buffer[] = []
  /** Until the first pass has been read. */
  private checking = true
  private waiting: { enough(): boolean; resolve(at: bigint): void } | undefined

  constructor(folder: string) {
    const path = join(folder, 'pipe')
    execFileSync('mkfifo', [path])
    // In this order: an end opened for reading does not wait, and then there is a reader for the writing end.
    const reading = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    this.fd = openSync(path, constants.O_WRONLY)
    this.socket = new Socket({ fd: reading, readable: true, writable: false })
    this.socket.on('data', (chunk: Buffer) => this.take(chunk))
  }

  /** All that comes until so many lines are there. */
  async text(lines: number): Promise<string> {
    await this.until(() => this.lines >= lines)
    const text = Buffer.concat(this.kept).toString()
    this.forget()
    return text
  }

  /** The time, as process.hrtime.bigint(), when that many bytes had come; throws if there were more. */
  async time(bytes: number): Promise<bigint> {
    const at = await this.until(() => this.bytes >= bytes)
    if (this.bytes !== bytes) throw new Error(`${this.bytes} bytes arrived of ${bytes}`)
    this.forget()
    return at
  }

  close(): void {
    closeSync(this.fd)
    this.socket.destroy()
  }

  private take(chunk: Buffer): void {
    this.bytes += chunk.length
    // Looking for lines and keeping them is for the pass that is checked: it would slow down the ones on the clock.
    if (this.checking) {
      this.kept.push(chunk)
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) this.lines++
    }
    if (this.waiting?.enough()) {
      this.waiting.resolve(process.hrtime.bigint())
      this.waiting = undefined
    }
  }

  private until(enough: () => boolean): Promise<bigint> {
    if (enough()) return Promise.resolve(process.hrtime.bigint())
    return new Promise((resolve, reject) => {
      const patience = setTimeout(() => reject(new Error('the lines do not arrive')), PATIENCE_MS)
      this.waiting = {
        enough,
        resolve(at) {
          clearTimeout(patience)
          resolve(at)
        },
      }
    })
  }

  private forget(): void {
    this.checking = false
    this.bytes = 0
    this.lines = 0
    this.kept = []
  }
}

const PATIENCE_MS = 20_000
