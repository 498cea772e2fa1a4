import { PACKAGE_PATTERN, type Schema } from '../config/json-schema'
import { elasticSchema } from './elastic/options'
import { graylogOptions } from './graylog/options'
import { httpOptions } from './http/options'
import { tcpOptions } from './tcp/options'

const naming = {
  name: { type: 'string', minLength: 1, description: 'Its name in `to:name=level` and in stats(). Default: its type.' },
  level: { type: 'string', description: 'A level: lines below it do not go there. Default: all.' },
} as const
const definedIn = {
  type: 'string',
  minLength: 1,
  description: 'The module that defines it, as a file URL.',
} as const

interface Options extends Schema {
  readonly description: string
  readonly properties: Readonly<Record<string, Schema>>
  readonly required: readonly string[]
}

/** A transport as it stands in a configuration: its options, by the schema that it checks them by itself. */
function described<const Type extends string, const S extends Options>(type: Type, options: S) {
  const properties: { readonly type: { readonly const: Type } } & typeof naming & S['properties'] = {
    type: { const: type },
    ...naming,
    ...options.properties,
  }
  const required = ['type', ...options.required] as unknown as readonly ['type', ...S['required']]
  return {
    type: 'object',
    description: options.description,
    properties,
    required,
    additionalProperties: false,
  } as const
}

/** The network transports that come with hewn, by type. */
export const networkSchemas = {
  http: described('http', httpOptions),
  tcp: described('tcp', tcpOptions),
  elastic: described('elastic', elasticSchema),
  graylog: described('graylog', graylogOptions),
} as const satisfies Record<string, Schema>

/** Those of others: their options are checked, by their own schemas, when they are opened. */
export const foreignSchemas = [
  {
    type: 'object',
    description: 'A transport of a package, by its name: `@acme/hewn-audit`.',
    properties: {
      type: { type: 'string', pattern: PACKAGE_PATTERN, description: 'The name of the package.' },
      ...naming,
      module: definedIn,
    },
    required: ['type'],
    additionalProperties: true,
  },
  {
    type: 'object',
    description: "What a transport's function has made, in code.",
    properties: {
      type: {
        type: 'string',
        // No built-in type and no package's name: an editor is to find one schema only that fits.
        pattern: `^(?!(stdout|file|pretty|spool|${Object.keys(networkSchemas).join('|')})$)[^/-]*$`,
        description: 'What its definition is named.',
      },
      ...naming,
      module: definedIn,
    },
    required: ['type', 'module'],
    additionalProperties: true,
  },
] as const satisfies readonly Schema[]
