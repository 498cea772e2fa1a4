import { HewnError, quote } from '../../problem'
import type { Run } from './frame'
import { MAX_ROUTES } from './segment'

/** A transport that lines are spooled for. */
export interface Route {
  readonly name: string
  /** Lines below this level are not for it. */
  readonly min: number
}

/** Which transports a line is for, by its level. A name's bit is its own for as long as the directory lasts. */
export class Routes {
  /** By bit; empty where a transport was taken out. */
  readonly bits: string[] = []
  private routes: readonly Route[] = []
  /** All names there have been, by bit. */
  readonly ever: string[] = []
  private readonly masks = new Map<number, number>()

  constructor(routes: readonly Route[]) {
    this.set(routes)
  }

  /** Throws HewnError if there have been more names than bits. Returns whether names came or went. */
  set(routes: readonly Route[]): boolean {
    const added = routes.map(({ name }) => name).filter(name => !this.ever.includes(name))
    if (this.ever.length + added.length > MAX_ROUTES) {
      const found = `${quote(added.at(-1)!)} as number ${this.ever.length + added.length}`
      throw new HewnError([{ where: 'transports', found, expected: `at most ${MAX_ROUTES} in the life of a process` }])
    }
    const before = this.bits.join('\n')
    this.ever.push(...added)
    this.bits.length = 0
    for (const name of this.ever) this.bits.push(routes.some(route => route.name === name) ? name : '')
    this.routes = routes
    this.masks.clear()
    return this.bits.join('\n') !== before
  }

  /** All transports. */
  get all(): number {
    return this.mask(Number.POSITIVE_INFINITY)
  }

  /** A turn's levels, `level, lines, level, lines, …`, as runs of one level each. */
  runs(levels: readonly number[]): Run[] {
    const runs: Run[] = []
    for (let i = 0; i < levels.length; i += 2) {
      runs.push({ level: levels[i]!, mask: this.mask(levels[i]!), lines: levels[i + 1]! })
    }
    return runs
  }

  private mask(level: number): number {
    const known = this.masks.get(level)
    if (known !== undefined) return known
    let mask = 0
    for (const { name, min } of this.routes) if (level >= min) mask |= 1 << this.ever.indexOf(name)
    this.masks.set(level, mask)
    return mask
  }
}
