import { deepEqual } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { MANY, nameOf, ONE, type Path, parsePaths } from '../../../lib/line/redact/rule'
import { formatProblem, type Problem } from '../../../lib/problem'
import { capture } from '../../support/capture'
import { holds } from '../../support/property'
import { own } from '../model'

function path(text: string): Path {
  const read = parsePaths(text, 'redact')
  if ('where' in read) throw new Error(formatProblem(read))
  return read[0]!
}

t.test('a bare name stands for any depth, everything else is a path from the root', t => {
  t.strictSame(path('password'), [MANY, 'password'])
  t.strictSame(path('["set.cookie"]'), [MANY, 'set.cookie'])
  t.strictSame(path('*.authorization'), [ONE, 'authorization'])
  t.strictSame(path('**.a.b'), [MANY, 'a', 'b'])
  t.strictSame(path('*'), [ONE])
  t.strictSame(path('a.b[*].c[0]["d-e"][\'f.g\'].**'), ['a', 'b', ONE, 'c', '0', 'de', 'f.g', MANY])
  t.strictSame(path('["a\\"]"].b'), ['a"]', 'b'])
  t.strictSame(path('["@common"]'), [MANY, '@common'])
  t.end()
})

t.test('names are compared without case, hyphens and underscores', t => {
  for (const name of ['apiKey', 'API_KEY', 'Api-Key', 'apikey', '_api__key']) t.equal(nameOf(name), 'apikey')
  t.equal(nameOf('_'), '_')
  t.equal(nameOf('--'), '--')
  t.not(nameOf('pass word'), nameOf('password'))
  t.end()
})

t.test('a word stands for the usual names', t => {
  const read = parsePaths('@common', 'redact')
  if ('where' in read) throw new Error(formatProblem(read))
  t.ok(read.length > 20)
  for (const name of ['password', 'authorization', 'setcookie', 'apikey']) {
    t.ok(
      read.some(one => one[0] === MANY && one[1] === name && one.length === 2),
      name,
    )
  }
  t.end()
})

t.test('a mistake is told with its place', t => {
  const told = (text: string) => formatProblem(parsePaths(text, 'redact[0]') as Problem)
  t.equal(told('a..b'), "redact[0]: found '.', expected a key, '*' or '**'\n  a..b\n    ^")
  t.equal(told('a.'), 'redact[0]: found the end, expected a key after the dot\n  a.\n    ^')
  t.match(told('a["b'), /found a quote that is not closed, expected " before the end\n {2}a\["b\n {4}\^/)
  t.match(told('a[b]'), /found 'b', expected '\*', an index, or a key in quotes: \["key"\]/)
  t.match(told('a[0'), /found the end, expected '\]'/)
  t.match(told('pass*.x'), /found 'pass\*', expected '\*' for a whole key/)
  t.match(told('a]'), /found '\]', expected '\.', '\[' or the end/)
  t.match(
    told('@comon'),
    /found '@comon', expected @common, or a key in brackets: \["@key"\]; did you mean '@common'\?/,
  )
  t.match(told(''), /found nothing/)
  t.match(told('a.'.repeat(80)), /found a longer path, expected at most 64 keys/)
  t.end()
})

t.test('any text is a path or a mistake, never a throw', t => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('a', '.', '[', ']', '*', '"', "'", '\\', '0', '@', '-') }),
  )
  holds(
    t,
    fc.property(text, it => {
      const read = parsePaths(it, 'redact')
      if ('where' in read) formatProblem(read)
    }),
    500,
  )
  t.end()
})

/** What rules mean, in so many words: an index may be named, matched by a wildcard, or passed over. */
function matches(rule: Path, keys: readonly string[], i = 0, j = 0): boolean {
  if (i === rule.length) return j === keys.length
  if (j === keys.length) return false
  const key = keys[j]!
  if (key.startsWith('[') && matches(rule, keys, i, j + 1)) return true
  const segment = rule[i]!
  if (segment === MANY) {
    const last = i === rule.length - 1 && j === keys.length - 1
    return last || matches(rule, keys, i, j + 1) || matches(rule, keys, i + 1, j)
  }
  return (segment === ONE || segment === nameOf(key.replace('[', ''))) && matches(rule, keys, i + 1, j + 1)
}

function redacted(value: unknown, rules: readonly Path[], keys: readonly string[] = []): unknown {
  if (keys.length > 0 && rules.some(rule => matches(rule, keys))) return '[redacted]'
  if (Array.isArray(value)) return value.map((item, index) => redacted(item, rules, [...keys, `[${index}`]))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, item]) => [key, redacted(item, rules, [...keys, key])])
  return Object.assign(Object.create(null), Object.fromEntries(entries))
}

t.test('paths with wildcards mean what they say, in whatever object', t => {
  const key = fc.constantFrom('a', 'b', 'C', 'd_e', '0')
  const value = fc.letrec(tie => ({
    any: fc.oneof({ maxDepth: 4 }, fc.integer(), tie('list'), tie('object'), tie('object')),
    list: fc.array(tie('any'), { maxLength: 3 }),
    object: fc.dictionary(key, tie('any'), { maxKeys: 4 }),
  }))
  const segment = fc.oneof(key, fc.constantFrom('*', '**', '*', 'de', 'c'))
  const rule = fc.array(segment, { minLength: 1, maxLength: 4 }).map(segments => segments.join('.'))
  holds(
    t,
    fc.property(fc.array(rule, { minLength: 1, maxLength: 4 }), value.object, (rules, fields) => {
      const log = capture({ redact: rules })
      const expected = redacted(fields, rules.map(path))
      log.loose.info(fields, 'm')
      deepEqual(own(log.line()), expected)
      log.loose.info(Object.assign(Object.create({}), fields), 'm')
      deepEqual(own(log.line()), expected)
      log.loose.child(fields as object).info('m')
      deepEqual(own(log.line()), expected)
    }),
    1000,
  )
  t.end()
})
