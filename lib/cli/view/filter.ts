import { effectiveLevel, type LevelRules, type ResolvedLevel } from '../../levels/rules'
import type { Entry } from '../record/entry'
import { readLevel } from '../record/level'
import { isoTime } from '../record/time'

/** A level text, understood. */
export interface WantedLevels {
  readonly rules: LevelRules
  /** The lowest level that it gives to any logger. */
  readonly lowest: number
}

export interface FilterOptions {
  /** Undefined shows every level. */
  readonly levels: WantedLevels | undefined
  /** ms since 1970, both inclusive. */
  readonly since: number | undefined
  readonly until: number | undefined
}

/** Which lines are wanted, by level and time. Never throws. */
export class Filter {
  private readonly names = new Map<string, ResolvedLevel>()
  private readonly since: number
  private readonly until: number
  private readonly sinceText: string
  private readonly untilText: string
  /** Whether times matter. */
  readonly isTimed: boolean

  constructor(private readonly options: FilterOptions) {
    this.since = options.since ?? -Infinity
    this.until = options.until ?? Infinity
    this.sinceText = isoTime(Math.max(this.since, FIRST_YEAR)) ?? ''
    this.untilText = isoTime(Math.min(this.until, LAST_YEAR)) ?? ''
    this.isTimed = options.since !== undefined || options.until !== undefined
  }

  /** A record without a known level is wanted at any, one without a time if `before` says so. */
  wants({ fields, level, time }: Entry, before: boolean): boolean {
    if (this.isTimed && !(Number.isNaN(time) ? before : this.isInTime(time))) return false
    const { levels } = this.options
    if (levels === undefined || level === undefined) return true
    const name = fields['logger']
    const resolved = this.resolve(levels.rules, typeof name === 'string' ? name : '')
    return level >= effectiveLevel(resolved, field => fields[field])
  }

  isInTime(time: number): boolean {
    return time >= this.since && time <= this.until
  }

  /** Whether a line begins with hewn's time, at a hundredth of the cost of parsing it; undefined where it doesn't. */
  isTextInTime(line: string): boolean | undefined {
    if (!TIME.test(line)) return undefined
    const text = line.slice(TIME_AT, TIME_AT + this.sinceText.length)
    return text >= this.sinceText && text <= this.untilText
  }

  /**
   * Whether a line is unwanted for certain, at a tenth of the cost of parsing it: its level stands behind nothing but
   * plain members, is the only one in the line, and is below all that its logger could have.
   */
  rejectsLevel(line: string): boolean {
    const { levels } = this.options
    if (levels === undefined) return false
    LEVEL.lastIndex = 0
    const match = LEVEL.exec(line)
    if (match === null) return false
    const end = LEVEL.lastIndex
    if (line.indexOf('evel":') !== line.lastIndexOf('evel":')) return false
    const number = match[1] === undefined ? Number(match[2]) : readLevel(match[1]).number
    if (number === undefined) return false
    NAME.lastIndex = end
    const name = NAME.exec(line)
    if (name !== null && line.indexOf('"logger":', NAME.lastIndex) === -1) {
      return number < this.resolve(levels.rules, name[1]!).lowest
    }
    return number < levels.lowest
  }

  private resolve(rules: LevelRules, name: string): ResolvedLevel {
    let resolved = this.names.get(name)
    if (resolved === undefined) {
      resolved = rules.resolve(name)
      // Bounded, because a name can be anything in a stranger's file.
      if (this.names.size < MAX_NAMES) this.names.set(name, resolved)
    }
    return resolved
  }
}

const MAX_NAMES = 10_000
/** Times of four-digit years are in the order of their texts. */
const FIRST_YEAR = -62_167_219_200_000
const LAST_YEAR = 253_402_300_799_999
const TIME = /^\{"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","level":/
const TIME_AT = '{"time":"'.length
/** Plain members do not nest, and each alternative starts with another character: linear time. */
const LEVEL =
  /\{(?:"[^"\\]*":(?:"[^"\\]*"|[-\d.]+|true|false|null),)*?"(?:log\.)?level":(?:"([^"\\]*)"|(\d{1,9})(?=[,}]))/y
const NAME = /,"logger":"([^"\\]*)"/y
