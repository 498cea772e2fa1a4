import { nearest, type Problem, quote } from '../problem'
import type { Schema } from './schema'

/** A mistake in a configuration or in options. An unknown name is a warning in a file and an error in code. */
export interface OptionProblem extends Problem {
  readonly kind: 'unknown' | 'invalid'
  /** From the top: `['transports', 1, 'path']`. */
  readonly path: Path
}

export type Path = readonly (string | number)[]

export interface ValidateOptions {
  /** Paths (`transports.0.url`) whose values came from the environment and are not to be shown. */
  readonly secret?: ReadonlySet<string>
}

/**
 * What is wrong with a value, by a schema. Our own small walker, because the messages are the point: each names
 * the option, what was found, what was expected and the nearest valid name. Shows no value that may be a secret.
 * Never throws, whatever the value's getters and proxies do.
 */
export function validate(value: unknown, schema: Schema, where: string, options: ValidateOptions = {}): OptionProblem[] {
  const walker = new Walker(where, options.secret ?? new Set())
  walker.check(value, schema, [])
  return walker.problems
}

class Walker {
  readonly problems: OptionProblem[] = []

  constructor(
    private readonly where: string,
    private readonly secret: ReadonlySet<string>,
  ) {}

  check(value: unknown, schema: Schema, path: Path): void {
    if (path.length > MAX_DEPTH || this.problems.length >= MAX_PROBLEMS) return
    try {
      this.checkAny(value, schema, path)
    } catch {
      this.add('invalid', path, 'something that cannot be read', expectation(schema))
    }
  }

  private checkAny(value: unknown, schema: Schema, path: Path): void {
    if (schema.oneOf !== undefined) this.checkUnion(value, schema.oneOf, path)
    else if (schema.enum !== undefined) this.checkEnum(value, schema, path)
    else if (schema.type === 'object') this.checkObject(value, schema, path)
    else if (schema.type === 'array') this.checkArray(value, schema, path)
    else if (!isScalar(value, schema)) this.add('invalid', path, this.show(value, path), expectation(schema))
  }

  private checkEnum(value: unknown, schema: Schema, path: Path): void {
    const words = schema.enum ?? []
    if (typeof value === 'string' && words.includes(value)) return
    const hint = typeof value === 'string' ? nearest(value, words) : undefined
    this.add('invalid', path, this.show(value, path), expectation(schema), hint)
  }

  private checkArray(value: unknown, schema: Schema, path: Path): void {
    if (!Array.isArray(value)) return this.add('invalid', path, this.show(value, path), expectation(schema))
    for (let i = 0; i < value.length && i < MAX_ITEMS; i++) this.check(value[i], schema.items ?? {}, [...path, i])
  }

  private checkObject(value: unknown, schema: Schema, path: Path): void {
    if (!isObject(value)) return this.add('invalid', path, this.show(value, path), expectation(schema))
    const { properties = {}, additionalProperties, required = [] } = schema
    for (const key of required) {
      if (value[key] === undefined) this.add('invalid', [...path, key], 'nothing', expectation(properties[key] ?? {}))
    }
    if (additionalProperties === true) return
    for (const key of Object.keys(value)) {
      const property = Object.hasOwn(properties, key) ? properties[key] : undefined
      const rest = typeof additionalProperties === 'object' ? additionalProperties : undefined
      if (value[key] === undefined) continue
      if (property !== undefined || rest !== undefined) this.check(value[key], property ?? rest ?? {}, [...path, key])
      else if (additionalProperties === false) this.unknown(key, Object.keys(properties), path)
    }
  }

  /** The property `type` says which of them is meant. */
  private checkUnion(value: unknown, schemas: readonly Schema[], path: Path): void {
    const types = schemas.map((schema) => schema.properties?.['type']?.const ?? '')
    if (!isObject(value)) {
      return this.add('invalid', path, this.show(value, path), `an object with type ${types.map(quote).join(', ')}`)
    }
    const type = value['type']
    const index = typeof type === 'string' ? types.indexOf(type) : -1
    if (index >= 0) return this.check(value, schemas[index] ?? {}, path)
    const hint = typeof type === 'string' ? nearest(type, types) : undefined
    const place = [...path, 'type']
    this.add('invalid', place, type === undefined ? 'nothing' : this.show(type, place), types.map(quote).join(', '), hint)
  }

  private unknown(key: string, known: readonly string[], path: Path): void {
    const place = path.length === 0 ? '' : ` in ${printPath(path)}`
    this.add('unknown', path, `the unknown option ${quote(key)}${place}`, `one of ${known.join(', ')}`, nearest(key, known))
  }

  private add(kind: OptionProblem['kind'], path: Path, found: string, expected: string, suggestion?: string): void {
    const place = kind === 'unknown' || path.length === 0 ? '' : ` ${printPath(path)}`
    this.problems.push({ kind, path, where: `${this.where}${place}`, found, expected, suggestion })
  }

  private show(value: unknown, path: Path): string {
    const hidden = this.secret.has(path.join('.')) || path.some((step) => typeof step === 'string' && SECRET.test(step))
    if (typeof value === 'string') return hidden ? 'a string' : quote(value)
    if (typeof value === 'number' || typeof value === 'boolean') return hidden ? `a ${typeof value}` : String(value)
    if (value === null || value === undefined) return String(value)
    if (Array.isArray(value)) return 'an array'
    return typeof value === 'object' ? 'an object' : `a ${typeof value}`
  }
}

/** `transports[1].path` */
export function printPath(path: Path): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else if (/^[\w$]+$/.test(step)) text += text === '' ? step : `.${step}`
    else text += `[${quote(step)}]`
  }
  return text
}

function isScalar(value: unknown, schema: Schema): boolean {
  if (schema.const !== undefined) return value === schema.const
  if (schema.type === undefined) return true
  if (schema.type === 'string') return typeof value === 'string' && value.length >= (schema.minLength ?? 0)
  if (schema.type === 'boolean') return typeof value === 'boolean'
  if (typeof value !== 'number' || !Number.isInteger(value)) return false
  return value >= (schema.minimum ?? -Infinity) && value <= (schema.maximum ?? Infinity)
}

function expectation(schema: Schema): string {
  if (schema.const !== undefined) return quote(schema.const)
  if (schema.enum !== undefined) return schema.enum.map(quote).join(' or ')
  if (schema.type === 'integer') return `a whole number${range(schema)}`
  if (schema.type === 'string') return schema.minLength === undefined ? 'a string' : 'a string that is not empty'
  if (schema.type === 'boolean') return 'true or false'
  return schema.type === 'array' ? 'an array' : 'an object'
}

function range({ minimum, maximum }: Schema): string {
  return minimum === undefined || maximum === undefined ? '' : ` from ${minimum} to ${maximum}`
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const SECRET = /pass|secret|token|key|auth|credential|cookie/i
const MAX_DEPTH = 32
const MAX_ITEMS = 1000
const MAX_PROBLEMS = 50
