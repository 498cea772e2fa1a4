import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { BUILT_IN_TYPES, builtIn } from '../../lib/delivery/built-in'
import { withId } from '../../lib/delivery/line-id'
import { loadTransport } from '../../lib/delivery/load'
import { type DefinedTransport, defineTransport } from '../../lib/delivery/transport'
import { http } from '../../transports/http'

const open = () => ({ send: async () => {}, close: () => {} })
const empty = { type: 'object', properties: {}, additionalProperties: false } as const

t.test('a description is plain data, as it would stand in a configuration', async t => {
  const options = { url: 'http://localhost/', name: 'mine', level: 'warn', headers: { a: 'b' } }
  const description = http(options)
  t.strictSame(structuredClone(description), { type: 'http', ...options })
  const loaded = await loadTransport(structuredClone(description) as DefinedTransport<object>)
  t.match(loaded, { name: 'mine', limits: { lines: 1000, concurrency: 1 } })
})

t.test('a description that cannot be loaded is answered with what is missing', async t => {
  const module = pathToFileURL(require.resolve('../../transports/http')).href
  await t.rejects(loadTransport({ type: 'https', module }), /exports no transport 'https' made by defineTransport/)
  await t.rejects(loadTransport({ type: 'https' }), /hewn has no transport 'https'/)
  const wrong = { ...http({ url: 'http://x' }), maxLines: 0 } as DefinedTransport<object>
  await t.rejects(loadTransport(wrong), /http\(\) maxLines: found 0, expected a whole number from 1/)
})

t.test("a description of a transport of one's own names its module, if another thread can load that", async t => {
  const module = (where: string | undefined): string | undefined =>
    defineTransport(where, { name: 'own', acknowledges: 'none', options: empty, open })().module
  const url = pathToFileURL(__dirname).href
  t.equal(module(`${url}/virtual-clock.js`)?.slice(0, 5), 'here:', 'a file that is not there')
  const other = require.resolve('../../transports/http')
  t.equal(module(other), pathToFileURL(other).href)
  t.equal(module(pathToFileURL(other).href), pathToFileURL(other).href)
  for (const where of [__filename, undefined, '', 'file:', 'https://example.com/x.js', 'file://host/x.js']) {
    const name = module(where)!
    t.match(name, /^here:own(#\d+)?$/, `${where}`)
    t.equal((await loadTransport({ type: 'own', module: name })).name, 'own')
  }
})

t.test('every network transport in transports/ is one that comes with hewn', async t => {
  const folder = join(__dirname, '../../transports')
  const defined = readdirSync(folder).filter(name => {
    const [made] = name.endsWith('.js') ? Object.values(require(join(folder, name)) as object) : []
    return typeof made === 'function' && 'definition' in made
  })
  t.same(defined.map(name => name.slice(0, -3)).sort(), [...BUILT_IN_TYPES].sort())
  for (const type of BUILT_IN_TYPES) t.equal(builtIn(type)?.name, type)
  t.equal(builtIn('constructor'), undefined)
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
