import { ok } from 'node:assert/strict'
import type { Json, JsonObject } from '../support/strict-json'

/** The names that a line keeps for itself. */
export const RESERVED = [
  'time',
  'level',
  'logger',
  'msg',
  'err',
  'pid',
  'host',
  'service',
  'env',
  'version',
  'trace_id',
  'span_id',
  'fields',
]

/** What a line must hold beside its own names. */
export function model(layers: readonly Record<string, unknown>[]): JsonObject {
  const all: JsonObject = Object.create(null)
  const reserved: JsonObject = Object.create(null)
  for (const layer of layers) {
    for (const [name, value] of Object.entries(layer)) (RESERVED.includes(name) ? reserved : all)[name] = asJson(value)
  }
  if (Object.keys(reserved).length > 0) all['fields'] = reserved
  return all
}

/** A line's fields, without what hewn itself puts there. */
export function own({ time, level, msg, pid, host, ...rest }: JsonObject): JsonObject {
  ok([time, level, msg, host].every(it => it === undefined || typeof it === 'string') && typeof pid === 'number')
  return Object.assign(Object.create(null), rest)
}

export function sorted(said: JsonObject): unknown {
  const fields = 'pid' in said && typeof said['pid'] === 'number' && 'time' in said ? own(said) : said
  return Object.entries(fields)
    .map(([name, value]) => [name, name === 'fields' ? Object.entries(value as JsonObject).sort() : value])
    .sort()
}

/** What strict JSON makes of a JSON value: integers beyond 2^53 as text, no minus zero. Null prototypes, as the parser gives. */
export function asJson<Value>(value: Value): Value extends object ? JsonObject : Json
export function asJson(value: unknown): Json {
  if (typeof value === 'number')
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? `${BigInt(value)}` : value + 0
  if (typeof value === 'string') return value.toWellFormed()
  if (Array.isArray(value)) return value.map(item => asJson(item))
  if (typeof value !== 'object' || value === null) return value as Json
  const object: JsonObject = Object.create(null)
  for (const [name, item] of Object.entries(value)) object[name] = asJson(item)
  return object
}
