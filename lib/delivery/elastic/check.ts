import { isObject, type JsonObject } from '../../layouts/json'
import type { HttpAnswer } from '../http'
import { DeliveryError } from '../outcome'
import { refusalOf } from '../retry/classify'
import type { BatchLine } from '../transport'
import type { Bulk } from './bulk'
import { ANSWER_PARTS, readBulkAnswer } from './bulk-answer'
import type { Cluster } from './cluster'
import { errorText } from './error-text'
import type { Target } from './target'

export interface Subject {
  readonly cluster: Cluster
  readonly bulk: Bulk
  readonly target: Target
  readonly now: number
}

/**
 * Asks a cluster what it is, stores a record as any line is stored, gets it by its id, which shows it without waiting for a
 * refresh, and deletes it. Each step that the credentials do not allow is told and left out, but for storing.
 */
export async function checkCluster(subject: Subject, record: BatchLine, signal: AbortSignal): Promise<string[]> {
  const { cluster, bulk, target, now } = subject
  const ask = (method: 'GET' | 'DELETE', path: string): Promise<HttpAnswer> =>
    cluster.request({ method, path, contentType: 'application/json', signal })
  const server = serverOf(await ask('GET', ''), now)
  const name = target.of(parse(record.text), now)
  // Elasticsearch sees to this by itself, as the bulk request asks it to.
  if (target.isStream && server?.startsWith('OpenSearch')) await needsStream(ask, name)
  const body = await bulk.post([record], `${ANSWER_PARTS},items.*._index`, signal)
  readBulkAnswer(body, 1)
  const index = indexIn(body)
  const seen = [...(server === undefined ? [] : [server]), `stored in ${name}`]
  if (index === undefined) return seen
  const path = `${encodeURIComponent(index)}/_doc/${encodeURIComponent(record.id)}`
  return [...seen, foundBy(await ask('GET', path), now), removedBy(await ask('DELETE', path))]
}

/** Credentials that may only write are not told the server's name. */
function serverOf(answer: HttpAnswer, now: number): string | undefined {
  const { status, body } = answer
  if (status === 401) throw refused(answer, now)
  if (status !== 200) return undefined
  const info = parse(body)
  const version = isObject(info) && isObject(info['version']) ? info['version'] : undefined
  if (typeof version?.['number'] !== 'string') {
    throw new DeliveryError('hold', 'an answer of neither Elasticsearch nor OpenSearch: is the URL right?')
  }
  return `${version['distribution'] === 'opensearch' ? 'OpenSearch' : 'Elasticsearch'} ${version['number']}`
}

/** Where there is no template for it, OpenSearch would make an index. What may not be looked at is left open. */
async function needsStream(ask: (method: 'GET', path: string) => Promise<HttpAnswer>, name: string): Promise<void> {
  const resolved = await ask('GET', `_resolve/index/${encodeURIComponent(name)}`)
  const there = resolved.status === 200 ? parse(resolved.body) : undefined
  const has = (key: string): boolean => {
    const list = isObject(there) ? there[key] : undefined
    return Array.isArray(list) && list.length > 0
  }
  if (has('data_streams') || has('aliases')) return
  if (has('indices')) {
    throw new DeliveryError('hold', `${name} is an index, made before there was a template for a data stream`)
  }
  const answer = await ask('GET', '_index_template')
  const templates = answer.status === 200 ? parse(answer.body) : undefined
  if (!isObject(templates) || !Array.isArray(templates['index_templates'])) return
  if (templates['index_templates'].some(item => makesStream(item, name))) return
  throw new DeliveryError('hold', `no matching index template: ${name} would become an index`, { status: 404 })
}

function makesStream(item: unknown, name: string): boolean {
  const template = isObject(item) ? item['index_template'] : undefined
  if (!isObject(template) || !isObject(template['data_stream'])) return false
  const patterns = Array.isArray(template['index_patterns']) ? template['index_patterns'] : []
  return patterns.some(pattern => typeof pattern === 'string' && matches(pattern, name))
}

function matches(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map(part => part.replace(/[^a-z0-9]/gi, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`).test(name)
}

function indexIn(body: string): string | undefined {
  const { items } = parse(body) as { items: readonly JsonObject[] }
  const result = Object.values(items[0] ?? {})[0]
  return isObject(result) && typeof result['_index'] === 'string' ? result['_index'] : undefined
}

function foundBy(answer: HttpAnswer, now: number): string {
  if (answer.status === 200) return 'read back by its id'
  if (isForbidden(answer)) return 'not read back: the credentials may only write'
  throw refused(answer, now)
}

function removedBy(answer: HttpAnswer): string {
  return answer.status === 200 ? 'deleted again' : 'left there: the credentials may not delete it'
}

function isForbidden({ status }: HttpAnswer): boolean {
  return status === 401 || status === 403
}

function refused({ status, body }: HttpAnswer, now: number): DeliveryError {
  const refusal = refusalOf(status, errorText(body) ?? body, undefined, now)
  return new DeliveryError('hold', refusal?.reason ?? `status ${status}`, { status })
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
