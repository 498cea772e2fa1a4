import type { Condition } from './rule'

/** Gives a bound or context field's value, or undefined. */
export type FieldLookup = (field: string) => unknown

/** Whether every condition holds. Never throws: a look-up that does counts as a condition that does not hold. */
export function allHold(conditions: readonly Condition[], lookup: FieldLookup): boolean {
  try {
    for (const condition of conditions) if (!holds(condition, lookup)) return false
    return true
  } catch {
    return false
  }
}

/** Compared as text; an object, null and what is absent equal nothing. */
function holds(condition: Condition, lookup: FieldLookup): boolean {
  const value = read(condition, lookup)
  switch (typeof value) {
    case 'string':
      return value === condition.value
    case 'number':
    case 'boolean':
    case 'bigint':
      return String(value) === condition.value
    default:
      return false
  }
}

/** The field as it is written, else as a path into nested fields. */
function read({ field, path }: Condition, lookup: FieldLookup): unknown {
  const literal = lookup(field)
  if (literal !== undefined || path === undefined) return literal
  let value = lookup(path[0]!)
  for (let i = 1; i < path.length; i++) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Readonly<Record<string, unknown>>)[path[i]!]
  }
  return value
}
