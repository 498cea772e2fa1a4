import type { Schema } from '../config/json-schema'

/** How to speak TLS. Certificates are PEM texts, not paths: options travel to another thread, or another machine. */
export interface TlsOptions {
  /** Certificates to trust instead of the system's. */
  readonly ca?: string | undefined
  /** Our own certificate and its key, where the receiver asks for one. */
  readonly cert?: string | undefined
  readonly key?: string | undefined
  /** The name that the receiver's certificate must bear. Default: the host. */
  readonly servername?: string | undefined
}

export const tlsSchema = {
  type: 'object',
  description: 'TLS. A receiver whose certificate cannot be trusted gets no line.',
  properties: {
    ca: { type: 'string', minLength: 1, description: "Certificates to trust instead of the system's, as PEM." },
    cert: { type: 'string', minLength: 1, description: 'Our own certificate, as PEM.' },
    key: { type: 'string', minLength: 1, description: 'Its key, as PEM.' },
    servername: {
      type: 'string',
      minLength: 1,
      description: "The name that the receiver's certificate must bear. Default: the host.",
    },
  },
  additionalProperties: false,
} as const satisfies Schema

/** Only what was given, for node:tls and node:https. */
export function tlsSettings(options: TlsOptions | undefined): Record<string, string> {
  const given = Object.entries(options ?? {}).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given) as Record<string, string>
}
