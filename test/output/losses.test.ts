import t from 'tap'
import { countedLines, Losses } from '../../lib/output/losses'

t.test('losses are told once, from the first to the last, and the total goes on', async t => {
  const losses = new Losses('file')
  t.equal(losses.tell(), undefined)
  losses.add([30, 2, 50, 1], 'full', 90, 110)
  losses.add([30, 1], 'failing', 100, 120)
  t.equal(losses.untold, 4)
  const counts = new Map([
    [30, 3],
    [50, 1],
  ])
  t.same(losses.tell(), { target: 'file', reason: 'failing', counts, from: 90, to: 120 })
  t.equal(losses.tell(), undefined)
  losses.add([30, 1], 'full', 200, 210)
  t.match(losses.tell(), { counts: new Map([[30, 1]]), from: 200, to: 210 })
  t.same(
    [...losses.total],
    [
      [30, 4],
      [50, 1],
    ],
  )
  t.equal(losses.lines, 5)
})

t.test('what was told in a line that was not written is told again, and not counted twice', async t => {
  const losses = new Losses('file')
  losses.add([30, 2], 'full', 100, 110)
  const loss = losses.tell()!
  losses.add([30, 1], 'full', 120, 130)
  losses.untell(loss)
  t.match(losses.tell(), { counts: new Map([[30, 3]]), from: 100, to: 130 })
  t.equal(losses.lines, 3)
})

t.test('counts are told by level, in words', async t => {
  t.equal(
    countedLines(
      new Map([
        [50, 2],
        [30, 1],
      ]),
    ),
    '3 lines (1 of level 30, 2 of level 50)',
  )
  t.equal(countedLines(new Map([[30, 1]])), '1 line (1 of level 30)')
})
