import t from 'tap'
import { type ContractSubject, transportContract } from '../../lib/testing'
import { graylog } from '../../transports/graylog'
import { type GelfProtocol, GelfReceiver, type GelfReceiverOptions } from '../support/receivers/gelf-receiver'

// Four ways, one request a message in one of them: ten seconds on a slow machine.
t.setTimeout(100_000)

function subject(protocol: GelfProtocol, options: GelfReceiverOptions = {}): ContractSubject {
  const http = protocol === 'http'
  return {
    acknowledges: http,
    ...(http ? { poison: '{"msg":"poison"}', secrets: ['hunter2-hunter2'] } : {}),
    async start() {
      const poison = { poison: (message: ReadonlyMap<string, unknown>) => message.get('message') === 'poison' }
      const receiver = new GelfReceiver(protocol, { ...options, ...(http ? poison : {}) })
      const url = await receiver.start()
      return {
        transport: graylog({
          url,
          ...(http ? { headers: { authorization: 'hunter2-hunter2' } } : {}),
          ...(options.bulk === true ? { bulk: true } : {}),
        }),
        received: () => receiver.stored.map(message => String(message.get('message'))),
        refuse: kind => {
          receiver.always = kind === undefined ? undefined : kind === 'hold' ? 401 : 503
        },
        ...(http
          ? {
              stall: (stalled: boolean) => {
                receiver.always = stalled ? 'no answer' : undefined
              },
            }
          : {}),
        stop: () => receiver.stop(),
      }
    },
  }
}

for (const [what, given] of Object.entries({
  UDP: subject('udp'),
  TCP: subject('tcp'),
  HTTP: subject('http'),
  'HTTP in bulk': subject('http', { bulk: true }),
})) {
  for (const { name, run } of transportContract(given)) {
    // Six seconds, and the same client as in bulk.
    if (what !== 'HTTP' || !name.includes('does not answer')) t.test(`${what}, contract: ${name}`, run)
  }
}
