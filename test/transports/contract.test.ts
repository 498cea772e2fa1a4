import t from 'tap'
import { type ContractSubject, transportContract } from '../../lib/testing'
import { elastic } from '../../transports/elastic'
import { http } from '../../transports/http'
import { tcp } from '../../transports/tcp'
import { BulkReceiver } from '../support/receivers/bulk-receiver'
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

const elasticSubject: ContractSubject = {
  poison: '{"time":"2026-11-22T21:57:31.123Z","level":"info","poison":true}',
  secrets: ['hunter2-hunter2'],
  async start() {
    const refused = { status: 400, type: 'document_parsing_exception', reason: 'not this one' }
    const receiver = new BulkReceiver({ judge: document => ('poison' in document ? refused : undefined) })
    const url = await receiver.start()
    return {
      transport: elastic({ node: [url, url], username: 'app', password: 'hunter2-hunter2' }),
      received: () => receiver.stored.map(({ document }) => String(document['message'])),
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
}

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
  elastic: elasticSubject,
  tcp: tcpSubject,
})) {
  for (const { name, run } of transportContract(subject)) t.test(`${what}: ${name}`, { buffered: true }, run)
}
