import { isObject, type JsonObject, jsonText } from './json'

/**
 * A line of JSON as logfmt, by the rules of go-logfmt and Heroku: `key=value` with spaces between, quoted where a value
 * has spaces, quotes, `=` or control characters in it. Objects in objects come flat, their keys joined with dots; an
 * array is its JSON. Every key is there once: a later one that comes out the same gets `#2`.
 */
export function logfmtLine(line: string): string {
  return `${logfmtText(JSON.parse(line) as JsonObject)}\n`
}

export function logfmtText(record: JsonObject): string {
  const pairs: string[] = []
  const taken = new Set<string>()
  const add = (prefix: string, object: JsonObject): void => {
    for (const [name, value] of Object.entries(object)) {
      const key = prefix + keyText(name)
      if (isObject(value) && Object.keys(value).length > 0) add(`${key}.`, value)
      else pairs.push(`${unique(key, taken)}=${valueText(value)}`)
    }
  }
  add('', record)
  return pairs.join(' ')
}

function unique(key: string, taken: Set<string>): string {
  let name = key
  for (let n = 2; taken.has(name); n++) name = `${key}#${n}`
  taken.add(name)
  return name
}

/** A key can't be quoted: what would end it is replaced. */
function keyText(name: string): string {
  return name === '' ? '_' : name.replace(UNFIT_FOR_KEY, '_')
}

function valueText(value: unknown): string {
  if (typeof value === 'string')
    return value === '' || value === 'null' || UNFIT_BARE.test(value) ? jsonText(value) : value
  if (typeof value !== 'object' || value === null) return String(value)
  const text = jsonText(value)
  return UNFIT_BARE.test(text) ? jsonText(text) : text
}

const UNFIT_FOR_KEY = /[\s\u0000-\u0020="\u007f-\u009f\ufffd]/g
const UNFIT_BARE = /[\s\u0000-\u0020="\\\u007f-\u009f\ufffd]/
