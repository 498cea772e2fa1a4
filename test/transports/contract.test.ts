import t from 'tap'
import { type ContractSubject, transportContract } from '../../lib/testing'
import { http } from '../../transports/http'
import { tcp } from '../../transports/tcp'
import { HttpReceiver } from '../support/receivers/http-receiver'
import { TcpReceiver } from '../support/receivers/tcp-receiver'

// They mostly wait, each for a receiver of its own.
t.jobs = 4

const httpSubject = (format: 'lines' | 'array'): ContractSubject => ({
  poison: '{"poison":true}',
  secrets: ['hunter2-hunter2'],
  async start() {
    const receiver = new HttpReceiver({ poison: line => 'poison' in line })
    const url = await receiver.start()
    return {
      transport: http({
        url: url.replace('//', '//user:hunter2-hunter2@'),
        format,
        headers: { 'x-api-key': 'hunter2-hunter2' },
      }),
      received: () => receiver.stored.map(line => String(line['msg'])),
      refuse: kind => {
        receiver.always =
          kind === undefined ? undefined : { status: kind === 'hold' ? 403 : 503, body: 'hunter2-hunter2' }
      },
      stall: stalled => {
        receiver.always = stalled ? 'no answer' : undefined
      },
      stop: () => receiver.stop(),
    }
  },
})

const tcpSubject: ContractSubject = {
  acknowledges: false,
  async start() {
    const receiver = new TcpReceiver()
    const port = await receiver.start()
    return {
      transport: tcp({ host: '127.0.0.1', port }),
      received: () => receiver.stored.map(line => String(line['msg'])),
      refuse: () => {},
      stop: () => receiver.stop(),
    }
  },
}

for (const [what, subject] of Object.entries({
  'http, lines': httpSubject('lines'),
  'http, array': httpSubject('array'),
  tcp: tcpSubject,
})) {
  for (const { name, run } of transportContract(subject)) t.test(`${what}: ${name}`, { buffered: true }, run)
}
