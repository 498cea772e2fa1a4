import { builtInTransport, type OpenTransport } from '../lib/delivery/definition'
import { elasticSchema, LIMITS } from '../lib/delivery/elastic/options'

/** ECS documents for Elasticsearch 8 and 9, and OpenSearch 2 and 3: into a data stream, or into an index. */
export const elastic = builtInTransport({
  name: 'elastic',
  acknowledges: 'stored with id',
  options: elasticSchema,
  limits: LIMITS,

  async open(options, { clock }): Promise<OpenTransport> {
    const { openBulk } = await import('../lib/delivery/elastic/bulk.js')
    return openBulk(options, clock)
  },
})
