import { type Json, type JsonObject, parseStrict } from './strict-json'

/** A message as Graylog would store it: its own fields and the additional ones, by their names in a search. */
export type StoredMessage = ReadonlyMap<string, string | number>

/**
 * What Graylog makes of a GELF message, from its decoder to its index, with each of its silences made loud: throws where
 * the message breaks GELF 1.1, and where Graylog would refuse it, or drop, merge or round a field.
 */
export function storeInGraylog(text: string): StoredMessage {
  const message = parseStrict(text)
  if (typeof message !== 'object' || message === null || Array.isArray(message)) throw new Error('is no object')
  const stored = new Map<string, string | number>()
  for (const [key, value] of Object.entries(message)) {
    const name = OWN.get(key)
    if (name === undefined) additional(stored, key, value)
    else if (!name.holds(value)) throw new Error(`${key} is ${JSON.stringify(value)?.slice(0, 60)}`)
    else if (name.as !== undefined) stored.set(name.as, value as string | number)
  }
  for (const name of ['version', 'host', 'short_message'])
    if (!Object.hasOwn(message, name)) throw new Error(`no ${name}`)
  return stored
}

function additional(stored: Map<string, string | number>, key: string, value: Json): void {
  if (!/^_[\w.-]+$/.test(key) || key === '_id') throw new Error(`the name ${JSON.stringify(key)}`)
  if (typeof value !== 'string' && typeof value !== 'number') throw new Error(`${key} is ${JSON.stringify(value)}`)
  // The index has no dots in names.
  const name = key.slice(1).replaceAll('.', '_')
  if (TAKEN.has(name) || name.startsWith('gl2_') || name.startsWith('_')) throw new Error(`the reserved name ${key}`)
  if (stored.has(name)) throw new Error(`${key} is there already`)
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new Error(`${key} is rounded`)
  }
  if (typeof value === 'string' && Buffer.byteLength(value) > 32_766)
    throw new Error(`${key} is too long for the index`)
  stored.set(name, value)
}

interface Own {
  readonly as?: string
  holds(value: Json): boolean
}

const isText = (value: Json): boolean => typeof value === 'string' && /[^\s\u001c-\u001f]/.test(value)
const OWN: ReadonlyMap<string, Own> = new Map<string, Own>([
  ['version', { holds: value => value === '1.1' }],
  ['host', { as: 'source', holds: isText }],
  ['short_message', { as: 'message', holds: isText }],
  ['full_message', { as: 'full_message', holds: isText }],
  ['timestamp', { as: 'timestamp', holds: value => typeof value === 'number' && value > 0 }],
  ['level', { as: 'level', holds: value => [0, 1, 2, 3, 4, 5, 6, 7].includes(value as number) }],
])
const TAKEN: ReadonlySet<string> = new Set([
  ...['message', 'source', 'timestamp', 'level', 'full_message', 'short_message', 'host', 'streams', 'id'],
])

/** The additional fields only. */
export function additionalFields(text: string): JsonObject {
  const message = parseStrict(text) as JsonObject
  return Object.fromEntries(Object.entries(message).filter(([key]) => key.startsWith('_')))
}
