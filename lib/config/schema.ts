/** The part of JSON Schema that a configuration needs. */
export interface Schema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'boolean'
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
  readonly items?: Schema
  readonly maxItems?: number
  /** One of these, told apart by the constant of their property `type`. */
  readonly oneOf?: readonly Schema[]
  readonly const?: string
}

const name = {
  type: 'string',
  minLength: 1,
  description: 'Its name in `to:name=level` and in stats(). Default: its type.',
} as const
const threshold = {
  type: 'string',
  description: 'A level: lines below it do not go there. Default: all that the loggers let through.',
} as const
const durability = {
  enum: ['turn', 'line'],
  description: '`turn` writes once for each turn of the event loop, `line` in each call.',
} as const

/** The built-in transports, by type. */
export const transportSchemas = {
  stdout: {
    type: 'object',
    description: 'JSON lines on standard output.',
    properties: {
      type: { const: 'stdout' },
      name,
      level: threshold,
      durability,
      whenFull: {
        enum: ['wait', 'drop'],
        description:
          'When the reader of a pipe is 8 MiB behind: a call waits for it, or the oldest lines are dropped and counted.',
        default: 'wait',
      },
    },
    required: ['type'],
    additionalProperties: false,
  },
  file: {
    type: 'object',
    description: 'JSON lines appended to a file.',
    properties: {
      type: { const: 'file' },
      path: { type: 'string', minLength: 1, description: 'Where to append. Missing folders are created.' },
      name,
      level: threshold,
      durability,
      mode: {
        type: 'integer',
        minimum: 0,
        maximum: 0o777,
        description: 'Permissions of a file that is created, as a number.',
        default: 0o644,
      },
    },
    required: ['type', 'path'],
    additionalProperties: false,
  },
  pretty: {
    type: 'object',
    description: 'Lines for people on standard output.',
    properties: { type: { const: 'pretty' }, name, level: threshold },
    required: ['type'],
    additionalProperties: false,
  },
} as const satisfies Record<string, Schema>

const transports = {
  type: 'array',
  description: 'Where lines go. A profile replaces the list, it does not add to it.',
  maxItems: 100,
  items: { oneOf: [transportSchemas.stdout, transportSchemas.file, transportSchemas.pretty] },
} as const

const settings = {
  service: { type: 'string', minLength: 1, description: 'Written on every line, with the environment as `env`.' },
  version: { type: 'string', minLength: 1, description: 'The version of the service. Written on every line.' },
  level: {
    type: 'string',
    description: 'A level, or rules for names: `warn,http=debug`. Default: by the environment.',
  },
  fields: { type: 'object', description: 'Fields on every line.', additionalProperties: true },
  durability: { ...durability, default: 'turn' },
  transports,
  layout: {
    enum: ['hewn', 'ecs', 'pino', 'logfmt'],
    description: 'The format of lines on standard output, in files and for a destination.',
    default: 'hewn',
  },
  time: {
    enum: ['iso', 'epoch', 'epochNanos'],
    description: 'How `time` is written. Default: `iso`; with the layout `pino`, `epoch`.',
  },
  maxLineBytes: {
    type: 'integer',
    minimum: 1024,
    maximum: 16_777_216,
    description: 'The longest line, in bytes.',
    default: 262_144,
  },
  exitTimeout: {
    type: 'integer',
    minimum: 0,
    maximum: 600_000,
    description: 'How long a reader that has stopped may hold up the end of the process, in ms.',
    default: 2000,
  },
  signals: {
    type: 'boolean',
    description: 'Write what is held before SIGTERM and SIGINT end the process.',
    default: true,
  },
  reload: {
    type: 'object',
    description: 'When the configuration file is read again.',
    properties: {
      watch: { type: 'boolean', description: 'When it changes.', default: true },
      signal: {
        type: 'string',
        description:
          'On this signal, such as `SIGUSR2` or `SIGHUP`; log files are then opened anew as well. Default: none.',
      },
    },
    additionalProperties: false,
  },
} as const satisfies Record<string, Schema>

/** What a profile may say: all of it but profiles. */
export const profileSchema = {
  type: 'object',
  description: 'What holds in this environment instead.',
  properties: settings,
  additionalProperties: false,
} as const satisfies Schema

/** What configure() takes beside functions: no profiles, they are for files. */
export const configureSchema = {
  type: 'object',
  properties: { ...settings, destination: {} },
  additionalProperties: false,
} as const satisfies Schema

const { reload: _, ...standalone } = settings
export const loggerSettings = standalone

/** What createLogger takes. What only code can give (functions, objects) is checked where it is used. */
export const loggerSchema = {
  type: 'object',
  properties: {
    name: { type: 'string', description: 'On each of its lines.' },
    ...standalone,
    env: { type: 'string', minLength: 1, description: 'The environment. Written on every line.' },
    time: {},
    destination: {},
    serializers: {},
    customLevels: {},
  },
  additionalProperties: false,
} as const satisfies Schema

/** The configuration file. This one text is what validates it, types it, completes it in an editor and documents it. */
export const configSchema = {
  type: 'object',
  properties: {
    $schema: { type: 'string', description: 'Where hewn.schema.json is, for editors.' },
    ...settings,
    env: {
      type: 'object',
      description:
        'Profiles by environment (HEWN_ENV, else NODE_ENV, else `development`): each is merged over the rest.',
      additionalProperties: profileSchema,
    },
  },
  additionalProperties: false,
} as const satisfies Schema

/** The TypeScript type of what a schema describes. */
export type FromSchema<S> = S extends { const: infer C }
  ? C
  : S extends { enum: readonly (infer E)[] }
    ? E
    : S extends { oneOf: readonly (infer O)[] }
      ? O extends unknown
        ? FromSchema<O>
        : never
      : S extends { type: 'array'; items: infer I }
        ? readonly FromSchema<I>[]
        : S extends { type: 'object'; properties: infer P }
          ? ObjectOf<P, S extends { required: readonly (infer R)[] } ? R : never>
          : S extends { type: 'object'; additionalProperties: infer A }
            ? A extends true
              ? object
              : Readonly<Record<string, FromSchema<A>>>
            : S extends { type: keyof Scalars }
              ? Scalars[S['type']]
              : unknown

interface Scalars {
  string: string
  integer: number
  boolean: boolean
}

type ObjectOf<P, R> = Flat<
  { readonly [K in keyof P as K extends R ? K : never]: FromSchema<P[K]> } & {
    readonly [K in keyof P as K extends R ? never : K]?: FromSchema<P[K]> | undefined
  }
>

type Flat<T> = { [K in keyof T]: T[K] }

/** A configuration with its profile merged in: what is in force. */
export type Config = FromSchema<typeof profileSchema>
/** A configuration as it stands in a file. */
export type ConfigFile = FromSchema<typeof configSchema>
