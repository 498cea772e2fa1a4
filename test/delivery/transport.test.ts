import { pathToFileURL } from 'node:url'
import t from 'tap'
import { withId } from '../../lib/delivery/line-id'
import { loadTransport } from '../../lib/delivery/load'
import { type DefinedTransport, defineTransport } from '../../lib/delivery/transport'
import { http } from '../../transports/http'

const open = () => ({ send: async () => {}, close: () => {} })
const empty = { type: 'object', properties: {}, additionalProperties: false } as const

t.test('a description is plain data, that names its module', async t => {
  const description = http({ url: 'http://localhost/', name: 'mine', level: 'warn', headers: { a: 'b' } })
  t.strictSame(structuredClone(description), description)
  t.match(description, { type: 'http', name: 'mine', level: 'warn', url: 'http://localhost/' })
  t.equal(description.module, pathToFileURL(require.resolve('../../transports/http')).href)
  const loaded = await loadTransport(structuredClone(description) as DefinedTransport<object>)
  t.match(loaded, { name: 'mine', limits: { lines: 1000, concurrency: 1 } })
})

t.test('a description that cannot be loaded is answered with what is missing', async t => {
  const description = { type: 'https', module: http({ url: 'http://x' }).module }
  await t.rejects(loadTransport(description), /exports no transport 'https' made by defineTransport/)
  const wrong = { ...http({ url: 'http://x' }), maxLines: 0 } as DefinedTransport<object>
  await t.rejects(loadTransport(wrong), /http\(\) maxLines: found 0, expected a whole number from 1/)
})

t.test('a definition that is wrong is answered at once', async t => {
  const define = (more: object) => () =>
    defineTransport(__filename, { name: 'x', acknowledges: 'none', options: empty, open, ...more } as never)
  t.throws(define({ name: 'Not Good' }), /defineTransport name: found 'Not Good'/)
  t.throws(define({ open: 5 }), /defineTransport open: found number, expected a function/)
  t.throws(define({ options: { type: 'string' } }), /expected a JSON Schema with type 'object'/)
  t.throws(define({ options: { type: 'object', properties: { level: {} } } }), /an option 'level'/)
  t.doesNotThrow(define({}))
})

t.test('a line gets its id as a field, once', async t => {
  t.equal(withId({ id: 'a-1', text: '{"msg":"x"}' }), '{"hewn_id":"a-1","msg":"x"}')
  t.equal(withId({ id: 'a-1', text: '{}' }), '{"hewn_id":"a-1"}')
  t.equal(withId({ id: 'a-2', text: '{"hewn_id":"a-1","msg":"x"}' }), '{"hewn_id":"a-1","msg":"x"}')
})
