import { ECS_FIELDS, type EcsField } from '../../lib/layouts/ecs-types'

/**
 * What Elasticsearch would refuse of a document, by the types of the Elastic Common Schema; undefined if it takes it.
 * Dots in names are steps; a field is a value or an object, never both; nulls and empty arrays are nothing at all.
 * Fields that the schema does not name get the kind of their first value. A model, not the real thing: its rules for
 * values are written here once more, from Elasticsearch's documentation of each type.
 */
export function refusal(document: Record<string, unknown>): string | undefined {
  const kinds = new Map<string, 'object' | 'value'>()
  const keys = Object.keys(document)
  if (new Set(keys).size !== keys.length) return 'a key twice'
  return object(document, '', { inner: ECS_FIELDS, accepts: () => false }, kinds)
}

type Kinds = Map<string, 'object' | 'value'>

function object(value: object, path: string, field: EcsField | undefined, kinds: Kinds): string | undefined {
  for (const [key, item] of Object.entries(value)) {
    let here = path
    let at = field
    const steps = key.split('.')
    for (const [index, step] of steps.entries()) {
      if (step.trim() === '') return `'${path}.${key}': a name that is blank`
      if (here === '' && index === 0 && step.startsWith('_')) return `'${key}': a name of Elasticsearch's own`
      if (index > 0) {
        const refused = becomes('object', here, at, kinds)
        if (refused !== undefined) return refused
      }
      here = here === '' ? step : `${here}.${step}`
      at = at?.inner?.get(step)
    }
    const refused = any(item, here, at, kinds)
    if (refused !== undefined) return refused
  }
  return undefined
}

function any(value: unknown, path: string, field: EcsField | undefined, kinds: Kinds): string | undefined {
  if (value === null) return undefined
  if (Array.isArray(value)) {
    for (const item of value) {
      const refused = any(item, path, field, kinds)
      if (refused !== undefined) return refused
    }
    return undefined
  }
  if (typeof value === 'object' && !isPoint(value, field)) {
    return becomes('object', path, field, kinds) ?? object(value, path, field, kinds)
  }
  return becomes('value', path, field, kinds) ?? typed(value, path, field)
}

function becomes(
  kind: 'object' | 'value',
  path: string,
  field: EcsField | undefined,
  kinds: Kinds,
): string | undefined {
  const known = kinds.get(path) ?? (field === undefined ? kind : field.inner === undefined ? 'value' : 'object')
  kinds.set(path, kind)
  return known === kind ? undefined : `'${path}': ${known} expected, ${kind} found`
}

function isPoint(value: object, field: EcsField | undefined): boolean {
  return field !== undefined && field.inner === undefined && 'lat' in value && 'lon' in value
}

/** A few of each type, by name: what the table says of them is not asked. */
const SAMPLES: Readonly<Record<string, RegExp>> = {
  'http.response.status_code': /^-?\d+(\.\d+)?(e[-+]\d+)?$/,
  'event.duration': /^-?\d+(\.\d+)?(e[-+]\d+)?$/,
  'process.pid': /^\d+$/,
  'client.ip': /^[\d.a-f:]+$/,
  'event.created': /^(-?\d+|\d{4}-\d\d-\d\d.*)$/,
  'event.risk_score': /^-?\d+(\.\d+)?(e[-+]\d+)?$/,
}

function typed(value: unknown, path: string, field: EcsField | undefined): string | undefined {
  const pattern = Object.hasOwn(SAMPLES, path) ? SAMPLES[path] : undefined
  const bad = pattern === undefined ? field !== undefined && !field.accepts(value) : !pattern.test(String(value))
  return bad ? `'${path}': ${JSON.stringify(value)} is of another type` : undefined
}
