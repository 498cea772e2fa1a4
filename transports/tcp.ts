import { builtInTransport, type OpenTransport, tlsSchema } from '../lib/delivery/definition'

/** JSON lines over a TCP connection, with TLS if asked for. */
export const tcp = builtInTransport({
  name: 'tcp',
  acknowledges: 'none',
  options: {
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
  },
  limits: { bytes: 256 * 1024 },

  async open({ host, port, secure, tls }): Promise<OpenTransport> {
    const { TcpClient, withId } = await import('../lib/delivery/sending.js')
    const client = new TcpClient({ host, port, tls: tls ?? (secure === true ? {} : undefined) })
    return {
      async send({ lines }, { signal }) {
        await client.write(`${lines.map(withId).join('\n')}\n`, signal)
      },
      check: (record, { signal }) => client.check(`${withId(record)}\n`, signal),
      close: () => client.close(),
    }
  },
})
