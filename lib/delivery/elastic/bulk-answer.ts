import { isObject, type JsonObject } from '../../layouts/json'
import { DeliveryError, type ItemOutcome, type Refusal, type SendResult } from '../outcome'
import { classifyStatus } from '../retry/classify'

/** All of an answer that is looked at; without it each line costs some 200 bytes of answer. */
export const ANSWER_PARTS = [
  'errors',
  'items.*.status',
  'items.*.error.type',
  'items.*.error.reason',
  'items.*.error.caused_by.reason',
].join(',')

/**
 * What an answer to a bulk request of so many `create` actions says of each line. Throws for one that cannot be read,
 * and when no line was taken: then the set-up may be at fault rather than the lines.
 */
export function readBulkAnswer(body: string, lines: number): SendResult {
  const { errors, items } = parse(body)
  if (typeof errors !== 'boolean') throw new DeliveryError('temporary', 'an answer that is none to a bulk request')
  if (!errors) return undefined
  if (!Array.isArray(items) || items.length !== lines) {
    throw new DeliveryError('temporary', 'an answer for another number of lines')
  }
  const outcomes = items.map(outcomeOf)
  if (!outcomes.includes('ok')) {
    const gravest = outcomes.reduce((a, b) => (rank(b) > rank(a) ? b : a)) as Refusal
    throw new DeliveryError(gravest.kind, gravest.reason, gravest)
  }
  return { items: outcomes }
}

function outcomeOf(item: unknown): ItemOutcome {
  const result = isObject(item) ? Object.values(item)[0] : undefined
  const status = isObject(result) ? result['status'] : undefined
  if (!isObject(result) || typeof status !== 'number') {
    return { kind: 'temporary', reason: 'an answer without a status for each line' }
  }
  // By our own id: it was stored before, and the answer was lost.
  if ((status >= 200 && status < 300) || status === 409) return 'ok'
  const error = isObject(result['error']) ? result['error'] : {}
  return { kind: kindOf(status, error), reason: reasonOf(status, error), status }
}

function kindOf(status: number, { type, reason }: JsonObject): Refusal['kind'] {
  if (type === 'cluster_block_exception' && status !== 503) return 'hold'
  if (typeof type === 'string' && PIPELINE_FAILURES.has(type)) return 'poison'
  if (status !== 400) return classifyStatus(status) ?? 'temporary'
  if (typeof type === 'string' && SET_UP.has(type)) return 'hold'
  return typeof reason === 'string' && SET_UP_REASON.test(reason) ? 'hold' : 'poison'
}

function reasonOf(status: number, { type, reason, caused_by: cause }: JsonObject): string {
  const causes = isObject(cause) ? cause['reason'] : undefined
  const told = [type, reason, causes].filter(text => typeof text === 'string')
  return `status ${status}${told.length === 0 ? '' : `: ${told.join(': ')}`}`
}

function parse(body: string): JsonObject {
  try {
    const value: unknown = JSON.parse(body)
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}

function rank(outcome: ItemOutcome): number {
  return outcome === 'ok' ? 0 : { poison: 1, temporary: 2, hold: 3 }[outcome.kind]
}

/** Answered with 400, and no line's fault: a closed index, a name that is not legal, no room for another shard. */
const SET_UP: ReadonlySet<string> = new Set([
  'index_closed_exception',
  'invalid_index_name_exception',
  'validation_exception',
  'security_exception',
])
const SET_UP_REASON =
  /^pipeline with id |shards open|no matching index template|only write ops with an op_type|write index|routing is required/i
/** Answered with 500, and the line's fault: what a processor of an ingest pipeline refuses, it refuses again. */
const PIPELINE_FAILURES: ReadonlySet<string> = new Set(['fail_processor_exception', 'ingest_processor_exception'])
