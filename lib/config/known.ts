import type { Schema } from './json-schema'
import { isObject } from './profile'

/** A copy of a valid value with only what its schema names, so that what was called unknown has no effect either. */
export function onlyKnown(value: unknown, schema: Schema): unknown {
  const kind = Array.isArray(value) ? 'array' : 'object'
  const meant = schema.anyOf?.find(({ type }) => type === kind) ?? schema
  if (Array.isArray(value)) return value.map(item => onlyKnown(item, meant.items ?? {}))
  if (!isObject(value)) return value
  const chosen = meant.oneOf?.find(({ properties }) => properties?.['type']?.const === value['type']) ?? meant
  const { properties = {}, additionalProperties: rest = true } = chosen
  if (rest === true) return value
  const kept = Object.entries(value).flatMap(([key, item]) => {
    const known = Object.hasOwn(properties, key) ? properties[key] : rest || undefined
    return known === undefined ? [] : [[key, onlyKnown(item, known)]]
  })
  return Object.fromEntries(kept)
}
