import fc from 'fast-check'
import t from 'tap'
import { Backlog, type Chunk } from '../../lib/output/backlog'

function chunk(lines: readonly string[], level = 30): Chunk {
  const bytes = Buffer.from(lines.map(line => `${line}\n`).join(''))
  return { bytes, offset: 0, written: 0, runs: [level, lines.length], lines: lines.length, from: 1, to: 2 }
}

t.test('a line counts as written when its end is written', async t => {
  const backlog = new Backlog()
  const head = chunk(['one', 'two'])
  backlog.push(head)
  t.equal(backlog.advance(head, 3), 0)
  t.equal(backlog.advance(head, 4), 1)
  t.equal(backlog.lines, 1)
  t.equal(backlog.bytes, 4)
  t.equal(backlog.advance(head, 8), 1)
  t.ok(backlog.empty)
})

t.test('what is begun is never given up, what is not begun goes oldest first', async t => {
  const backlog = new Backlog()
  const [a, b, c] = [chunk(['a']), chunk(['b']), chunk(['c'])]
  for (const each of [a, b, c]) backlog.push(each)
  backlog.advance(a, 1)
  t.equal(backlog.dropOldest(), b)
  t.equal(backlog.dropOldest(), c)
  t.equal(backlog.dropOldest(), undefined)
  t.equal(backlog.head, a)
  const busy = new Backlog()
  busy.push(chunk(['a']))
  busy.headBusy = true
  t.equal(busy.dropOldest(), undefined)
})

t.test('a torn line goes back to its start, and a whole one stays written', async t => {
  const backlog = new Backlog()
  const head = chunk(['one', 'two'])
  backlog.push(head)
  backlog.advance(head, 6)
  t.equal(backlog.rewind(), true)
  t.equal(head.offset, 4)
  t.equal(backlog.bytes, 4)
  t.equal(backlog.rewind(), false)
  t.equal(backlog.lines, 1)
  t.equal(backlog.advance(head, 8), 1)
})

t.test('what is left is told by level, from the first line that is not whole', async t => {
  const backlog = new Backlog()
  const head: Chunk = { ...chunk(['a', 'b', 'c']), runs: [30, 2, 50, 1] }
  backlog.push(head)
  backlog.push(chunk(['d'], 20))
  backlog.advance(head, 3)
  t.same(
    backlog.clear().map(left => left.runs),
    [
      [30, 1, 50, 1],
      [20, 1],
    ],
  )
  t.ok(backlog.empty)
  t.equal(backlog.bytes, 0)
})

t.test('lines and bytes are conserved, whatever is done', async () => {
  const action = fc.oneof(
    fc
      .array(fc.string({ maxLength: 8 }), { minLength: 1, maxLength: 5 })
      .map(lines => ({ kind: 'push' as const, lines })),
    fc.integer({ min: 1, max: 20 }).map(bytes => ({ kind: 'advance' as const, bytes })),
    fc.constant({ kind: 'drop' as const }),
    fc.constant({ kind: 'rewind' as const }),
    fc.constant({ kind: 'own' as const }),
  )
  fc.assert(
    fc.property(fc.array(action, { maxLength: 300 }), actions => {
      const backlog = new Backlog()
      let pushed = 0
      let settled = 0
      for (const act of actions) {
        const { head } = backlog
        if (act.kind === 'push') {
          const each = chunk(act.lines.map(line => line.replaceAll('\n', '')))
          pushed += each.lines
          backlog.push(each)
        } else if (act.kind === 'advance' && head !== undefined) {
          settled += backlog.advance(head, Math.min(head.bytes.length, head.offset + act.bytes))
        } else if (act.kind === 'drop') settled += backlog.dropOldest()?.lines ?? 0
        else if (act.kind === 'rewind') backlog.rewind()
        else if (act.kind === 'own' && backlog.open) {
          backlog.unshift({ ...chunk(['own']), runs: [], lines: 0 })
        }
        if (backlog.lines !== pushed - settled) return false
        if (backlog.empty !== (backlog.bytes === 0)) return false
      }
      const left = backlog.clear().reduce((sum, { runs }) => sum + runs.reduce((s, n, i) => (i % 2 ? s + n : s), 0), 0)
      return left === pushed - settled
    }),
  )
})
