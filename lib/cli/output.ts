import { once } from 'node:events'
import type { Writable } from 'node:stream'

/** As a shell reports the end by SIGPIPE, which is how a program ends that writes for head(1). */
export const CLOSED_PIPE = 141

/**
 * Standard output for much text: written in pieces of 64 KiB at least, until `flush`. Waits for its reader, and ends
 * the process quietly when there is none any more.
 */
export class Output {
  private text = ''

  constructor(private readonly stream: Writable) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE' || error.code === 'EOF') process.exit(CLOSED_PIPE)
      process.stderr.write(`hewn: found ${error.code ?? error.message} when writing to standard output\n`)
      process.exit(1)
    })
  }

  write(text: string): void {
    this.text += text
    if (this.text.length >= PIECE) this.hand()
  }

  /** Bytes as they are; they are the stream's from then on. */
  writeRaw(bytes: Buffer): void {
    this.hand()
    if (bytes.length > 0) this.stream.write(bytes)
  }

  /** Resolves when the reader has taken enough for more. */
  async flush(): Promise<void> {
    this.hand()
    if (this.stream.writableNeedDrain) await once(this.stream, 'drain')
  }

  private hand(): void {
    if (this.text === '') return
    this.stream.write(this.text)
    this.text = ''
  }
}

const PIECE = 65_536
