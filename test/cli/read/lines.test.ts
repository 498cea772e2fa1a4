import fc from 'fast-check'
import t from 'tap'
import { LineSplitter } from '../../../lib/cli/read/lines'
import { holds } from '../../support/property'

/** What comes out of bytes that arrive in pieces of these sizes: each line's own bytes. */
function split(
  bytes: Buffer,
  sizes: readonly number[],
  max?: number,
): { lines: string[]; ends: boolean[]; raws: boolean[] } {
  const lines: string[] = []
  const ends: boolean[] = []
  const raws: boolean[] = []
  const splitter = new LineSplitter((text, raw, end) => {
    lines.push((raw ?? Buffer.from(text)).toString('latin1'))
    ends.push(end)
    raws.push(raw !== undefined)
  }, max)
  let at = 0
  for (const size of [...sizes, bytes.length]) {
    // The memory is used again for the next piece, as files are read.
    const piece = Buffer.from(bytes.subarray(at, at + size))
    splitter.push(piece)
    piece.fill('#')
    at += size
  }
  splitter.end()
  return { lines, ends, raws }
}

t.test('however bytes arrive, the lines are the same, byte for byte', async t => {
  const piece = fc.oneof(
    fc.constantFrom('\n', '\r\n', '', '\ufeff', '{"a":1}', 'é', '𝒳\n', '\u0000'),
    fc.uint8Array({ maxLength: 12 }).map(bytes => Buffer.from(bytes).toString('latin1')),
  )
  const input = fc.array(fc.tuple(piece, fc.boolean()), { maxLength: 30 }).map(parts => {
    return Buffer.concat(parts.map(([text, isLatin]) => Buffer.from(text, isLatin ? 'latin1' : 'utf8')))
  })
  holds(
    t,
    fc.property(input, fc.array(fc.nat(20), { maxLength: 20 }), (bytes, sizes) => {
      const expected = bytes.toString('latin1').split('\n')
      if (expected.at(-1) === '') expected.pop()
      t.same(split(bytes, sizes).lines, expected)
    }),
    300,
  )
})

t.test('a line that is too long comes in pieces of bounded size, and the next one is whole again', async t => {
  const bytes = Buffer.from(`${'x'.repeat(95)}\nnext\n`)
  const sizes = new Array<number>(20).fill(7)
  const { lines, ends } = split(bytes, sizes, 20)
  t.equal(lines.slice(0, -1).join(''), 'x'.repeat(95))
  t.equal(lines.at(-1), 'next')
  t.ok(
    lines.every(line => line.length <= 20 + 7),
    'no piece is much longer than the bound',
  )
  t.same(ends.slice(-2), [true, true], 'the last piece ends the line')
  t.ok(
    ends.slice(0, -2).every(end => !end),
    'the others do not',
  )
})

t.test('bytes that are no UTF-8 come along with their text', async t => {
  const { lines, raws } = split(Buffer.from('good\nb\xe9d\nü\n', 'latin1'), [])
  t.same(lines, ['good', 'b\xe9d', '\xfc'])
  t.same(raws, [false, true, true])
})
