import t from 'tap'
import { defaultConfig } from '../../lib/config/defaults'
import { environmentOf, merge, profileProblems, withProfile } from '../../lib/config/profile'
import { configSchema } from '../../lib/config/schema'
import { validate } from '../../lib/config/validate'
import { formatProblem } from '../../lib/problem'

t.test('the environment is HEWN_ENV, else NODE_ENV, else development', async t => {
  t.equal(environmentOf({ HEWN_ENV: 'staging', NODE_ENV: 'production' }), 'staging')
  t.equal(environmentOf({ NODE_ENV: 'production' }), 'production')
  t.equal(environmentOf({ HEWN_ENV: '', NODE_ENV: '' }), 'development')
  t.equal(environmentOf({}), 'development')
})

t.test('a profile merges objects and replaces everything else', async t => {
  const file = {
    service: 'checkout',
    level: 'info,http=debug',
    fields: { region: 'eu', build: { number: 7, by: 'ci' } },
    transports: [{ type: 'stdout' }, { type: 'file', path: 'a' }],
    env: {
      production: { level: 'warn', fields: { region: 'us', build: { number: 8 } }, transports: [{ type: 'stdout' }] },
      test: { signals: false },
    },
  }
  t.strictSame(withProfile(file, 'production').value, {
    service: 'checkout',
    level: 'warn',
    fields: { region: 'us', build: { number: 8, by: 'ci' } },
    transports: [{ type: 'stdout' }],
  })
  const { env: _, ...base } = file
  t.strictSame(withProfile(file, 'test').value, { ...base, signals: false })
  t.strictSame(withProfile(file, 'staging').value, base)
})

t.test('a place in what is merged leads back to the base or the profile', async t => {
  const file = {
    fields: { a: 1, b: { c: 1 } },
    transports: [{ type: 'stdout' }],
    env: { production: { fields: { b: { d: 2 } }, transports: [{ type: 'file' }] } },
  }
  const { place } = withProfile(file, 'production')
  t.strictSame(place(['fields', 'a']), ['fields', 'a'])
  t.strictSame(place(['fields', 'b', 'c']), ['fields', 'b', 'c'])
  t.strictSame(place(['fields', 'b', 'd']), ['env', 'production', 'fields', 'b', 'd'])
  t.strictSame(place(['transports', 0, 'path']), ['env', 'production', 'transports', 0, 'path'])
  t.strictSame(place(['level']), ['level'])
})

t.test('names of prototypes are names like any other', async t => {
  const file = JSON.parse(
    '{"fields":{"a":1},"env":{"__proto__":{"level":"warn"},"x":{"__proto__":{"level":"trace"},"fields":{"__proto__":{"b":1}}}}}',
  )
  t.equal(JSON.stringify(withProfile(file, '__proto__').value), '{"fields":{"a":1},"level":"warn"}')
  t.equal(JSON.stringify(withProfile(file, 'constructor').value), '{"fields":{"a":1}}')
  const merged = withProfile(file, 'x').value as { level?: string; fields: { b?: number } }
  t.equal(merged.level, undefined)
  t.equal(merged.fields.b, undefined)
})

t.test('nesting without an end is merged without filling the stack', async t => {
  const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`
  t.doesNotThrow(() => withProfile(JSON.parse(`{"fields":${deep},"env":{"x":{"fields":${deep}}}}`), 'x'))
})

t.test("an environment's name that is nearly a profile's is told", async t => {
  const profiles = { development: {}, production: {} }
  t.strictSame(profileProblems({ NODE_ENV: 'prodution' }, profiles).map(formatProblem), [
    "NODE_ENV: found 'prodution', expected one of the profiles development, production; did you mean 'production'?",
  ])
  t.match(profileProblems({ HEWN_ENV: 'Production', NODE_ENV: 'production' }, profiles), [{ where: 'HEWN_ENV' }])
  t.strictSame(profileProblems({ NODE_ENV: 'staging' }, profiles), [])
  t.strictSame(profileProblems({ NODE_ENV: 'production' }, profiles), [])
  t.strictSame(profileProblems({}, { developmen: {} }), [])
})

t.test('a later configuration goes over an earlier one, option by option', async t => {
  const base = { level: 'info', fields: { a: 1, b: { c: 1 } }, transports: [{ type: 'stdout' as const }] }
  const over = { level: undefined, fields: { b: { d: 1 } }, signals: false, transports: [] }
  t.strictSame(merge(base, over), { level: 'info', fields: { a: 1, b: { d: 1 } }, signals: false, transports: [] })
  t.strictSame(base.fields, { a: 1, b: { c: 1 } }, 'the earlier one stays as it is')
})

t.test('without a configuration the environment and the terminal decide', async t => {
  const stdout = { transports: [{ type: 'stdout' }] }
  const pretty = { transports: [{ type: 'pretty' }] }
  t.strictSame(defaultConfig('production', true), { level: 'info', ...stdout })
  t.strictSame(defaultConfig('production', false), { level: 'info', ...stdout })
  t.strictSame(defaultConfig('test', false), { level: 'warn', ...stdout })
  t.strictSame(defaultConfig('test', true), { level: 'warn', ...pretty })
  t.strictSame(defaultConfig('development', true), { level: 'debug', ...pretty })
  t.strictSame(defaultConfig('staging', false), { level: 'info', ...stdout })
  for (const environment of ['production', 'test', 'development']) {
    for (const terminal of [true, false])
      t.strictSame(validate(defaultConfig(environment, terminal), configSchema, ''), [])
  }
})
