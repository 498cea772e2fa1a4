import { boundsProperties, dirProperty, spoolSchema } from '../delivery/spool-schema'
import { foreignSchemas, networkSchemas } from '../delivery/transport-schemas'
import { PATTERNS } from '../line/redact/options'
import type { FromSchema, Schema } from './json-schema'
import { duration, size } from './measures'

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

const id = { type: 'integer', minimum: 0, maximum: 4_294_967_294 } as const

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
      uid: {
        ...id,
        description: 'Owner of a file that is created, as a number; usually only root can give files away.',
      },
      gid: { ...id, description: 'Group of a file that is created, as a number.' },
      symlink: {
        type: 'string',
        minLength: 1,
        description: 'A symbolic link that leads to the file; looked for from the folder of the file.',
      },
      maxSize: {
        ...size,
        minimum: 1024,
        description: 'Rotate before the file would be larger than this: `10MiB`, or bytes.',
      },
      frequency: { enum: ['hourly', 'daily'], description: 'Rotate when the hour or day is over.' },
      timeZone: {
        enum: ['utc', 'local'],
        description: 'Whose hours and days, also in the names of rotated files.',
        default: 'utc',
      },
      maxFiles: { type: 'integer', minimum: 0, maximum: 1_000_000, description: 'How many rotated files are kept.' },
      maxAge: {
        ...duration,
        description: 'How long a rotated file is kept after its last line: `30d`, or ms.',
      },
      maxTotalSize: {
        ...size,
        minimum: 1,
        description: 'Bytes that the rotated files may take together: `1GiB`. The oldest go first.',
      },
      compress: { enum: ['gzip'], description: 'Compress rotated files, on a thread of its own.' },
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
  spool: {
    type: 'object',
    description: 'Lines on disk, for a `hewn ship --spool` beside the application: see docs/shipping.md.',
    properties: { type: { const: 'spool' }, name, level: threshold, durability, dir: dirProperty, ...boundsProperties },
    required: ['type'],
    additionalProperties: false,
  },
  ...networkSchemas,
} as const satisfies Record<string, Schema>

const transports = {
  type: 'array',
  description: 'Where lines go. A profile replaces the list, it does not add to it.',
  maxItems: 100,
  items: {
    oneOf: [...Object.values(transportSchemas), ...foreignSchemas],
  },
} as const

const paths = {
  type: 'array',
  description:
    'Names at any depth (`password`), paths (`card.number`, `*.authorization`), `@common` for the usual names.',
  maxItems: 1000,
  items: { type: 'string', minLength: 1 },
} as const
const patterns = {
  type: 'array',
  description: 'What to look for in every text: `card`, `bearer`, `jwt`, `email`.',
  maxItems: 100,
  items: { enum: PATTERNS },
} as const
const redactProperties = {
  paths,
  patterns,
  censor: { type: 'string', description: 'What is written instead.', default: '[redacted]' },
  hash: {
    type: 'object',
    description: 'What is replaced by a keyed hash instead, so that equal values can be told.',
    properties: {
      key: { type: 'string', minLength: 1, description: 'A secret of 16 characters or more: `${LOG_HASH_KEY}`.' },
      paths,
      patterns,
    },
    required: ['key'],
    additionalProperties: false,
  },
} as const
const redactDescription = 'What is never written. A list is short for `{ "paths": [ … ] }`.'
const redact = {
  description: redactDescription,
  anyOf: [paths, { type: 'object', properties: redactProperties, additionalProperties: false }],
} as const satisfies Schema
/** In code, `censor` may be a function. */
const redactInCode = {
  description: redactDescription,
  anyOf: [paths, { type: 'object', properties: { ...redactProperties, censor: {} }, additionalProperties: false }],
} as const satisfies Schema

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
  spool: spoolSchema,
  closeTimeout: {
    type: 'integer',
    minimum: 0,
    maximum: 600_000,
    description: 'How long the end of the process may be held up to send what waits for network transports, in ms.',
    default: 2000,
  },
  redact,
  layout: {
    enum: ['hewn', 'ecs', 'pino', 'logfmt'],
    description:
      'The format of lines on standard output, in files and for a destination. Where `pretty` is the only transport, always `hewn`.',
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
  properties: { ...settings, redact: redactInCode, destination: {} },
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
    redact: redactInCode,
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

/** A configuration with its profile merged in: what is in force. */
export type Config = FromSchema<typeof profileSchema>
/** A configuration as it stands in a file. */
export type ConfigFile = FromSchema<typeof configSchema>
