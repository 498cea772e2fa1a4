import { nearest, type Problem, quote } from '../problem'
import type { Schema } from './json-schema'
import { keyOf, type Path, printPath, printPlace } from './path'
import { holdsSecret, isSecretKey } from './secrecy'

/** A mistake in a configuration or in options. An unknown name is a warning in a file and an error in code. */
export interface OptionProblem extends Problem {
  readonly kind: 'unknown' | 'invalid'
  readonly path: Path
}

export interface ValidateOptions {
  /** Values at these paths (by `keyOf`) came from the environment and are not to be shown. */
  readonly secret?: ReadonlySet<string>
  /** Values at these paths are not known, and not looked at. */
  readonly skip?: ReadonlySet<string>
  /** Where a path stands in the text that the reader has before them. Default: where it is. */
  readonly place?: (path: Path) => Path
}

/**
 * What is wrong with a value, by a schema. Our own small walker, because the messages are the point: each names
 * the option, what was found, what was expected and the nearest valid name. Shows no value that may be a secret.
 * Never throws, whatever the value's getters and proxies do. Tells of at most fifty mistakes.
 */
export function validate(
  value: unknown,
  schema: Schema,
  where: string,
  options: ValidateOptions = {},
): OptionProblem[] {
  const walker = new Walker(where, options)
  walker.check(value, schema, [])
  return walker.problems
}

class Walker {
  readonly problems: OptionProblem[] = []

  constructor(
    private readonly where: string,
    private readonly options: ValidateOptions,
  ) {}

  check(value: unknown, schema: Schema, path: Path): void {
    const { skip } = this.options
    if (this.full || (skip !== undefined && skip.size > 0 && skip.has(keyOf(path)))) return
    try {
      this.checkAny(value, schema, path)
    } catch {
      this.wrong(path, 'something that cannot be read', expectation(schema))
    }
  }

  private checkAny(value: unknown, schema: Schema, path: Path): void {
    if (schema.oneOf !== undefined) this.checkUnion(value, schema.oneOf, path)
    else if (schema.anyOf !== undefined) this.checkKinds(value, schema, schema.anyOf, path)
    else if (schema.enum !== undefined) this.checkEnum(value, schema, path)
    else if (schema.type === 'object') this.checkObject(value, schema, path)
    else if (schema.type === 'array') this.checkArray(value, schema, path)
    else if (!isScalar(value, schema)) this.wrong(path, this.show(value, path), expectation(schema))
  }

  private checkEnum(value: unknown, schema: Schema, path: Path): void {
    const words = schema.enum ?? []
    if (typeof value === 'string' && words.includes(value)) return
    this.wrong(path, this.show(value, path), expectation(schema), this.near(value, words, path))
  }

  private checkArray(value: unknown, schema: Schema, path: Path): void {
    if (!Array.isArray(value)) return this.wrong(path, this.show(value, path), expectation(schema))
    const { length } = value
    if (length > (schema.maxItems ?? Infinity)) return this.wrong(path, `${length} items`, `at most ${schema.maxItems}`)
    for (let i = 0; i < length && !this.full; i++) this.check(value[i], schema.items ?? {}, [...path, i])
  }

  private checkObject(value: unknown, schema: Schema, path: Path): void {
    if (!isObject(value)) return this.wrong(path, this.show(value, path), expectation(schema))
    const { properties = {}, additionalProperties, required = [] } = schema
    for (const [key, property] of Object.entries(properties)) this.checkProperty(value, key, property, path, required)
    if (additionalProperties === undefined || additionalProperties === true) return
    for (const key of Object.keys(value)) {
      if (this.full) return
      if (Object.hasOwn(properties, key)) continue
      if (additionalProperties !== false) this.checkProperty(value, key, additionalProperties, path)
      else if (this.read(value, key) !== undefined) this.unknown(key, Object.keys(properties), path)
    }
  }

  private checkProperty(
    object: Fields,
    key: string,
    schema: Schema,
    path: Path,
    required: readonly string[] = [],
  ): void {
    const place = [...path, key]
    const value = this.read(object, key)
    if (value === UNREADABLE) this.wrong(place, 'something that cannot be read', expectation(schema))
    else if (value !== undefined) this.check(value, schema, place)
    else if (required.includes(key)) this.wrong(place, 'nothing', expectation(schema))
  }

  /** Whether it is an array or an object says which of them is meant. */
  private checkKinds(value: unknown, schema: Schema, schemas: readonly Schema[], path: Path): void {
    const type = Array.isArray(value) ? 'array' : isObject(value) ? 'object' : typeof value
    const chosen = schemas.find(one => one.type === type)
    if (chosen !== undefined) this.check(value, chosen, path)
    else this.wrong(path, this.show(value, path), expectation(schema))
  }

  /** The property `type` says which of them is meant. */
  private checkUnion(value: unknown, schemas: readonly Schema[], path: Path): void {
    const types = schemas.flatMap(schema => schema.properties?.['type']?.const ?? [])
    const words = types.map(quote).join(', ')
    if (!isObject(value)) return this.wrong(path, this.show(value, path), `an object with type ${words}`)
    const place = [...path, 'type']
    const type = this.read(value, 'type')
    if (this.options.skip?.has(keyOf(place)) === true) return
    const chosen =
      (type === undefined ? undefined : schemas.find(schema => schema.properties?.['type']?.const === type)) ??
      this.openUnion(value, schemas, type)
    if (chosen !== undefined) return this.check(value, chosen, path)
    this.wrong(place, type === undefined ? 'nothing' : this.show(type, place), words, this.near(type, types, place))
  }

  /** What code has made names its module; a file names a package. */
  private openUnion(value: Fields, schemas: readonly Schema[], type: unknown): Schema | undefined {
    if (typeof type !== 'string') return undefined
    const made = typeof this.read(value, 'module') === 'string'
    return schemas.find(({ properties, required = [] }) => {
      const pattern = properties?.['type']?.pattern
      return pattern !== undefined && (made || !required.includes('module')) && new RegExp(pattern).test(type)
    })
  }

  /** One property that throws does not hide what is wrong with the others. */
  private read(object: Fields, key: string): unknown {
    try {
      return object[key]
    } catch {
      return UNREADABLE
    }
  }

  private unknown(key: string, known: readonly string[], path: Path): void {
    const shown = this.options.place?.([...path, key]).slice(0, -1) ?? path
    const found = `the unknown option ${quote(key)}${shown.length === 0 ? '' : ` in ${printPath(shown)}`}`
    const expected = known.length === 1 ? `only ${known[0]}` : `one of ${known.join(', ')}`
    const problem = { where: this.where, found, expected, suggestion: nearest(key, known) }
    this.problems.push({ kind: 'unknown', path: [...path, key], ...problem })
  }

  private wrong(path: Path, found: string, expected: string, suggestion?: string): void {
    const where = printPlace(this.where, this.options.place?.(path) ?? path)
    this.problems.push({ kind: 'invalid', path, where, found, expected, suggestion })
  }

  private get full(): boolean {
    return this.problems.length >= MAX_PROBLEMS
  }

  /** A word close to a hidden value would give it away. */
  private near(value: unknown, words: readonly string[], path: Path): string | undefined {
    return typeof value === 'string' && !this.hides(value, path) ? nearest(value, words) : undefined
  }

  private show(value: unknown, path: Path): string {
    if (typeof value === 'string') return this.hides(value, path) ? 'a string' : quote(value)
    if (typeof value === 'number' || typeof value === 'boolean') {
      return this.hides(String(value), path) ? `a ${typeof value}` : String(value)
    }
    if (value === UNREADABLE) return 'something that cannot be read'
    if (value === null || value === undefined) return String(value)
    if (Array.isArray(value)) return 'an array'
    if (ArrayBuffer.isView(value)) return 'binary data'
    return typeof value === 'object' ? 'an object' : `a ${typeof value}`
  }

  private hides(text: string, path: Path): boolean {
    if (this.options.secret?.has(keyOf(path)) === true || holdsSecret(text)) return true
    return path.some(step => typeof step === 'string' && isSecretKey(step))
  }
}

type Fields = Record<string, unknown>

function isScalar(value: unknown, schema: Schema): boolean {
  if (schema.const !== undefined) return value === schema.const
  if (schema.type === undefined) return true
  const types: readonly unknown[] = Array.isArray(schema.type) ? schema.type : [schema.type]
  if (typeof value === 'string') return types.includes('string') && isText(value, schema)
  if (typeof value === 'boolean') return types.includes('boolean')
  if (typeof value !== 'number' || !Number.isInteger(value)) return false
  return types.includes('integer') && value >= (schema.minimum ?? -Infinity) && value <= (schema.maximum ?? Infinity)
}

function isText(value: string, { minLength = 0, pattern }: Schema): boolean {
  return value.length >= minLength && (pattern === undefined || new RegExp(pattern).test(value))
}

/** What would have been right. */
function expectation(schema: Schema): string {
  if (schema.const !== undefined) return quote(schema.const)
  if (schema.title !== undefined) return schema.title
  if (schema.enum !== undefined) return schema.enum.map(quote).join(' or ')
  if (schema.type === 'integer') return `a whole number${range(schema)}`
  if (schema.anyOf !== undefined) return schema.anyOf.map(expectation).join(' or ')
  if (schema.type === 'string') return schema.minLength === undefined ? 'a string' : 'a string that is not empty'
  if (schema.type === 'boolean') return 'true or false'
  return schema.type === 'array' ? 'an array' : 'an object'
}

function range({ minimum, maximum }: Schema): string {
  return minimum === undefined || maximum === undefined ? '' : ` from ${minimum} to ${maximum}`
}

/** Not a buffer: it has a key for each byte. */
function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value)
}

const UNREADABLE = Symbol('unreadable')
const MAX_PROBLEMS = 50
