import type { Fields } from '../record/entry'
import { HARMFUL, jsonEscaped } from './harmless'

/** A record as `key=value key="two words"`; objects are flattened with dots, arrays stand as JSON. */
export function logfmtLine(fields: Fields): string {
  const pairs: string[] = []
  put('', fields, pairs, 0)
  return pairs.join(' ')
}

/** Objects deeper than this stand as JSON. */
const MAX_LEVELS = 20

function put(prefix: string, fields: object, pairs: string[], level: number): void {
  for (const [name, value] of Object.entries(fields)) {
    const key = prefix + (name.replace(NOT_IN_KEYS, '_') || '_')
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    if (isObject && level < MAX_LEVELS) put(`${key}.`, value, pairs, level + 1)
    else pairs.push(`${key}=${word(typeof value === 'string' ? value : JSON.stringify(value))}`)
  }
}

function word(text: string): string {
  return BARE.test(text) && !HARMFUL.test(text) ? text : jsonEscaped(JSON.stringify(text))
}

const BARE = /^[^\s"=\\]+$/
const NOT_IN_KEYS = new RegExp(`[\\s="]|${HARMFUL.source}`, 'g')
