import { PACKAGE_PATTERN, type Schema } from '../config/json-schema'

/** No built-in type and no package's name: an editor is to find one schema only that fits. */
const OTHER = '^(?!(stdout|file|pretty|spool|http|tcp|elastic|graylog)$)[^/-]*$'

const network = {
  name: { type: 'string', minLength: 1, description: 'Its name in `to:name=level` and in stats(). Default: its type.' },
  level: { type: 'string', description: 'A level: lines below it do not go there. Default: all.' },
  module: { type: 'string', minLength: 1, description: 'The module that defines it, as a file URL.' },
} as const
/** Network transports. Their own options are checked, by their own schemas, when they are opened. */
export const networkSchemas = [
  {
    type: 'object',
    description: 'JSON lines, or JSON arrays, to a URL: see `http` in docs/delivery.md.',
    properties: { type: { const: 'http' }, ...network },
    required: ['type'],
    additionalProperties: true,
  },
  {
    type: 'object',
    description: 'JSON lines over TCP, or TLS: see `tcp` in docs/delivery.md.',
    properties: { type: { const: 'tcp' }, ...network },
    required: ['type'],
    additionalProperties: true,
  },
  {
    type: 'object',
    description: 'Documents for Elasticsearch and OpenSearch: see docs/elastic.md.',
    properties: { type: { const: 'elastic' }, ...network },
    required: ['type'],
    additionalProperties: true,
  },
  {
    type: 'object',
    description: 'GELF for Graylog: see docs/graylog.md.',
    properties: { type: { const: 'graylog' }, ...network },
    required: ['type'],
    additionalProperties: true,
  },
  {
    type: 'object',
    description: 'A transport of a package, by its name: `@acme/hewn-audit`.',
    properties: {
      type: { type: 'string', pattern: PACKAGE_PATTERN, description: 'The name of the package.' },
      ...network,
    },
    required: ['type'],
    additionalProperties: true,
  },
  {
    type: 'object',
    description: "What a transport's function has made, in code.",
    properties: { type: { type: 'string', pattern: OTHER, description: 'What its definition is named.' }, ...network },
    required: ['type', 'module'],
    additionalProperties: true,
  },
] as const satisfies readonly Schema[]
