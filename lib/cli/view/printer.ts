import type { Output } from '../output'
import type { LocalDays } from './days'
import type { Item } from './items'
import type { Renderer } from './render'

/** Writes items, with a line between days. */
export class Printer {
  /** Without `days`, their beginnings are not told. */
  constructor(
    private readonly renderer: Renderer,
    private readonly output: Output,
    private readonly days: LocalDays | undefined,
  ) {}

  print({ entry, line, raw, end, label }: Item): void {
    if (entry !== undefined) {
      const day = this.days?.before(entry.time)
      if (day) this.output.write(day)
      this.output.write(this.renderer.record(entry, line, label))
    } else if (raw !== undefined && this.renderer.keepsBytes) {
      this.output.writeRaw(raw)
      if (end) this.output.write('\n')
    } else this.output.write(this.renderer.other(line, end))
  }
}
