import type { Schema } from '../../config/json-schema'
import { tlsSchema } from '../tls'

/** What `tcp()` takes. */
export const tcpOptions = {
  type: 'object',
  description: 'JSON lines over TCP, or TLS.',
  properties: {
    host: { type: 'string', minLength: 1, description: 'A name or an address.' },
    port: { type: 'integer', minimum: 1, maximum: 65_535, description: 'Its port.' },
    secure: { type: 'boolean', description: 'Speak TLS. `tls` alone asks for it as well.', default: false },
    tls: tlsSchema,
  },
  required: ['host', 'port'],
  additionalProperties: false,
} as const satisfies Schema
