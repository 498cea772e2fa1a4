import type { Clock } from '../clock'
import { DeliveryError, type SendResult } from '../outcome'
import type { Batch, OpenTransport, SendContext } from '../transport'
import { Body } from './body'
import { ANSWER_PARTS, readBulkAnswer } from './bulk-answer'
import { Cluster } from './cluster'
import { bulkLines } from './document'
import type { ElasticOptions } from './options'
import { type Target, targetOf } from './target'

/** Sends batches as bulk requests. Throws a `hold` for options that are wrong. */
export function openBulk(options: ElasticOptions, clock: Clock): OpenTransport {
  const cluster = new Cluster(options, clock)
  const bulk = new Bulk(cluster, targetIn(options), clock)
  return {
    send: (batch, context) => bulk.send(batch, context),
    async check(record, { signal }) {
      const { checkCluster } = await import('./check.js')
      return checkCluster({ cluster, bulk, target: targetIn(options), now: clock.now() }, record, signal)
    },
    close: () => cluster.close(),
  }
}

export class Bulk {
  private readonly wishes: Map<string, string>

  constructor(
    private readonly cluster: Cluster,
    private readonly target: Target,
    private readonly clock: Clock,
  ) {
    this.wishes = new Map([
      // No part of a line in an error.
      ['include_source_on_error', 'false'],
      // A name without a template must not become an index that nothing cares for.
      ...(target.isStream ? [['require_data_stream', 'true'] as const] : []),
    ])
  }

  async send({ lines }: Batch, { signal }: SendContext): Promise<SendResult> {
    return readBulkAnswer(await this.post(lines, ANSWER_PARTS, signal), lines.length)
  }

  /** The answer's body: of it these parts. */
  async post(lines: Batch['lines'], parts: string, signal: AbortSignal): Promise<string> {
    const now = this.clock.now()
    const made = new Body()
    for (const line of lines) made.add(bulkLines(line, this.target, now))
    const body = made.bytes()
    for (;;) {
      try {
        const path = `_bulk?${new URLSearchParams([['filter_path', parts], ...this.wishes])}`
        return (await this.cluster.post({ path, body, contentType: 'application/x-ndjson', signal })).body
      } catch (error) {
        if (!this.waive(error)) throw error
      }
    }
  }

  /** OpenSearch, and Elasticsearch before 8.18, refuse a parameter that they do not know, before they look at a line. */
  private waive(error: unknown): boolean {
    if (!(error instanceof DeliveryError) || !error.reason.includes('unrecognized parameter')) return false
    const refused = [...this.wishes.keys()].filter(name => error.reason.includes(`[${name}]`))
    for (const name of refused) this.wishes.delete(name)
    return refused.length > 0
  }
}

function targetIn(options: ElasticOptions): Target {
  try {
    return targetOf(options)
  } catch (error) {
    throw new DeliveryError('hold', (error as Error).message)
  }
}
