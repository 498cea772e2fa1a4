import { isObject } from '../../layouts/json'
import type { ElasticOptions } from './options'

/** Where a line goes: the name of a data stream or an index, by what the line says of itself. */
export interface Target {
  /** Data streams take nothing but new documents, each with a time. */
  readonly isStream: boolean
  /** `time` is the line's own, in ms: sent again on another day, it goes to the same index. */
  of(record: unknown, time: number): string
}

export const DEFAULT_STREAM = 'logs-{service}-{env}'

/** Throws an error that names the placeholder that there is not. */
export function targetOf({ dataStream, index }: Pick<ElasticOptions, 'dataStream' | 'index'>): Target {
  const isStream = index === undefined
  const template = index ?? dataStream ?? DEFAULT_STREAM
  const parts = template.split(/\{([^{}]*)\}/)
  const unknown = parts.find((part, at) => at % 2 === 1 && !PLACEHOLDERS.includes(part))
  if (unknown !== undefined) {
    const place = isStream ? 'dataStream' : 'index'
    throw new Error(`${place}: found '{${unknown}}', expected ${PLACEHOLDERS.map(name => `{${name}}`).join(', ')}`)
  }
  const part = isStream ? streamPart : indexPart
  const named = parts.map((text, at): Part => (at % 2 === 0 ? () => text : partOf(text, part)))
  let last = { wanted: '', legal: legalName('') }
  const of = (record: unknown, time: number): string => {
    let wanted = ''
    for (const render of named) wanted += render(record, time)
    // One line's name is nearly always the next one's.
    if (wanted !== last.wanted) last = { wanted, legal: legalName(wanted) }
    return last.legal
  }
  return { isStream, of }
}

type Part = (record: unknown, time: number) => string

function partOf(placeholder: string, legal: (text: string) => string): Part {
  if (placeholder === 'date') return (_, time) => new Date(time).toISOString().slice(0, 10).replaceAll('-', '.')
  const key = placeholder as 'service' | 'env'
  const known = new Map<unknown, string>()
  return record => {
    const value = isObject(record) ? record[key] : undefined
    const found = known.get(value)
    if (found !== undefined) return found
    const text = (typeof value === 'string' ? legal(value) : '') || FALLBACK[key]
    if (known.size < MAX_KNOWN) known.set(value, text)
    return text
  }
}

/**
 * A text as the data set or the name space of a data stream's name, which is `<type>-<data set>-<name space>`: no
 * hyphen, lower case, at most 100 bytes.
 */
export function streamPart(text: string): string {
  return indexPart(text).replaceAll('-', '_')
}

function indexPart(text: string): string {
  return cut(text.toWellFormed().toLowerCase().replace(ILLEGAL, '_'), 100)
}

function legalName(name: string): string {
  const legal = cut(name.toLowerCase().replace(ILLEGAL, '_'), 255).replace(/^[-_+]+/, '')
  return legal === '' || legal === '.' || legal === '..' ? 'logs' : legal
}

/** At most so many bytes, no character halved. */
function cut(text: string, bytes: number): string {
  let room = bytes
  let end = 0
  for (const character of text) {
    room -= Buffer.byteLength(character)
    if (room < 0) break
    end += character.length
  }
  return text.slice(0, end)
}

const PLACEHOLDERS: readonly string[] = ['service', 'env', 'date']
/** Elastic's own words for what nobody has named. */
const FALLBACK = { service: 'generic', env: 'default' }
/** What Elasticsearch takes in no name, and what nobody could type. */
const ILLEGAL = /[\\/*?"<>|\s,#:\p{Cc}\p{Cf}\ufffd]/gu
const MAX_KNOWN = 1000
