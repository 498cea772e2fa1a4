import type { Schema } from '../../config/json-schema'
import { tlsSchema } from '../tls'

/** What `graylog()` takes. */
export const graylogOptions = {
  type: 'object',
  description: 'GELF 1.1 to Graylog.',
  properties: {
    url: {
      type: 'string',
      minLength: 1,
      description:
        'The input: `udp://graylog:12201`, `tcp://…`, `tls://…`, or `https://graylog:12201/gelf`. Without a port, 12201; for HTTP, its own.',
    },
    compress: {
      type: 'boolean',
      description:
        'Compress bulk requests, and what does not fit into one datagram. GELF over TCP knows no compression.',
      default: true,
    },
    bulk: {
      type: 'boolean',
      description: 'HTTP: many messages a request. The input must have "Enable Bulk Receiving".',
      default: false,
    },
    headers: {
      type: 'object',
      description: 'HTTP: headers of each request, such as the one the input wants for authentication.',
      additionalProperties: { type: 'string' },
    },
    tls: tlsSchema,
  },
  required: ['url'],
  additionalProperties: false,
} as const satisfies Schema
