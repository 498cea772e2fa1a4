/** A standard level's name. */
export type LevelName = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'

/** The standard levels, with pino's numbers. A higher number is worse. */
export const LEVELS: Readonly<Record<LevelName, number>> = Object.freeze({
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  fatal: 60,
})

/** The threshold that nothing reaches. A small integer, so that comparing with it stays cheap. */
export const SILENT = 0x3fff_ffff

/** The level names a logger understands: the standard ones and its own custom ones. */
export class LevelTable {
  /** Names by ascending number, without `silent`. */
  readonly names: readonly string[]
  private readonly numbers = new Map<string, number>()
  private readonly labels = new Map<number, string>()

  constructor(custom: Readonly<Record<string, number>> = {}) {
    const all = Object.entries({ ...LEVELS, ...custom }).sort((a, b) => a[1] - b[1])
    this.names = all.map(([name]) => name)
    for (const [name, number] of all) {
      this.numbers.set(name.toLowerCase(), number)
      this.labels.set(number, name)
    }
    this.numbers.set('silent', SILENT)
    this.numbers.set('off', SILENT)
    this.labels.set(SILENT, 'silent')
  }

  /** The number of a level's name in any case; `off` is `silent`. */
  number(name: unknown): number | undefined {
    return typeof name === 'string' ? this.numbers.get(name.toLowerCase()) : undefined
  }

  /** The name of a level's number; for a number between two levels, the number as text. */
  label(number: number): string {
    return this.labels.get(number) ?? String(number)
  }
}

export const STANDARD_LEVELS = new LevelTable()
