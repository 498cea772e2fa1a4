import fc from 'fast-check'
import type { Schema } from '../../lib/config/json-schema'
import { configSchema } from '../../lib/config/schema'

/** What stands under a key that looks like a secret's. No other text of a generated configuration contains it. */
export const PLANTED = 'hunter2-Zx9'

const anyJson = fc.jsonValue({ maxDepth: 3 })

/** A value that a schema accepts, and now and then one that it does not: a wrong kind, a typo, a property too many. */
export function nearlyValid(schema: Schema): fc.Arbitrary<unknown> {
  return fc.oneof({ arbitrary: valid(schema), weight: 80 }, { arbitrary: anyJson, weight: 1 })
}

function valid(schema: Schema): fc.Arbitrary<unknown> {
  const either = schema.oneOf ?? schema.anyOf
  if (either !== undefined) return fc.oneof(...either.map(nearlyValid))
  if (schema.const !== undefined) return word(schema.const)
  if (schema.enum !== undefined) return fc.oneof(...schema.enum.map(word))
  if (schema.type === 'boolean') return fc.boolean()
  if (schema.type === 'integer') {
    const inside = fc.integer({ min: schema.minimum!, max: schema.maximum! })
    const edge = fc.constantFrom(schema.minimum!, schema.minimum! - 1, schema.maximum!, schema.maximum! + 1, 0.5, 1e300)
    return fc.oneof({ arbitrary: inside, weight: 20 }, { arbitrary: edge, weight: 1 })
  }
  if (schema.type === 'array') return fc.array(nearlyValid(schema.items ?? {}), { maxLength: 4 })
  if (schema.type === 'object') return object(schema)
  if (schema.pattern !== undefined) {
    const pattern = new RegExp(schema.pattern)
    const fitting = fc.constantFrom(...PATTERNED.filter(text => pattern.test(text)))
    return fc.oneof({ arbitrary: fitting, weight: 40 }, { arbitrary: fc.constantFrom(...PATTERNED), weight: 1 })
  }
  const text = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('info', '${A}', '${A:-b}', '$${'))
  return fc.oneof({ arbitrary: text, weight: 40 }, { arbitrary: fc.constant(''), weight: 1 })
}

/** For each pattern in the schema, some that fit and some that do not. */
const PATTERNED = ['10MiB', '500 kB', '7d', '1h30m', '@acme/hewn-audit', 'hewn-audit', 'audit']

function object({ properties = {}, additionalProperties, required = [] }: Schema): fc.Arbitrary<unknown> {
  const known = Object.fromEntries(Object.entries(properties).map(([key, schema]) => [key, nearlyValid(schema)]))
  const model = fc.record(known, { requiredKeys: required.filter((_, index) => index > 0 || required.length === 1) })
  const rest = typeof additionalProperties === 'object' ? nearlyValid(additionalProperties) : anyJson
  const extra = fc.dictionary(fc.constantFrom('production', 'development', 'levle', '__proto__', 'password'), rest, {
    maxKeys: 2,
  })
  const withExtra = fc
    .tuple(model, extra)
    .map(([base, more]) => Object.fromEntries([...Object.entries(base), ...Object.entries(more)]))
  return additionalProperties === false
    ? fc.oneof({ arbitrary: model, weight: 20 }, { arbitrary: withExtra, weight: 1 })
    : withExtra
}

function word(text: string): fc.Arbitrary<string> {
  return fc.oneof({ arbitrary: fc.constant(text), weight: 40 }, { arbitrary: fc.constant(`${text}x`), weight: 1 })
}

/** A configuration file's value: often good, sometimes not. Goes through JSON, as a file does. */
export const someConfig: fc.Arbitrary<unknown> = nearlyValid(configSchema).map(
  value => JSON.parse(JSON.stringify(value)) as unknown,
)

/** Any JSON at all, deep and odd. */
export const anyFile: fc.Arbitrary<unknown> = fc.oneof(someConfig, fc.jsonValue({ maxDepth: 6 }))
