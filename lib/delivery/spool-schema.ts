import type { FromSchema, Schema } from '../config/json-schema'

/** The options of the spool, as they stand in a configuration. */
export const spoolSchema = {
  type: 'object',
  description: 'Where lines for network transports wait on disk.',
  properties: {
    dir: {
      type: 'string',
      minLength: 1,
      description: 'Its folder. Default: HEWN_SPOOL, else `hewn/<service>` under XDG_STATE_HOME or ~/.local/state.',
    },
    maxBytes: {
      type: 'integer',
      minimum: 1_048_576,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'Bytes that wait at most; past that the oldest lines go, counted.',
      default: 268_435_456,
    },
    maxAge: {
      type: 'integer',
      minimum: 1000,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'How long a line is worth sending, in ms.',
      default: 604_800_000,
    },
    minFree: {
      type: 'integer',
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'Bytes that stay free on the disk. Default: a twentieth of it, at most 256 MiB.',
    },
    fsync: { type: 'boolean', description: 'Outlive a loss of power: each turn waits for the disk.', default: false },
    persistent: {
      type: 'boolean',
      description: 'The folder outlives the process and its container: its end waits for no receiver.',
      default: false,
    },
    inProcess: {
      type: 'boolean',
      description: "Send from the application's own thread, where there can be no other.",
      default: false,
    },
  },
  additionalProperties: false,
} as const satisfies Schema

export type SpoolSettings = FromSchema<typeof spoolSchema>
