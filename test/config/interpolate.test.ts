import fc from 'fast-check'
import t from 'tap'
import { interpolate } from '../../lib/config/interpolate'
import { formatProblem } from '../../lib/problem'
import { holds } from '../support/property'

const env = { HOST: 'graylog', PORT: '12201', EMPTY: '', ODD: '${HOST}', API_KEY: 'hunter2' }

function fill(text: string): unknown {
  return interpolate({ text }, env, 'app.json').value
}

function told(value: unknown): string[] {
  return interpolate(value, env, 'app.json').problems.map(formatProblem)
}

t.test('variables are put in', async t => {
  const cases: [string, string][] = [
    ['${HOST}', 'graylog'],
    ['tcp://${HOST}:${PORT}/', 'tcp://graylog:12201/'],
    ['${MISSING:-local}', 'local'],
    ['${MISSING:-}', ''],
    ['${MISSING:-a:-b}', 'a:-b'],
    ['${HOST:-local}', 'graylog'],
    ['${EMPTY}', ''],
    ['${EMPTY:-local}', 'local'],
    ['$${HOST}', '${HOST}'],
    ['$${HOST} is ${HOST}', '${HOST} is graylog'],
    ['${HOST}$${', 'graylog${'],
    ['$HOST $ { } $$', '$HOST $ { } $$'],
    ['${ODD}', '${HOST}'],
  ]
  for (const [text, expected] of cases) t.strictSame(fill(text), { text: expected }, text)
})

t.test('strings anywhere are filled, keys and other values are not', async t => {
  const value = { a: [{ b: '${HOST}' }, 1, null, true], '${HOST}': 2 }
  t.strictSame(interpolate(value, env, '').value, { a: [{ b: 'graylog' }, 1, null, true], '${HOST}': 2 })
  t.strictSame(value.a[0], { b: '${HOST}' }, 'the value itself stays')
})

t.test('a mistake names the option and the variable', async t => {
  const expected = 'expected an environment variable that is set, as in ${NAME}, or ${NAME:-default}'
  t.strictSame(told({ transports: [{ path: 'a/${LOG_DIR}/b' }] }), [
    `app.json transports[0].path: found \${LOG_DIR}, which is not set, ${expected}`,
  ])
  t.strictSame(told({ url: '${HOTS}' }), [
    `app.json url: found \${HOTS}, which is not set, ${expected}; did you mean 'HOST'?`,
  ])
  t.strictSame(told({ url: '${HOST' }), [`app.json url: found a \${ without its }, ${expected}`])
  t.strictSame(told({ url: '${A B}' }), [`app.json url: found 'A B', which is no variable's name, ${expected}`])
  t.strictSame(told({ url: '${}' }), [`app.json url: found '', which is no variable's name, ${expected}`])
  t.strictSame(told({ url: '${A:-${HOST}}' }), [`app.json url: found a \${ inside the default of A, ${expected}`])
})

t.test('a mistake shows nothing that stands beside the variable', async t => {
  for (const text of [
    'hunter2${MISSING}',
    '${MISSING}hunter2',
    '${API_KEY}${MISSING}',
    '${hunter2!}',
    '${A:-hunter2${B}}',
  ]) {
    t.notMatch(told({ apiKey: text }).join(), 'hunter2', text)
  }
})

t.test('a string that cannot be filled stays as it is, and is named', async t => {
  const { value, filled, unfilled } = interpolate(
    { a: '${HOST} ${MISSING}', b: '${MISSING}', c: '${HOST}', d: '$${' },
    env,
    '',
  )
  t.strictSame(value, { a: '${HOST} ${MISSING}', b: '${MISSING}', c: 'graylog', d: '${' })
  t.strictSame([...unfilled], ['["a"]', '["b"]'])
  t.ok(filled.has('["c"]'))
  t.notOk(filled.has('["d"]'))
})

t.test('nesting without an end is a problem, not a full stack', async t => {
  const value: unknown = JSON.parse(`{"fields":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`)
  t.strictSame(told(value), [
    'app.json fields.a[0]: found more levels of nesting, expected at most 100 levels of nesting',
  ])
})

t.test('a text of half a million openings is read once', async t => {
  t.strictSame(told({ a: '${'.repeat(500_000) }).length, 1)
  t.strictSame(fill('$${'.repeat(200_000)), { text: '${'.repeat(200_000) })
  t.strictSame(fill('${HOST}'.repeat(100_000)), { text: 'graylog'.repeat(100_000) })
})

t.test('any text comes through when its openings are escaped', async t => {
  const text = fc
    .array(fc.oneof(fc.string(), fc.constantFrom('${', '$', '{', '}', '$${', ':-')))
    .map(parts => parts.join(''))
  holds(
    t,
    fc.property(text, text => {
      const { value, problems } = interpolate([text.replaceAll('${', () => '$${')], {}, '')
      return problems.length === 0 && (value as string[])[0] === text
    }),
    500,
  )
})

t.test('any value of a variable comes through as it is', async t => {
  holds(
    t,
    fc.property(fc.string(), fc.string({ unit: 'binary' }), fc.string(), (before, value, after) => {
      const [left, right] = [before.replace(/\$+$/, ''), after].map(text => text.replaceAll('${', () => '$${'))
      const result = interpolate([`${left}\${X}${right}`], { X: value }, '')
      return (result.value as string[])[0] === before.replace(/\$+$/, '') + value + after
    }),
    300,
  )
})
