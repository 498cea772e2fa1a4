import { isIP } from 'node:net'
import { ECS_TABLE } from './ecs-table'
import { isObject } from './json'

/** A field that the Elastic Common Schema defines: an object with fields of its own, or a value of a type. */
export interface EcsField {
  /** Absent for a value. */
  readonly inner?: ReadonlyMap<string, EcsField>
  /** Whether a value that is no array can be stored under the type. */
  accepts(value: unknown): boolean
}

function parseTable(table: string): ReadonlyMap<string, EcsField> {
  const shared: ReadonlyMap<string, EcsField>[] = []
  for (const text of table.split(';')) if (text !== '') shared.push(new Reader(text, shared).fields())
  return shared.at(-1)!
}

class Reader {
  private at = 0

  constructor(
    private readonly text: string,
    private readonly shared: readonly ReadonlyMap<string, EcsField>[],
  ) {}

  fields(): ReadonlyMap<string, EcsField> {
    const found = new Map<string, EcsField>()
    do {
      const name = this.take(/[^(),:]*/y)
      if (name.startsWith('@') && /^@\d+$/.test(name)) return this.shared[Number(name.slice(1))]!
      found.set(name, this.field())
    } while (this.accept(','))
    return found
  }

  private field(): EcsField {
    if (this.accept('(')) {
      const inner = this.fields()
      this.accept(')')
      return { inner, accepts: () => false }
    }
    const letter = this.accept(':') ? this.take(/\w/y) : ''
    return letter === 'o' ? OPEN : { accepts: TYPES[letter]! }
  }

  private accept(character: string): boolean {
    if (this.text[this.at] !== character) return false
    this.at++
    return true
  }

  private take(pattern: RegExp): string {
    pattern.lastIndex = this.at
    const [found = ''] = pattern.exec(this.text) ?? []
    this.at += found.length
    return found
  }
}

/** An object whose fields are the user's. */
const OPEN: EcsField = { inner: new Map(), accepts: () => false }

/** What Elasticsearch stores without a complaint, by the table's letters. */
const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  '': value => typeof value !== 'object',
  // A constant of the data stream, which the receiver sets.
  c: () => false,
  l: value => isWithin(value, 9.2e18) || (typeof value === 'string' && /^-?\d{1,18}$/.test(value)),
  f: value => isWithin(value, 1e15) || (typeof value === 'string' && /^-?\d{1,15}(\.\d{1,18})?$/.test(value)),
  b: value => typeof value === 'boolean' || value === 'true' || value === 'false',
  d: isDate,
  i: value => typeof value === 'string' && isIP(value) !== 0 && !value.includes('%'),
  g: isPoint,
}

function isWithin(value: unknown, most: number): boolean {
  return typeof value === 'number' && Math.abs(value) <= most
}

/** `strict_date_optional_time||epoch_millis`. */
function isDate(value: unknown): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) <= 8.64e15
  return typeof value === 'string' && DATE.test(value) && !Number.isNaN(Date.parse(value.replace(/(\.\d{3})\d+/, '$1')))
}

const DATE = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?$/

/** `{ lat, lon }`, or both as a text. */
function isPoint(value: unknown): boolean {
  if (isObject(value))
    return Object.keys(value).length === 2 && isWithin(value['lat'], 90) && isWithin(value['lon'], 180)
  const [, lat, lon] = typeof value === 'string' ? (POINT.exec(value) ?? []) : []
  return lat !== undefined && isWithin(Number(lat), 90) && isWithin(Number(lon), 180)
}

const POINT = /^(-?\d{1,2}(?:\.\d+)?), ?(-?\d{1,3}(?:\.\d+)?)$/

/** What stands at the top of a document. */
export const ECS_FIELDS = parseTable(ECS_TABLE)
