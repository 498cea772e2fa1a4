import { isObject, type JsonObject, jsonText } from '../../layouts/json'
import { ecsDocument } from '../../layouts/reshape'
import { flat } from '../../line/flat'
import { sequenceOf } from '../spool/ids'
import type { BatchLine } from '../transport'
import { plainDocument } from './plain-document'
import type { Target } from './target'

/**
 * A line as the two lines of a bulk request: what to do, and the document. `create` with the line's id: what is there
 * already is not stored again. `now` stands in for the time of a line that has none that can be read.
 */
export function bulkLines({ id, text }: BatchLine, target: Target, now: number): string {
  const record = parse(text)
  const sequence = sequenceOf(id)
  const { time, document } = plainly(record, sequence) ?? carefully(record, text, sequence, now)
  return `${actionOn(target.of(record, time))}${jsonText(id)}}}\n${document}\n`
}

/** The line before a document, as far as its id. */
function actionOn(index: string): string {
  if (index !== action.index) action = { index, text: flat(`{"create":{"_index":${jsonText(index)},"_id":`) }
  return action.text
}

let action = { index: '', text: '' }

interface Made {
  /** The line's own, in ms. */
  readonly time: number
  readonly document: string
}

function plainly(record: unknown, sequence: number | undefined): Made | undefined {
  if (!isRecord(record)) return undefined
  const text = record['time']
  const time = dateOf(text)
  const document = time === undefined ? undefined : plainDocument(record, text as string, sequence)
  return document === undefined ? undefined : { time: time!, document }
}

/** Whatever the line is. */
export function carefully(record: unknown, text: string, sequence: number | undefined, now: number): Made {
  const own = sequence === undefined ? {} : { 'event.sequence': sequence }
  const document = isRecord(record)
    ? documentOf(record, own, now)
    : nested({ '@timestamp': iso(now), message: text, ...own })
  return { time: Date.parse(String(document['@timestamp'])), document: jsonText(document) }
}

function documentOf(record: JsonObject, own: JsonObject, now: number): JsonObject {
  const document = ecsDocument(record, own)
  const time = document['@timestamp']
  if (dateOf(time) !== undefined) return nested(document)
  const moved = time === undefined ? {} : { 'labels.time': typeof time === 'string' ? time : jsonText(time) }
  return nested({ ...document, ...moved, '@timestamp': iso(now) })
}

/**
 * Names with dots as objects in objects. It means the same to Elasticsearch; but OpenSearch does not find a field of
 * the kind `flat_object` behind a dot. No name is both a value and an object: the layout has seen to that.
 */
function nested(document: JsonObject): JsonObject {
  const root = bare()
  for (const [key, value] of Object.entries(document)) put(root, key, inside(value))
  return root
}

function inside(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inside)
  return isObject(value) ? nested(value) : value
}

function put(root: Record<string, unknown>, key: string, value: unknown): void {
  // A label's name is the user's.
  const steps = key.startsWith(LABELS) ? ['labels', key.slice(LABELS.length)] : key.split('.')
  const last = steps.pop()!
  let at = root
  for (const step of steps) at = below(at, step)
  const there = at[last]
  if (isObject(there) && isObject(value)) for (const [name, item] of Object.entries(value)) put(there, name, item)
  // Objects in an array are, to Elasticsearch, one object whose fields have several values.
  else if (isObject(there) && Array.isArray(value)) at[last] = [there, ...value]
  else if (Array.isArray(there) && isObject(value)) at[last] = [value, ...there]
  // A null adds nothing to what is there.
  else if (there === undefined || value !== null) at[last] = value
}

/** The object under a name; of several, one that is new. */
function below(at: Record<string, unknown>, step: string): Record<string, unknown> {
  const there = at[step]
  if (isObject(there)) return there
  const made = bare()
  at[step] = Array.isArray(there) ? [made, ...there] : made
  return made
}

function bare(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Whether what a line of hewn says of itself is there in hewn's way, or not at all. Other programs' lines may come from a pipe. */
function isRecord(value: unknown): value is JsonObject {
  return (
    isObject(value) &&
    TEXTS.every(key => value[key] === undefined || typeof value[key] === 'string') &&
    (value['pid'] === undefined || Number.isSafeInteger(value['pid']))
  )
}

/** The ms of what Elasticsearch's `date` reads and `Date` as well. */
function dateOf(value: unknown): number | undefined {
  if (typeof value !== 'string' || !DATE.test(value)) return undefined
  const time = Date.parse(value)
  return Number.isNaN(time) ? undefined : time
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}

const TEXTS = ['level', 'logger', 'msg', 'host', 'service', 'env', 'version', 'trace_id', 'span_id']
const LABELS = 'labels.'
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/
