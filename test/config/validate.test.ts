import Ajv from 'ajv'
import fc from 'fast-check'
import t from 'tap'
import type { Schema } from '../../lib/config/json-schema'
import { onlyKnown } from '../../lib/config/known'
import { type Path, printPath } from '../../lib/config/path'
import { configSchema, configureSchema, loggerSchema } from '../../lib/config/schema'
import { validate } from '../../lib/config/validate'
import { formatProblem } from '../../lib/problem'
import { hostiles } from '../support/hostile'
import { holds } from '../support/property'
import { anyFile, someConfig } from './generators'

function told(value: unknown, schema: Schema = configSchema): string[] {
  return validate(value, schema, 'app.json').map(formatProblem)
}

t.test('a good configuration has no problems', async t => {
  const config = {
    $schema: './node_modules/hewn/hewn.schema.json',
    service: 'checkout',
    version: '1.2.3',
    level: 'info,http=debug',
    fields: { region: 'eu', build: { number: 7 } },
    durability: 'line',
    time: 'epoch',
    maxLineBytes: 65536,
    exitTimeout: 0,
    signals: false,
    reload: { watch: false, signal: 'SIGHUP' },
    transports: [
      { type: 'stdout', name: 'out', level: 'warn', durability: 'turn', whenFull: 'drop' },
      { type: 'file', path: '/var/log/app.log', mode: 416 },
    ],
    env: { development: { level: 'debug', transports: [{ type: 'pretty' }] }, production: {} },
  }
  t.strictSame(told(config), [])
  t.strictSame(told({}), [])
})

t.test('a mistake is told with its place, what was found, what was expected and the nearest name', async t => {
  const cases: [unknown, string][] = [
    [[], 'app.json: found an array, expected an object'],
    [
      { levle: 'info' },
      "app.json: found the unknown option 'levle', expected one of $schema, service, version, level, fields, durability, transports, spool, closeTimeout, redact, layout, time, maxLineBytes, exitTimeout, signals, reload, env; did you mean 'level'?",
    ],
    [{ signals: 'no' }, "app.json signals: found 'no', expected true or false"],
    [{ service: '' }, "app.json service: found '', expected a string that is not empty"],
    [{ exitTimeout: -1 }, 'app.json exitTimeout: found -1, expected a whole number from 0 to 600000'],
    [{ exitTimeout: 0.5 }, 'app.json exitTimeout: found 0.5, expected a whole number from 0 to 600000'],
    [{ time: 'isso' }, "app.json time: found 'isso', expected 'iso' or 'epoch' or 'epochNanos'; did you mean 'iso'?"],
    [{ level: null }, 'app.json level: found null, expected a string'],
    [{ transports: {} }, 'app.json transports: found an object, expected an array'],
    [
      { transports: ['stdout'] },
      "app.json transports[0]: found 'stdout', expected an object with type 'stdout', 'file', 'pretty', 'spool', 'http', 'tcp', 'elastic', 'graylog'",
    ],
    [
      { transports: [{}] },
      "app.json transports[0].type: found nothing, expected 'stdout', 'file', 'pretty', 'spool', 'http', 'tcp', 'elastic', 'graylog'",
    ],
    [
      { transports: [{ type: 'fiel', path: 'x' }] },
      "app.json transports[0].type: found 'fiel', expected 'stdout', 'file', 'pretty', 'spool', 'http', 'tcp', 'elastic', 'graylog'; did you mean 'file'?",
    ],
    [
      { transports: [{ type: 'stdout' }, { type: 'file' }] },
      'app.json transports[1].path: found nothing, expected a string that is not empty',
    ],
    [
      { transports: [{ type: 'pretty', color: true }] },
      "app.json: found the unknown option 'color' in transports[0], expected one of type, name, level",
    ],
    [{ transports: Array(101).fill({ type: 'stdout' }) }, 'app.json transports: found 101 items, expected at most 100'],
    [{ env: { 'my env': { signals: 1 } } }, "app.json env['my env'].signals: found 1, expected true or false"],
    [{ reload: { watch: () => true } }, 'app.json reload.watch: found a function, expected true or false'],
  ]
  for (const [value, expected] of cases) t.strictSame(told(value), [expected])
})

t.test('an unknown option can be told from an invalid one, and each from its path', async t => {
  const problems = validate({ levle: 'x', transports: [{ type: 'file', pathe: 'x' }] }, configSchema, 'x')
  t.strictSame(
    problems.map(({ kind, path }) => [kind, printPath(path)]),
    [
      ['invalid', 'transports[0].path'],
      ['unknown', 'transports[0].pathe'],
      ['unknown', 'levle'],
    ],
  )
})

t.test('undefined is the same as absent, in code', async t => {
  t.strictSame(told({ level: undefined, levle: undefined, transports: undefined }, configureSchema), [])
})

t.test('what may be a secret is not shown', async t => {
  const schema: Schema = {
    type: 'object',
    properties: {
      apiKey: { type: 'integer', minimum: 0, maximum: 1 },
      headers: { type: 'object', additionalProperties: { type: 'boolean' } },
      url: { enum: ['a'] },
    },
    additionalProperties: false,
  }
  const value = { apiKey: 'hunter2', headers: { Authorization: 12345 }, url: 'https://user:hunter2@host/' }
  t.strictSame(told(value, schema), [
    'app.json apiKey: found a string, expected a whole number from 0 to 1',
    'app.json headers.Authorization: found a number, expected true or false',
    "app.json url: found a string, expected 'a'",
  ])
})

t.test('a path that is marked secret is not shown, nor what it is nearly', async t => {
  const problems = validate({ durability: 'lime' }, configSchema, 'x', { secret: new Set(['["durability"]']) })
  t.match(problems, [{ found: 'a string', suggestion: undefined }])
})

t.test('a hundred mistakes are fifty messages', async t => {
  const value = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`option${i}`, 1]))
  t.equal(told(value).length, 50)
})

t.test('hostile values are refused, never thrown over', async t => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  const cycle: { env?: unknown } = {}
  cycle.env = { production: cycle }
  const throwing = {
    get level(): never {
      throw new Error('no')
    },
    signals: 'no',
  }
  t.match(told(proxy), [/^app.json: found something that cannot be read/])
  t.match(told(throwing), [/level: found something that cannot be read/, /signals: found 'no'/])
  t.match(told(cycle), [/unknown option 'env' in env.production/])
  const endless = new Proxy([], { get: (_, key) => (key === 'length' ? 2 ** 40 : undefined) })
  t.match(told({ transports: endless }), [/transports: found 1099511627776 items/])
  t.strictSame(told(new Uint8Array(10_000_000)), ['app.json: found binary data, expected an object'])
  for (const { name, make } of hostiles.filter(({ slow, once }) => !slow && !once)) {
    for (const wrap of [(x: unknown) => x, (x: unknown) => ({ level: x, transports: [x], reload: x })]) {
      t.doesNotThrow(() => validate(wrap(make()), loggerSchema, 'createLogger()'), name)
    }
  }
})

t.test('it accepts and refuses what a full JSON Schema validator does', async t => {
  const full = new Ajv({ strict: false }).compile(configSchema)
  let good = 0
  holds(
    t,
    fc.property(someConfig, value => {
      const expected = full(value)
      if (expected) good++
      return (validate(value, configSchema, 'x').length === 0) === expected
    }),
    1000,
  )
  t.ok(good > 100, `${good} of them are good`)
})

t.test('any JSON is good or has problems, and each stands at a place that exists', async t => {
  holds(
    t,
    fc.property(anyFile, value => {
      for (const { path, found } of validate(value, configSchema, 'x')) {
        if (found === 'nothing' ? !exists(value, path.slice(0, -1)) : !exists(value, path)) return false
      }
      return true
    }),
    300,
  )
})

t.test('what is left of a configuration without its unknown options is good', async t => {
  holds(
    t,
    fc.property(someConfig, value => {
      const problems = validate(value, configSchema, 'x')
      if (problems.some(({ kind }) => kind === 'invalid')) return true
      const kept = onlyKnown(value, configSchema)
      return (
        validate(kept, configSchema, 'x').length === 0 &&
        (problems.length > 0 || JSON.stringify(kept) === JSON.stringify(value))
      )
    }),
    300,
  )
})

function exists(value: unknown, path: Path): boolean {
  let inside = value
  for (const step of path) {
    if (typeof inside !== 'object' || inside === null || !Object.hasOwn(inside, step)) return false
    inside = (inside as Record<string | number, unknown>)[step]
  }
  return true
}
