import fc from 'fast-check'
import t from 'tap'
import { findSyntaxMistake } from '../../lib/config/syntax'
import { holds } from '../support/property'

t.test('a mistake is found where a person would look for it', async t => {
  // The place is marked: everything between « and ».
  const cases: [string, string, string][] = [
    ['«»', 'nothing', 'a value'],
    ['{"a": «debug»}', 'a word without quotes', 'a value'],
    ['{"a": «tru»}', 'a word without quotes', 'a value'],
    ['{"a": «012»}', 'a word without quotes', 'a value'],
    ['{«a»: 1}', 'a word without quotes', "a property's name in double quotes, or '}'"],
    ["{«'a'»: 1}", 'single quotes', 'double quotes'],
    ['{"a": 1«,»}', 'a trailing comma', "no comma before '}'"],
    ['[1«,» ]', 'a trailing comma', "no comma before ']'"],
    ['{"a": «]»', "']'", 'a value'],
    ['[«,»1]', "','", "a value, or ']'"],
    ['{"a" «"b"»}', 'a string', "':' after the property's name"],
    ['{"a": 1 «"b"»: 2}', 'a string', "',' or '}'"],
    ['[1«}»', "'}'", "',' or ']'"],
    ['{"a": 1«»', 'the end of the file', "',' or '}'"],
    ['{} «{»', "'{'", 'the end of the file'],
    ['«//» a\n{}', 'a comment', 'JSON, which has none'],
    ['{"a": 1, «/* b */»\n"c": 1}', 'a comment', 'JSON, which has none'],
    ['{"a": "b«\n»}', 'the end of the line', 'a double quote at the end of the string'],
    ['"b«»', 'the end of the file', 'a double quote at the end of the string'],
    ['"b«\t»"', 'a control character in a string', 'it escaped, as in \\t'],
    ['"C:«\\»users"', 'an escape that JSON does not have', 'one such as \\n, \\" or \\\\'],
  ]
  for (const [marked, found, expected] of cases) {
    const at = marked.indexOf('«')
    const text = marked.replace(/[«»]/g, '')
    const mistake = findSyntaxMistake(text)
    t.match(mistake, { at, found, expected }, text)
    const length = marked.indexOf('»') - at - 1
    // A comment goes on to the end of its line.
    if (found !== 'a comment') t.equal(mistake?.length, Math.max(1, length), text)
  }
})

t.test('it finds a mistake exactly where JSON.parse throws', async t => {
  const piece = fc.oneof(
    fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      "'",
      '/',
      '1',
      '-',
      '.',
      'e',
      'true',
      'null',
      '"a"',
      '\n',
      '\u00a0',
      '\u2028',
      '\\u12',
      '\\n',
    ),
    fc.string({ maxLength: 2 }),
  )
  const pieces = fc.array(piece, { maxLength: 12 }).map(parts => parts.join(''))
  const damaged = fc.tuple(fc.jsonValue(), fc.nat(), fc.oneof(piece, fc.constant(''))).map(([value, at, insert]) => {
    const text = JSON.stringify(value, null, 2)
    const place = at % (text.length + 1)
    return text.slice(0, place) + insert + text.slice(place + (insert === '' ? 1 : 0))
  })
  holds(
    t,
    fc.property(fc.oneof(pieces, damaged, fc.json()), text => {
      const mistake = findSyntaxMistake(text)
      if (mistake !== undefined && (mistake.at > text.length || mistake.length < 1)) return false
      return (mistake === undefined) === parses(text)
    }),
    2000,
  )
})

t.test('a long string and deep nesting are read without recursion', async t => {
  t.equal(findSyntaxMistake(`["${'a'.repeat(1_000_000)}"]`), undefined)
  t.match(findSyntaxMistake(`["${'\\n'.repeat(400_000)}]`), { found: 'the end of the file' })
  t.match(findSyntaxMistake('['.repeat(1_000_000)), { found: 'the end of the file' })
})

function parses(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
