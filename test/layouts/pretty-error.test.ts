import t from 'tap'
import { prettyLine } from '../../lib/layouts/pretty'

process.env.TZ = 'UTC'

const HEAD = '21:57:31.123 ERROR boom'

/** What stands below the line for a record with these fields. */
function below(fields: object, columns = 100): string[] {
  const record = { time: '2026-11-22T21:57:31.123Z', level: 'error', msg: 'boom', ...fields }
  const [first, ...rest] = prettyLine(JSON.stringify(record), { colors: false, columns, cwd: '/srv/app' }).split('\n')
  t.equal(first, HEAD)
  return rest
}

function stack(title: string, ...frames: string[]): string {
  return [title, ...frames.map(frame => `    at ${frame}`)].join('\n')
}

t.test('an error shows its type, its message and its own fields', async t => {
  const err = {
    type: 'PaymentError',
    message: 'card declined',
    stack: 'PaymentError: card declined',
    code: 'E_CARD',
    n: 1,
  }
  t.same(below({ err }), ['    PaymentError: card declined  code=E_CARD n=1'])
  t.same(below({ err: { type: 'Error', message: '' } }), ['    Error'], 'also without a message or a stack')
  t.same(below({ last: err }), ['    last: PaymentError: card declined  code=E_CARD n=1'], 'under any name')
})

t.test('the frames of the application come first, those of packages and of Node are folded', async t => {
  const err = {
    type: 'Error',
    message: 'no',
    stack: stack(
      'Error: no',
      'TCPConnectWrap.afterConnect [as oncomplete] (node:net:1555:16)',
      'Pool.connect (/srv/app/node_modules/.pnpm/pg@8/node_modules/pg/lib/client.js:10:2)',
      'Array.map (<anonymous>)',
      'async Db.query (/srv/app/node_modules/@acme/db/index.js:40:9)',
      'async load (file:///srv/app/src/my%20users.mjs:12:9)',
      'async /srv/app/src/http.ts:40:3',
      'Page (/srv/app/src/(group)/page.tsx:1:2)',
      'file:///srv/other/x.mjs?v=1:2:3',
      'C:\\shop\\node_modules\\express\\router.js:1:2',
    ),
  }
  t.same(below({ err }), [
    '    Error: no',
    '      at async load (src/my users.mjs:12:9)',
    '      at async src/http.ts:40:3',
    '      at Page (src/(group)/page.tsx:1:2)',
    '      at /srv/other/x.mjs:2:3',
    '      … 5 frames in node, pg, @acme/db, express; thrown at node:net:1555:16',
  ])
})

t.test('without a frame of the application, the place that threw is shown', async t => {
  const err = {
    type: 'Error',
    message: 'no',
    stack: stack('Error: no', 'a (/x/node_modules/pg/a.js:1:1)', 'node:net:1:1'),
  }
  t.same(below({ err }), ['    Error: no', '      at a (/x/node_modules/pg/a.js:1:1)', '      … 1 frame in node'])
})

t.test('causes are indented, and the frames they share with the outer error are counted', async t => {
  const ends = ['main (/srv/app/main.js:1:1)', 'node:internal/main:28:49']
  const err = {
    type: 'Error',
    message: 'outer',
    stack: stack('Error: outer', 'a (/srv/app/a.js:1:1)', ...ends),
    cause: {
      type: 'TypeError',
      message: 'inner',
      stack: stack('TypeError: inner', 'b (/srv/app/b.js:1:1)', ...ends),
      code: 'E',
      cause: 'just a text',
    },
  }
  t.same(below({ err }), [
    '    Error: outer',
    '      at a (a.js:1:1)',
    '      at main (main.js:1:1)',
    '      … 1 frame in node',
    '      caused by TypeError: inner  code=E',
    '        at b (b.js:1:1)',
    '        … 2 frames as above',
    '        caused by: "just a text"',
  ])
})

t.test('the errors of an AggregateError are listed', async t => {
  const err = {
    type: 'AggregateError',
    message: 'all failed',
    stack: 'AggregateError: all failed',
    errors: [
      { type: 'TypeError', message: 'first', stack: stack('TypeError: first', 'a (/srv/app/a.js:1:1)') },
      '[cut: 9 more]',
    ],
  }
  t.same(below({ err }), [
    '    AggregateError: all failed',
    '      1 of 2 TypeError: first',
    '        at a (a.js:1:1)',
    '      2 of 2: [cut: 9 more]',
  ])
  t.same(below({ err: { ...err, errors: '[threw: no]' } }), [
    '    AggregateError: all failed',
    '      errors: [threw: no]',
  ])
})

t.test('a message of several lines is told from the frames', async t => {
  const message = 'Expected:\n    at least 1\n+ got 0'
  const err = {
    type: 'AssertionError',
    message,
    stack: stack(`AssertionError [E]: ${message}`, 'a (/srv/app/a.js:1:1)'),
  }
  t.same(below({ err }), [
    '    AssertionError',
    '      │ Expected:',
    '      │     at least 1',
    '      │ + got 0',
    '      at a (a.js:1:1)',
  ])
})

t.test('what is no usual stack is shown as it is', async t => {
  t.same(below({ err: { type: 'Error', message: 'm', stack: 'some\x1b text' } }), [
    '    Error: m',
    '      some\\x1b text',
  ])
  t.same(
    below({ err: { type: 'Error', message: 'm', stack: 'Error: m\n    at a (/b.js:1:1)\n[cut: 10 characters]' } }),
    ['    Error: m', '      at a (/b.js:1:1)', '      [cut: 10 characters]'],
  )
})

t.test('what only looks like an error a little is a field', async t => {
  const record = { time: '2026-11-22T21:57:31.123Z', level: 'info', job: { type: 'mail', message: 'hi' } }
  const text = prettyLine(JSON.stringify(record), { colors: false, columns: 100 })
  t.equal(text, '21:57:31.123 INFO   job={type: mail, message: hi}')
})

t.test('errors nested without end are cut off by their depth, not by the stack', async t => {
  let err: object = { type: 'Error', message: 'deepest' }
  for (let i = 0; i < 2000; i++) err = { type: 'Error', message: 'm', cause: err }
  const lines = below({ err })
  t.ok(lines.length < 100, `${lines.length} lines`)
  t.match(lines.at(-1), 'deepest')
})
