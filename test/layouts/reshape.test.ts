import { deepEqual, equal } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { reshape } from '../../lib/layouts/reshape'
import { isTold, linesOf, logCalls, ofLayout } from '../support/calls'
import { holds } from '../support/property'
import { parseStrict } from '../support/strict-json'

const SETTINGS = [{}, { name: 'app.db', service: 'checkout', env: 'production', version: '1.2.3' }]

for (const layout of ['ecs', 'pino'] as const) {
  t.test(`a line of hewn reshaped is the line that the layout ${layout} writes of the same call`, t => {
    for (const settings of SETTINGS) {
      const [hewn, own] = [ofLayout('hewn', settings), ofLayout(layout, settings)]
      holds(
        t,
        fc.property(logCalls.filter(isTold), call => {
          const [line, direct] = linesOf(call, hewn, own) as [string, string]
          deepEqual(parseStrict(reshape(line, layout) ?? ''), parseStrict(direct.trimEnd()))
        }),
        400,
      )
    }
    t.end()
  })
}

t.test('a line of hewn reshaped is, byte for byte, the line that the layout logfmt writes of the same call', t => {
  for (const settings of SETTINGS) {
    const [hewn, own] = [ofLayout('hewn', settings), ofLayout('logfmt', settings)]
    holds(
      t,
      fc.property(logCalls, call => {
        const [line, direct] = linesOf(call, hewn, own) as [string, string]
        equal(`${reshape(line, 'logfmt')}\n`, direct)
      }),
      200,
    )
  }
  t.end()
})

t.test('every way of writing the time becomes the one that the format knows', t => {
  const line = (time: unknown) => JSON.stringify({ time, level: 'info', msg: 'm', pid: 1, host: 'h' })
  const times = ['2026-11-22T21:57:31.123Z', 1795384651123, '1795384651123000042']
  const stamps = times.map(time => (JSON.parse(reshape(line(time), 'ecs')!) as Record<string, unknown>)['@timestamp'])
  t.strictSame(stamps, ['2026-11-22T21:57:31.123Z', '2026-11-22T21:57:31.123Z', '2026-11-22T21:57:31.123000042Z'])
  const epochs = times.map(time => (JSON.parse(reshape(line(time), 'pino')!) as Record<string, unknown>)['time'])
  t.strictSame(epochs, [1795384651123, 1795384651123, 1795384651123])
  t.end()
})

t.test('what is no line of hewn is answered with undefined', t => {
  for (const text of ['', 'Listening on 8080', '{"a":1}', '[1]', 'null', '{"time":1,"level":30}', '{"time":']) {
    for (const layout of ['ecs', 'pino', 'logfmt'] as const) t.equal(reshape(text, layout), undefined, text)
  }
  t.end()
})

t.test('an object with a message that is no error is of the class Object to pino', t => {
  const line = '{"time":"2026-11-22T21:57:31.123Z","level":"info","msg":"m","pid":1,"host":"h","err":{"message":"x"}}'
  t.match(JSON.parse(reshape(line, 'pino') ?? ''), { err: { type: 'Object', message: 'x', stack: '' } })
  t.end()
})

t.test('a level that is none of the standard ones keeps its name in a line of pino', t => {
  const line = '{"time":"2026-11-22T21:57:31.123Z","level":"notice","msg":"m","pid":1,"host":"h"}'
  t.equal(reshape(line, 'pino'), '{"level":"notice","time":1795384651123,"pid":1,"hostname":"h","msg":"m"}')
  t.end()
})
