import { execFileSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { type Loaded, loadConfig } from '../../lib/config/load'
import { profileSchema } from '../../lib/config/schema'
import { validate } from '../../lib/config/validate'
import { formatProblem } from '../../lib/problem'
import { holds } from '../support/property'
import { anyFile, PLANTED, someConfig } from './generators'

const folder = t.testdir({})
const path = join(folder, 'app.json')

function loadText(text: string, env: Record<string, string> = {}): Loaded {
  writeFileSync(path, text)
  return loadConfig({ path, kind: 'file' }, env)
}

function load(value: unknown, env?: Record<string, string>): Loaded {
  return loadText(JSON.stringify(value), env)
}

/** What is told, with the file's name for its path. */
function told({ errors, warnings }: Loaded): string[] {
  return [...errors, ...warnings].map(problem => formatProblem(problem).replaceAll(path, 'app.json'))
}

t.test('a file is read, its profile merged, its variables filled in', async t => {
  const file = {
    $schema: 'x',
    service: 'checkout',
    level: 'info',
    transports: [{ type: 'stdout' }],
    env: { production: { level: '${LEVEL:-warn}', transports: [{ type: 'file', path: '${DIR}/app.log' }] } },
  }
  const loaded = load(file, { NODE_ENV: 'production', DIR: '/var/log' })
  t.strictSame(loaded, {
    found: { path, kind: 'file' },
    config: { service: 'checkout', level: 'warn', transports: [{ type: 'file', path: '/var/log/app.log' }] },
    errors: [],
    warnings: [],
  })
})

t.test('a path of redact that cannot be read is told, and the others hold', async t => {
  const redact = { paths: ['password', 'a..b', '@comon'], hash: { key: '${KEY}', paths: ['${PATH_}'] } }
  const loaded = load({ redact, env: { production: { redact: ['x['] } } }, { KEY: PLANTED, PATH_: `${PLANTED}[` })
  t.strictSame(told(loaded), [
    "app.json redact.paths[1]: found '.', expected a key, '*' or '**'\n  a..b\n    ^",
    `app.json redact.paths[2]: found '@comon', expected @common, or a key in brackets: ["@key"]; did you mean '@common'?`,
    `app.json redact.hash.paths[0]: found a mistake, expected '*', an index, or a key in quotes: ["key"]`,
    'app.json redact.hash.key: found 11 characters, expected a secret of at least 16',
  ])
  t.strictSame(loaded.config, { redact: { ...redact, hash: { key: PLANTED, paths: [`${PLANTED}[`] } } })
  const list = load({ redact, env: { production: { redact: ['x'] } } }, { NODE_ENV: 'production' })
  t.strictSame(list.config, { redact: ['x'] }, 'a list replaces')
})

t.test('without a file there is none', async t => {
  t.strictSame(loadConfig(undefined, {}), { found: undefined, config: undefined, errors: [], warnings: [] })
})

t.test('package.json#hewn is named so in messages', async t => {
  const dir = t.testdir({ 'package.json': '{"name":"x","hewn":{"signals":1,"levle":"warn"}}' })
  const { errors, warnings } = loadConfig({ path: join(dir, 'package.json'), kind: 'package' }, {})
  t.match(errors.map(formatProblem), [/package.json#hewn signals: found 1/])
  t.match(warnings.map(formatProblem), [/package.json#hewn: found the unknown option 'levle'/])
})

t.test('a variable that only an overridden base needs may be missing', async t => {
  const file = {
    transports: [{ type: 'file', path: '${LOG_DIR}/app.log' }],
    env: { development: { transports: [{ type: 'pretty' }] } },
  }
  t.strictSame(load(file).config, { transports: [{ type: 'pretty' }] })
  t.match(told(load(file, { HEWN_ENV: 'production' })), [
    /^app.json transports\[0\].path: found \$\{LOG_DIR\}, which is not set/,
  ])
})

t.test('an invalid value makes a bad file, told once and by its place in the file', async t => {
  const file = { service: 'x', env: { production: { transports: [{ type: 'stdout', whenFull: 'dorp' }] } } }
  const { config, errors, warnings } = load(file, { NODE_ENV: 'production' })
  t.equal(config, undefined)
  t.strictSame(
    errors.map(({ where, suggestion }) => [where, suggestion]),
    [[`${path} env.production.transports[0].whenFull`, 'drop']],
  )
  t.strictSame(warnings, [])
})

t.test('a mistake in the profile of another environment is told, and spoils nothing', async t => {
  const file = {
    level: 'info',
    env: {
      production: {
        durability: 'lien',
        time: '${TIME}',
        level: 'warn,http=debgu',
        transports: [{ type: '${TYPE}' }, { type: 'stdout', level: 'wran' }, { type: 'stdout', level: '${LEVEL}' }],
      },
    },
  }
  const loaded = load(file)
  t.strictSame(loaded.config, { level: 'info' })
  t.strictSame(loaded.errors, [])
  t.match(told(loaded), [
    /^app.json env.production.durability: found 'lien'.*did you mean 'line'/,
    /^app.json env.production.level: found 'debgu'/,
    /^app.json env.production.transports\[1\].level: found 'wran'.*did you mean 'warn'/,
  ])
  t.equal(told(loaded).length, 3)
})

t.test('an unknown option is told and has no effect', async t => {
  const loaded = load({
    levle: 'warn',
    level: 'info',
    transports: [{ type: 'stdout', fd: 2 }],
    reload: { wathc: true },
  })
  t.strictSame(loaded.config, { level: 'info', transports: [{ type: 'stdout' }], reload: {} })
  t.strictSame(loaded.errors, [])
  t.match(told(loaded), [
    /'fd' in transports\[0\]/,
    /'wathc' in reload.*did you mean 'watch'/,
    /'levle'.*did you mean 'level'/,
  ])
})

t.test('a rule that cannot be read is told, and the others hold', async t => {
  const loaded = load({ level: 'warn,http=debgu,db=trace', transports: [{ type: 'stdout', level: 'wran' }] })
  t.equal(loaded.config?.level, 'warn,http=debgu,db=trace')
  t.match(told(loaded), [
    /^app.json level: found 'debgu'.*\n {2}warn,http=debgu,db=trace\n {12}\^{5}$/,
    /^app.json transports\[0\].level: found 'wran', expected a level \(trace, .*silent\); did you mean 'warn'\?$/,
  ])
})

t.test('a signal that nobody can listen to is told, by its place in the file', async t => {
  const file = (signal: string) => ({ level: 'info', env: { production: { reload: { signal } } } })
  const loaded = load(file('SIGHUB'), { NODE_ENV: 'production' })
  t.strictSame(loaded.config, { level: 'info', reload: { signal: 'SIGHUB' } })
  t.strictSame(told(loaded), [
    "app.json env.production.reload.signal: found 'SIGHUB', expected a signal such as SIGUSR2 or SIGHUP; did you mean 'SIGHUP'?",
  ])
  t.match(told(load(file('SIGKILL'), { NODE_ENV: 'production' })), [/found 'SIGKILL', expected a signal/])
  t.match(told(load(file('${S}'), { NODE_ENV: 'production', S: PLANTED })), [/signal: found another word, expected/])
  t.strictSame(told(load(file('SIGHUP'), { NODE_ENV: 'production' })), [])
  t.strictSame(told(load(file('SIGUSR2'), { NODE_ENV: 'production' })), [])
})

t.test("an environment's name that is nearly a profile's is told", async t => {
  t.match(told(load({ env: { production: {} } }, { NODE_ENV: 'prodution' })), [/^NODE_ENV: found 'prodution'/])
})

t.test('a file that cannot be read is told', async t => {
  const read = (path: string) => formatProblem(loadConfig({ path, kind: 'file' }, {}).errors[0]!)
  const nowhere = join(folder, 'nowhere.json')
  t.equal(read(nowhere), `${nowhere}: found no such file, expected a configuration in JSON`)
  t.equal(read(folder), `${folder}: found a folder, expected a configuration in JSON`)
  const large = join(folder, 'large.json')
  writeFileSync(large, ' '.repeat(1_048_577))
  t.equal(read(large), `${large}: found 1048577 bytes, expected at most 1048576`)
})

t.test('a pipe or a file of another user is told', { skip: process.platform === 'win32' }, async t => {
  const read = (path: string) => formatProblem(loadConfig({ path, kind: 'file' }, {}).errors[0]!)
  const pipe = join(t.testdir({}), 'pipe')
  execFileSync('mkfifo', [pipe])
  t.equal(read(pipe), `${pipe}: found a pipe or device, expected a configuration in JSON`)
  t.equal(read('/dev/zero'), '/dev/zero: found a pipe or device, expected a configuration in JSON')
  if (process.getuid?.() === 0) return
  const locked = join(folder, 'locked.json')
  writeFileSync(locked, '{}')
  chmodSync(locked, 0)
  t.equal(read(locked), `${locked}: found a file that this user may not read, expected a configuration in JSON`)
})

t.test('a syntax error is told with its line and a caret', async t => {
  t.strictSame(told(loadText('{\r\n  "service": "x",\r\n  "level": debug,\r\n}\r\n')), [
    'app.json:3:12: found a word without quotes, expected a value\n    "level": debug,\n             ^^^^^',
  ])
  t.strictSame(told(loadText('{\n  "level": "info",\n}\n')), [
    'app.json:2:18: found a trailing comma, expected no comma before \'}\'\n    "level": "info",\n                   ^',
  ])
  t.strictSame(told(loadText('{ "level": "info"\n\n')), [
    'app.json:1:18: found the end of the file, expected \',\' or \'}\'\n  { "level": "info"\n                   ^',
  ])
  t.strictSame(told(loadText('')), ['app.json:1:1: found nothing, expected a value\n  \n  ^'])
})

t.test('a byte order mark is no mistake', async t => {
  t.strictSame(loadText('\ufeff{"level":"warn"}').config, { level: 'warn' })
})

t.test('a syntax error shows only words that hewn has', async t => {
  t.strictSame(told(loadText(`{ "dbCode": "${PLANTED}" "level": "debug", "service": "shop" }`)), [
    'app.json:1:27: found a string, expected \',\' or \'}\'\n  { "······": "···········" "level": "debug", "service": "····" }\n                            ^^^^^^^',
  ])
})

t.test('any file is good or bad, and never throws', async t => {
  holds(
    t,
    fc.property(anyFile, fc.constantFrom('production', 'development', '__proto__'), (value, HEWN_ENV) => {
      const { config, errors } = load(value, { HEWN_ENV })
      if (config === undefined) return errors.length > 0
      return errors.length === 0 && validate(config, profileSchema, '').length === 0
    }),
    200,
  )
  for (const text of [
    'null',
    '1',
    '[]',
    '{"env":1}',
    '{"env":{"development":[]}}',
    `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
  ]) {
    t.doesNotThrow(() => loadText(text), text.slice(0, 40))
  }
})

t.test('a value that came from a variable is in no message', async t => {
  // Each string and number becomes the secret, by way of a variable.
  const throughVariable = (value: unknown): unknown => {
    if (typeof value === 'string' || typeof value === 'number') return '${PLANTED}'
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map(throughVariable)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, throughVariable(item)]))
  }
  holds(
    t,
    fc.property(someConfig, value => {
      const loaded = load(throughVariable(value), { PLANTED, HEWN_ENV: 'production' })
      return !told(loaded).join('\n').includes(PLANTED)
    }),
    200,
  )
  const { warnings } = load({ level: 'warn,http=${PLANTED}' }, { PLANTED })
  t.match(warnings.map(formatProblem), [/level: found a mistake at character 11, expected a level/])
})

t.test('what stands under a secret-looking key is in no message, in whatever broken file', async t => {
  const secret = { password: PLANTED, apiKey: `x${PLANTED}\${MISSING}`, headers: { authorization: [PLANTED] } }
  const damage = fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '\n', '//', 'x', '')
  const broken = fc
    .tuple(someConfig, fc.nat(), damage, fc.constantFrom(undefined, 2))
    .map(([value, at, insert, indent]) => {
      const planted = {
        ...(typeof value === 'object' ? value : {}),
        ...secret,
        transports: [{ type: 'elastic', ...secret }],
      }
      const text = JSON.stringify(planted, null, indent)
      const place = at % (text.length + 1)
      return text.slice(0, place) + insert + text.slice(place + (insert === '' ? 1 : 0))
    })
  holds(
    t,
    // A secret that is cut in two by the damage is still none to be shown.
    fc.property(broken, text => !/hunter2|-Zx9/.test(told(loadText(text)).join('\n'))),
    200,
  )
})

t.test('of a bad file what it forbids to be written is used all the same, beside the common names', async t => {
  const transports = [{ type: 'elastic', node: '${NOWHERE}' }]
  const common = ['@common']
  t.strictSame(load({ redact: ['iban'], transports }).redact, { paths: [...common, 'iban'], patterns: [] })
  const rules = { paths: ['a.b', 7], hash: { key: '${KEY}', paths: ['id'] }, patterns: ['card', 'none'] }
  t.strictSame(load({ redact: rules, transports }).redact, { paths: [...common, 'a.b', 'id'], patterns: ['card'] })
  t.strictSame(loadText('{ "redact": ["iban"').redact, common, 'what cannot be read may have had rules')
  t.strictSame(load({ transports }).redact, undefined, 'nobody asked for any')
})
