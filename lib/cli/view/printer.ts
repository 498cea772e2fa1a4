import type { Output } from '../output'
import type { Item } from './items'
import type { Renderer } from './render'

/** Writes items, with a line between days. */
export class Printer {
  private dayStart: number
  private dayEnd: number

  /** `now`: no line is needed for what is of today. `days`: whether to tell the days at all. */
  constructor(
    private readonly renderer: Renderer,
    private readonly output: Output,
    private readonly days: boolean,
    now: number,
  ) {
    ;[this.dayStart, this.dayEnd] = dayOf(now)
  }

  print({ entry, line, raw, end, label }: Item): void {
    if (entry !== undefined) {
      if (this.days && (entry.time < this.dayStart || entry.time >= this.dayEnd)) this.newDay(entry.time)
      this.output.write(this.renderer.record(entry, line, label))
    } else if (raw !== undefined && this.renderer.keepsBytes) {
      this.output.writeRaw(raw)
      if (end) this.output.write('\n')
    } else this.output.write(this.renderer.other(line, end))
  }

  private newDay(time: number): void {
    ;[this.dayStart, this.dayEnd] = dayOf(time)
    const date = new Date(time)
    const two = (part: number): string => String(part).padStart(2, '0')
    this.output.write(`── ${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ──\n`)
  }
}

/** When the local day of a time begins and ends. */
function dayOf(time: number): [start: number, end: number] {
  const date = new Date(time)
  const start = new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
  return [start, new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime()]
}
