/**
 * The far end of the encode cases: joins lines to 16 KiB and encodes them to bytes, as anything that writes them must.
 * Lines that are never encoded are ropes, and a rope is not a written line.
 */
export class Sink {
  /** Bytes encoded so far. */
  bytes = 0
  private readonly buffer = Buffer.allocUnsafe(CAPACITY)
  private pending = ''
  private kept: string[] | undefined

  readonly write = (text: string): void => {
    this.pending += text
    if (this.pending.length >= JOINED) this.encode()
  }

  /** Encodes what is left. */
  finish(): void {
    if (this.pending !== '') this.encode()
  }

  /** All that is encoded while `calls` runs, decoded again from the bytes. */
  capture(calls: () => void): string {
    this.finish()
    this.kept = []
    calls()
    this.finish()
    const text = this.kept.join('')
    this.kept = undefined
    return text
  }

  private encode(): void {
    const length = this.buffer.write(this.pending, 0, 'utf8')
    this.pending = ''
    this.bytes += length
    this.kept?.push(this.buffer.toString('utf8', 0, length))
  }
}

const JOINED = 16_384

/** Room for 16 KiB of characters and one line more. */
const CAPACITY = 262_144
