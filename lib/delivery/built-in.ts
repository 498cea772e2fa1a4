import type { TransportDefinition } from './transport'

/** The network transports that come with hewn, by type. Each is loaded when it is first asked for. */
const LOAD: Readonly<Record<string, () => { readonly definition: unknown }>> = {
  elastic: () => (require('../../transports/elastic') as typeof import('../../transports/elastic')).elastic,
  graylog: () => (require('../../transports/graylog') as typeof import('../../transports/graylog')).graylog,
  http: () => (require('../../transports/http') as typeof import('../../transports/http')).http,
  tcp: () => (require('../../transports/tcp') as typeof import('../../transports/tcp')).tcp,
}

export const BUILT_IN_TYPES: readonly string[] = Object.keys(LOAD)

/** A transport that comes with hewn; undefined for a type that does not. */
export function builtIn(type: string): TransportDefinition | undefined {
  return Object.hasOwn(LOAD, type) ? (LOAD[type]!().definition as TransportDefinition) : undefined
}
