import type { Fields } from '../record/entry'

/** What every line shows. */
const HEAD = ['time', 'level', 'logger', 'msg']

/** Time, level, name, message, and of the rest the fields named: as they are written, else as paths into objects. */
export function chosen(fields: Fields, names: readonly string[]): Fields {
  const found: [string, unknown][] = []
  for (const name of new Set([...HEAD, ...names])) {
    const value = Object.hasOwn(fields, name) ? fields[name] : name.includes('.') ? inside(fields, name) : undefined
    if (value !== undefined) found.push([name, value])
  }
  return Object.fromEntries(found) as Fields
}

function inside(fields: Fields, path: string): unknown {
  let value: unknown = fields
  for (const step of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Fields)[step]
  }
  return value
}
