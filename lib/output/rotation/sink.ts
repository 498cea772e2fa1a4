import type { BufferedOptions } from '../buffered'
import { FileSink } from '../destination'
import type { Rotated } from './rotated'
import type { RotatingFile } from './rotating-file'

/** A file that is rotated. */
export class RotatingSink extends FileSink {
  constructor(
    private readonly rotating: RotatingFile,
    file: Rotated,
    openAnew: () => Rotated,
    options: BufferedOptions,
  ) {
    super(file, openAnew, options)
  }

  /** Resolves when rotated files are deleted and compressed as they should be. */
  get tidy(): Promise<void> {
    return this.rotating.tidy
  }

  /** The first line of a turn decides whether the turn belongs to the next hour or day. */
  protected override prepare(now: number): void {
    this.rotating.look(now)
    super.prepare(now)
  }
}
