import { escapeText } from '../line/escape'

/** A value read from JSON, as JSON that stays one line wherever it is read: control characters are escaped as in every line. */
export function jsonText(value: unknown): string {
  // Most values are short texts without anything to escape, and numbers: JSON.stringify takes ten times as long for them.
  if (typeof value === 'string' && escapeText(value) === value) return `"${value}"`
  if (Number.isFinite(value)) return `${value as number}`
  return JSON.stringify(value).replace(RAW, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

const RAW = /[\u007f-\u009f\u2028\u2029]/g

export type JsonObject = { readonly [key: string]: unknown }

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The inside of a JSON object as an encoder wants it: `,"a":1,"b":2`. */
export function entriesText(entries: Iterable<readonly [string, unknown]>): string {
  let text = ''
  for (const [key, value] of entries) text += `,${jsonText(key)}:${jsonText(value)}`
  return text
}

/** What an encoder wrote of fields, read back. */
export function parseEntries(text: string): JsonObject {
  return JSON.parse(`{${text.slice(1)}}`) as JsonObject
}
