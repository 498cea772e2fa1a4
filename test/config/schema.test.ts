import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import Ajv from 'ajv'
import t from 'tap'
import type { Schema } from '../../lib/config/json-schema'
import { type Config, type ConfigFile, transportSchemas } from '../../lib/config/schema'
import { BUILT_IN_TYPES, builtIn } from '../../lib/delivery/built-in'
import type { ConfigureOptions, LoggerOptions } from '../../lib/index'
import { optionTables, publishedSchema, withTables } from '../../scripts/schema'
import type { elastic } from '../../transports/elastic'
import type { FileTransport } from '../../transports/file'
import type { graylog } from '../../transports/graylog'
import type { http } from '../../transports/http'
import type { PrettyTransport } from '../../transports/pretty'
import type { StdoutTransport } from '../../transports/stdout'
import type { tcp } from '../../transports/tcp'

const root = resolve(__dirname, '../../..')

t.test('the published schema is the one that configurations are checked by', async t => {
  const text = readFileSync(join(root, 'hewn.schema.json'), 'utf8')
  t.equal(text, publishedSchema(), 'if the change is meant: npm run docs')
  const check = new Ajv().compile(JSON.parse(text))
  t.ok(
    check({ $schema: 'x', level: 'info', transports: [{ type: 'file', path: 'a' }], env: { test: { level: 'warn' } } }),
  )
  t.notOk(check({ env: { test: { env: {} } } }))
})

t.test('each option has a description', async t => {
  const bare: string[] = []
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [key, schema] of Object.entries((value as { properties?: object }).properties ?? {})) {
      if (!('description' in schema) && !('const' in schema)) bare.push(`${path}.${key}`)
    }
    for (const [key, item] of Object.entries(value)) visit(item, `${path}.${key}`)
  }
  visit(JSON.parse(publishedSchema()), '')
  t.strictSame(bare, [])
})

t.test('docs/configuration.md has the tables of all options', async t => {
  const document = readFileSync(join(root, 'docs/configuration.md'), 'utf8')
  t.equal(document, withTables(document, optionTables()), 'if the change is meant: npm run docs')
  t.match(optionTables(), '| `reload.watch` | boolean | `true` |')
  t.match(optionTables(), '| `path` | string | required |')
  t.match(optionTables(), '| `whenFull` | `"wait"` or `"drop"` | `"wait"` |')
  t.throws(() => withTables('no markers', ''), /no <!-- options:start -->/)
})

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false
type Transport = NonNullable<Config['transports']>[number]
/** What a transport's function returns. */
type Made<F extends (...options: never[]) => object> = { [K in keyof ReturnType<F>]: ReturnType<F>[K] }
type Of<Type> = Extract<Transport, { type: Type }>

t.test('the types of a configuration are what its schema says', async t => {
  // Checked by the compiler: a type that differs makes one of these `true` an error.
  const same: { [name: string]: true } = {
    stdout: true satisfies Same<Of<'stdout'>, StdoutTransport>,
    file: true satisfies Same<Of<'file'>, FileTransport>,
    pretty: true satisfies Same<Of<'pretty'>, PrettyTransport>,
    http: true satisfies Same<Of<'http'>, Made<typeof http>>,
    tcp: true satisfies Same<Of<'tcp'>, Made<typeof tcp>>,
    elastic: true satisfies Same<Of<'elastic'>, Made<typeof elastic>>,
    graylog: true satisfies Same<Of<'graylog'>, Made<typeof graylog>>,
    time: true satisfies Same<Config['time'], 'iso' | 'epoch' | 'epochNanos' | undefined>,
    fields: true satisfies Same<Config['fields'], object | undefined>,
    exitTimeout: true satisfies Same<Config['exitTimeout'], number | undefined>,
    reload: true satisfies Same<NonNullable<Config['reload']>['watch'], boolean | undefined>,
    profiles: true satisfies Same<NonNullable<ConfigFile['env']>[string], Config>,
    configure: true satisfies Same<ConfigureOptions['level'], Config['level']>,
    createLogger: true satisfies Same<LoggerOptions['durability'], Config['durability']>,
  }
  t.ok(Object.values(same).every(Boolean))
  // @ts-expect-error: a file needs a path
  const pathless: Config = { transports: [{ type: 'file' }] }
  // @ts-expect-error: http needs a URL
  const nowhere: Config = { transports: [{ type: 'http', gzip: true }] }
  // @ts-expect-error: there is no such transport
  const unknown: Config = { transports: [{ type: 'fiel', path: 'x' }] }
  // @ts-expect-error: there is no such option
  const typo: Config = { levle: 'info' }
  t.ok(pathless && nowhere && unknown && typo)
})

t.test("a built-in transport's options are in the schema as it checks them itself", async t => {
  for (const type of BUILT_IN_TYPES) {
    const { options } = builtIn(type)!
    const schema: Schema = Object.entries(transportSchemas).find(([known]) => known === type)![1]
    const { type: itself, name, level, ...own } = schema.properties ?? {}
    t.strictSame(own, options.properties, type)
    t.strictSame(itself, { const: type })
    t.ok(name && level)
    t.strictSame(schema.required, ['type', ...(options.required ?? [])])
    t.equal(schema.additionalProperties, options.additionalProperties)
  }
  const check = new Ajv().compile(JSON.parse(publishedSchema()))
  t.ok(
    check({ transports: [{ type: 'http', url: 'https://x', maxLines: 5 }], spool: { maxBytes: '1GiB', maxAge: '7d' } }),
  )
  t.notOk(check({ transports: [{ type: 'http', url: 'https://x', maxLine: 5 }] }))
  t.notOk(check({ transports: [{ type: 'elastic' }] }))
  t.notOk(check({ spool: { maxBytes: '1 gigabyte' } }))
  t.ok(check({ transports: [{ type: '@acme/audit', anything: 1 }] }))
})
