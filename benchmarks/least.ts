import { type Inputs, POOL } from './inputs'

/** Calls in a slice: some tens of microseconds, which mostly pass without an interruption. */
export const SLICE = 100

/**
 * What a pass over the inputs takes when nothing gets in its way. A pass is cut into slices that do the same work each
 * time; of each slice the least time is kept, and their sum is a pass that no neighbour, no interrupt and no garbage
 * collection disturbed, though none such may ever have been. (What a call leaves to be collected is measured by itself.)
 *
 * The inputs of a slice are read before its clock starts: in an application what is logged has just been made, and how
 * far the processor's caches reach beyond it depends on the neighbours.
 */
export class LeastTimes {
  readonly size: number
  private readonly inputs: Inputs
  private readonly least: Float64Array
  private slice = 0
  private began = 0
  private read = 0

  /** `size`: calls in a slice. */
  constructor(inputs: Inputs, size = SLICE) {
    this.size = size
    this.inputs = inputs
    this.least = new Float64Array(POOL / size).fill(Number.POSITIVE_INFINITY)
  }

  /** The slice that starts with this call begins when this returns. */
  begin(index: number): void {
    this.slice = index / this.size
    const { messages, fields, errors } = this.inputs
    for (let i = index; i < index + this.size; i++)
      this.read += touch(messages[i]) + touch(fields[i]) + touch(errors[i])
    this.began = performance.now()
  }

  /** That slice has ended. */
  end(): void {
    const ms = performance.now() - this.began
    if (ms < this.least[this.slice]!) this.least[this.slice] = ms
  }

  /** The sum, in ns. */
  get total(): number {
    return this.least.reduce((sum, ms) => sum + ms, 0) * 1e6
  }
}

const CACHE_LINE = 64

/** Reads all of a value, and makes no text of its numbers. */
function touch(value: unknown): number {
  if (typeof value === 'string') {
    let sum = 0
    for (let i = 0; i < value.length; i += CACHE_LINE) sum += value.charCodeAt(i)
    return sum
  }
  if (value instanceof Error) return touch(value.message) + touch(value.stack)
  if (typeof value === 'object' && value !== null) {
    let sum = 0
    for (const key in value) sum += touch((value as Record<string, unknown>)[key])
    return sum
  }
  return typeof value === 'number' ? value : 0
}
