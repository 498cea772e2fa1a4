import type { LineFile } from '../file'
import type { Durability } from '../turn'
import type { Flight, RotatingFile } from './rotating-file'

/** One sink's hold on a file that is rotated. Sinks of one thread share the file, so that none rotates under another. */
export class Rotated implements LineFile {
  failure: NodeJS.ErrnoException | undefined
  private flight: Flight | undefined
  private closed = false

  constructor(
    readonly shared: RotatingFile,
    readonly durability: Durability,
    private readonly released: () => void,
  ) {}

  get path(): string {
    return this.shared.path
  }

  get fd(): number {
    return this.flight?.file.fd ?? this.shared.fd
  }

  write(bytes: Buffer, offset: number): number {
    const end = this.shared.write(bytes, offset)
    this.failure = this.shared.failure
    return end
  }

  writeText(text: string, length: number): number {
    if (!this.shared.fits(length)) return this.write(Buffer.from(text), 0)
    const taken = this.shared.writeText(text, length)
    this.failure = this.shared.failure
    return taken
  }

  reserve(bytes: Buffer, offset: number, limit: number): number {
    this.flight = this.shared.reserve(bytes, offset, limit)
    return this.flight.length
  }

  settle(bytes: Buffer, offset: number, taken: number): number {
    const { flight } = this
    this.flight = undefined
    return flight === undefined ? taken : this.shared.settle(flight, bytes, offset, taken)
  }

  moved(): boolean {
    return this.shared.moved()
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    this.released()
  }
}
