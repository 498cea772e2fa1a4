import { builtInTransport, type OpenTransport } from '../lib/delivery/definition'
import { tcpOptions } from '../lib/delivery/tcp/options'

/** JSON lines over a TCP connection, with TLS if asked for. */
export const tcp = builtInTransport({
  name: 'tcp',
  acknowledges: 'none',
  options: tcpOptions,
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
