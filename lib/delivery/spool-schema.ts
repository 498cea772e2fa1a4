import type { FromSchema, Schema } from '../config/json-schema'
import { duration, size } from '../config/measures'

export const dirProperty = {
  type: 'string',
  minLength: 1,
  description: 'Its folder. Default: HEWN_SPOOL, else `hewn/<service>` under XDG_STATE_HOME or ~/.local/state.',
} as const

/** Within what a spool is kept. */
export const boundsProperties = {
  maxBytes: {
    ...size,
    minimum: 1_048_576,
    description: 'Bytes that wait at most: `1GiB`; past that the oldest lines go, counted. Default: 256 MiB.',
  },
  maxAge: {
    ...duration,
    minimum: 1000,
    description: 'How long a line is worth sending: `7d`, or ms. Default: 7 days.',
  },
  minFree: {
    ...size,
    minimum: 0,
    description: 'Bytes that stay free on the disk: `1GiB`. Default: a twentieth of it, at most 256 MiB.',
  },
  fsync: {
    type: 'boolean',
    description: 'Outlive a loss of power: each turn waits for the disk, however long it takes.',
    default: false,
  },
} as const

/** What a spool that is only written can be told. */
export interface SidecarOptions extends FromSchema<typeof sidecarOptions> {}

const sidecarOptions = { type: 'object', properties: { dir: dirProperty, ...boundsProperties } } as const

/** The options of the spool, as they stand in a configuration. */
export const spoolSchema = {
  type: 'object',
  description: 'Where lines for network transports wait on disk.',
  properties: {
    dir: dirProperty,
    ...boundsProperties,
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
