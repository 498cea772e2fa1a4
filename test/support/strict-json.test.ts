import { deepEqual } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { holds } from './property'
import { parseStrict, type Rule, StrictJsonError } from './strict-json'

const good: readonly (readonly [string, unknown])[] = [
  ['null', null],
  [' \t\r\n true \n', true],
  ['[]', []],
  ['[ 1 , -0.5e+2 , 0E0 ]', [1, -50, 0]],
  ['9007199254740991', 2 ** 53 - 1],
  ['-9007199254740992', -(2 ** 53)],
  ['5e-324', 5e-324],
  ['"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\u001F"', '"\\/\b\f\n\r\t\0\x1f'],
  ['"\\ud83d\\ude00"', '😀'],
  ['"😀\ufeff\u202e"', '😀\ufeff\u202e'],
  ['"\\u2028"', '\u2028'],
]

const bad: readonly (readonly [string, Rule, number])[] = [
  ['', 'syntax', 0],
  ['\ufeffnull', 'syntax', 0],
  ['null null', 'syntax', 5],
  ['nul', 'syntax', 0],
  ['NaN', 'syntax', 0],
  ['01', 'syntax', 1],
  ['1.', 'syntax', 1],
  ['.5', 'syntax', 0],
  ['+1', 'syntax', 0],
  ['-', 'syntax', 0],
  ['1e', 'syntax', 1],
  ['0x10', 'syntax', 1],
  ['[1,]', 'syntax', 3],
  ['[1 2]', 'syntax', 3],
  ['{"a":1,}', 'syntax', 7],
  ['{a:1}', 'syntax', 1],
  ['{"a" 1}', 'syntax', 5],
  ['{"a":}', 'syntax', 5],
  ['"open', 'syntax', 0],
  ['"\\x41"', 'syntax', 1],
  ['"\\u00g0"', 'syntax', 1],
  ["'a'", 'syntax', 0],
  ['\u00a0null', 'syntax', 0],
  ['{"a":1,"a":1}', 'key given twice', 7],
  ['{"a":1,"\\u0061":1}', 'key given twice', 7],
  ['[{"b":{"__proto__":1,"__proto__":2}}]', 'key given twice', 21],
  ['"\ud800"', 'lone surrogate', 0],
  ['["\\ud800"]', 'lone surrogate', 1],
  ['"\\ude00\\ud83d"', 'lone surrogate', 0],
  ['"\ud83d\\ude00"', 'lone surrogate', 0],
  ['{"\\udc00":1}', 'lone surrogate', 1],
  ['"a\nb"', 'control character', 2],
  ['"\0"', 'control character', 1],
  ['"\x7f"', 'control character', 1],
  ['"\x9b"', 'control character', 1],
  ['"\u2028"', 'control character', 1],
  ['"\u2029"', 'control character', 1],
  ['9007199254740993', 'number too large', 0],
  ['[-9007199254740994]', 'number too large', 1],
  ['1e21', 'number too large', 0],
  ['1e400', 'number too large', 0],
]

t.test('a good text gives its value', t => {
  for (const [text, value] of good) {
    t.same(parseStrict(text), value, ascii(text))
  }
  t.end()
})

t.test('a bad text is refused by its rule, at its place', t => {
  for (const [text, rule, offset] of bad) {
    const found = refusal(text)
    t.same([found?.rule, found?.offset], [rule, offset], ascii(text))
  }
  t.end()
})

t.test('names of Object.prototype are keys like any other', t => {
  const value = parseStrict('{"__proto__":{"a":1},"constructor":2,"toString":3}')
  t.same(Object.entries(value as object), [
    ['__proto__', { a: 1 }],
    ['constructor', 2],
    ['toString', 3],
  ])
  t.equal(Object.getPrototypeOf(value), null)
  t.end()
})

t.test('what JSON.stringify writes is read as JSON.parse reads it', t => {
  holds(
    t,
    fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), value => {
      const text = JSON.stringify(value)
      const found = refusal(text)
      if (found === undefined) deepEqual(bare(parseStrict(text)), bare(JSON.parse(text)))
      else if (found.rule === 'syntax' || found.rule === 'key given twice') throw found
    }),
    500,
  )
  t.end()
})

t.test('a text with one character changed is good syntax exactly when JSON.parse says so', t => {
  const change = fc.record({
    at: fc.nat(),
    cut: fc.nat(2),
    put: fc.constantFrom('', ...'{}[]",:\\u0e-.1 tn\u0001\ufeff'),
  })
  holds(
    t,
    fc.property(fc.json(), change, (json, { at, cut, put }) => {
      const from = at % (json.length + 1)
      const text = json.slice(0, from) + put + json.slice(from + cut)
      const found = refusal(text)
      if (parses(text)) {
        if (found === undefined) deepEqual(bare(parseStrict(text)), bare(JSON.parse(text)))
        else if (found.rule === 'syntax') throw found
      } else if (found === undefined) throw new Error('JSON.parse refuses it')
    }),
    2000,
  )
  t.end()
})

/** A name for an assertion must itself be free of what is tested here. */
function ascii(text: string): string {
  return text.replace(/[^ -~]/g, unit => `U+${unit.charCodeAt(0).toString(16)}`)
}

function refusal(text: string): StrictJsonError | undefined {
  try {
    parseStrict(text)
    return undefined
  } catch (error) {
    if (error instanceof StrictJsonError) return error
    throw error
  }
}

function parses(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** The same value, its objects as entries: prototypes aside. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare)
  if (typeof value !== 'object' || value === null) return value
  return { entries: Object.entries(value).map(([key, item]) => [key, bare(item)]) }
}
