import type { FromSchema, Schema } from '../../config/json-schema'
import { tlsSchema } from '../tls'

/** What `elastic()` and `hewn setup elastic` take. */
export const elasticSchema = {
  type: 'object',
  description: 'Documents for Elasticsearch 8 and 9, and OpenSearch 2 and 3.',
  properties: {
    node: {
      description: 'URL of the cluster, or a list of its nodes: another one is asked when one does not answer.',
      anyOf: [
        { type: 'string', minLength: 1 },
        { type: 'array', items: { type: 'string', minLength: 1 }, maxItems: 100 },
      ],
    },
    dataStream: {
      type: 'string',
      minLength: 1,
      description:
        'The data stream. `{service}` and `{env}` are those of the line, made legal. Default: `logs-{service}-{env}`.',
    },
    index: {
      type: 'string',
      minLength: 1,
      description: 'An index instead of a data stream. `{date}` is the day of the line in UTC, such as 2026.11.22.',
    },
    apiKey: { type: 'string', minLength: 1, description: 'An API key, as `id:key` or as it is encoded.' },
    username: { type: 'string', minLength: 1, description: 'For basic authentication.' },
    password: { type: 'string', description: 'Its password.' },
    bearerToken: { type: 'string', minLength: 1, description: 'A bearer or service token.' },
    gzip: { type: 'boolean', description: 'Compress requests.', default: true },
    tls: tlsSchema,
  },
  required: ['node'],
  additionalProperties: false,
} as const satisfies Schema & { readonly type: 'object' }

/**
 * What a cluster is given at once. A line sent twice is stored once, and `event.sequence` tells the order: while one
 * request is stored, the next is made.
 */
export const LIMITS = { lines: 5000, bytes: 4 * 1024 * 1024, concurrency: 2 }

export type ElasticOptions = FromSchema<typeof elasticSchema>

/** What cannot be said of each option by itself; undefined if nothing is wrong. Shows no value. */
export function optionProblem(options: ElasticOptions): string | undefined {
  const nodes = nodesOf(options)
  if (nodes.length === 0) return 'node: an empty list'
  const bad = nodes.findIndex(node => !/^https?:\/\//i.test(node) || !URL.canParse(node))
  if (bad !== -1) {
    const place = typeof options.node === 'string' ? 'node' : `node[${bad}]`
    return `${place}: not a URL that begins with 'http://' or 'https://'`
  }
  if (options.index !== undefined && options.dataStream !== undefined) return 'index and dataStream: one of them'
  const credentials = [options.apiKey, options.username, options.bearerToken].filter(given => given !== undefined)
  if (credentials.length > 1) return 'apiKey, username and bearerToken: one of them'
  if (options.password !== undefined && options.username === undefined) return 'password: there is no username'
  return undefined
}

export function nodesOf({ node }: ElasticOptions): readonly string[] {
  return typeof node === 'string' ? [node] : node
}
