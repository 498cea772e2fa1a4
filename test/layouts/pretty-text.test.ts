import fc from 'fast-check'
import t from 'tap'
import { colorDepth, keyWord, visible, visibleLine, wantsColor, word } from '../../lib/layouts/pretty-text'
import { holds } from '../support/property'

const HARMFUL = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/

t.test('colours are for terminals, unless the environment says otherwise', async t => {
  const rows: [string, Record<string, string>, boolean | undefined, boolean][] = [
    ['a terminal', {}, true, true],
    ['a pipe', {}, undefined, false],
    ['NO_COLOR', { NO_COLOR: '1' }, true, false],
    ['NO_COLOR of any value', { NO_COLOR: '0' }, true, false],
    ['an empty NO_COLOR, which is none', { NO_COLOR: '' }, true, true],
    ['NODE_DISABLE_COLORS', { NODE_DISABLE_COLORS: '1' }, true, false],
    ['a dumb terminal', { TERM: 'dumb' }, true, false],
    ['FORCE_COLOR into a pipe', { FORCE_COLOR: '1' }, false, true],
    ['an empty FORCE_COLOR, which is one', { FORCE_COLOR: '' }, false, true],
    ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, true, false],
    ['FORCE_COLOR=False', { FORCE_COLOR: 'False' }, true, false],
    ['FORCE_COLOR against NO_COLOR', { FORCE_COLOR: '3', NO_COLOR: '1' }, false, true],
    ['FORCE_COLOR on a dumb terminal', { FORCE_COLOR: 'true', TERM: 'dumb' }, false, true],
  ]
  for (const [name, env, isTTY, expected] of rows) t.equal(wantsColor(env, isTTY), expected, name)
})

t.test('how many colours there are is told from the environment', async t => {
  for (const env of [{}, { TERM: 'xterm' }, { FORCE_COLOR: '1', TERM: 'xterm-256color' }]) t.equal(colorDepth(env), 4)
  for (const env of [
    { TERM: 'xterm-256color' },
    { COLORTERM: 'truecolor' },
    { FORCE_COLOR: '2' },
    { TERM: 'xterm-kitty', FORCE_COLOR: '' },
  ]) {
    t.equal(colorDepth(env), 8)
  }
})

t.test('control characters are shown by name or number', async t => {
  t.equal(visible('a\nb\rc\td'), 'a\\nb\\rc\\td')
  t.equal(visible('\x1b[31m \x00 \x7f \x9b \u0085'), '\\x1b[31m \\x00 \\x7f \\x9b \\x85')
  t.equal(visible('\u202eevil\u2066 \u2028 \u200f'), '\\u202eevil\\u2066 \\u2028 \\u200f')
  t.equal(visible('Zürich 👩‍🚀 שלום'), 'Zürich 👩‍🚀 שלום', 'text in any language stays, joined emoji too')
  t.equal(visibleLine('a\tb\x07'), 'a    b\\x07', 'in a line that is not ours, tabs stay blank')
})

t.test('a value is in quotes where it would be mistaken for something else', async t => {
  const rows = [
    ['GET', 'GET'],
    ['/users/17?full=1', '/users/17?full=1'],
    ['2026-11-22T21:57:31.123Z', '2026-11-22T21:57:31.123Z'],
    ['4bf92f', '4bf92f'],
    ['', '""'],
    ['two words', '"two words"'],
    ['say "hi"', '"say \\"hi\\""'],
    ['C:\\new', 'C:\\new'],
    ['C:\\new folder', '"C:\\\\new folder"'],
    ['12', '"12"'],
    ['-1.5e3', '"-1.5e3"'],
    ['true', '"true"'],
    ['null', '"null"'],
    ['a,b', '"a,b"'],
    ['[circular]', '[circular]'],
    ['[threw: no such thing]', '[threw: no such thing]'],
  ] as const
  for (const [text, expected] of rows) t.equal(word(text), expected)
  t.equal(keyWord('user-id'), 'user-id')
  t.equal(keyWord('a=b'), '"a=b"')
  t.equal(keyWord('a"b'), '"a\\"b"')
})

t.test('nothing harmful is left in any text', async t => {
  const text = fc.string({ unit: 'binary' })
  holds(
    t,
    fc.property(text, value => {
      for (const shown of [visible(value), visibleLine(value), word(value), keyWord(value)]) {
        if (HARMFUL.test(shown)) return false
      }
      return true
    }),
    1000,
  )
})
