import type { Schema } from '../../config/json-schema'
import { tlsSchema } from '../tls'

/** What `http()` takes. */
export const httpOptions = {
  type: 'object',
  description: 'JSON lines, or JSON arrays, to a URL.',
  properties: {
    url: { type: 'string', minLength: 1, description: 'Where to POST. Redirects are not followed.' },
    headers: {
      type: 'object',
      description: 'Headers of each request, such as `authorization`.',
      additionalProperties: { type: 'string' },
    },
    format: {
      enum: ['lines', 'array'],
      description: '`lines` is JSON lines (application/x-ndjson), `array` one JSON array (application/json).',
      default: 'lines',
    },
    gzip: { type: 'boolean', description: 'Compress requests. The receiver must know it.', default: false },
    maxLines: { type: 'integer', minimum: 1, maximum: 100_000, description: 'Lines in a request.', default: 1000 },
    maxBytes: {
      type: 'integer',
      minimum: 1024,
      maximum: 104_857_600,
      description: "Bytes of a request's lines, before compression.",
      default: 1_048_576,
    },
    timeout: {
      type: 'integer',
      minimum: 1,
      maximum: 110_000,
      description: 'For a whole request and its answer, in ms.',
      default: 60_000,
    },
    tls: tlsSchema,
  },
  required: ['url'],
  additionalProperties: false,
} as const satisfies Schema
