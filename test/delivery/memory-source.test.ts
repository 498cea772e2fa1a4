import fc from 'fast-check'
import t from 'tap'
import { MemorySource } from '../../lib/delivery/memory-source'
import { lineId } from '../../lib/delivery/spool/ids'
import type { LentTurn } from '../../lib/delivery/spool/lent'
import { holdsAsync } from '../support/property'

const SPOOL = '0123456789abcdef'
const ROUTES = ['http', '', 'elastic']

/** Turns of lines, each with the mask of the transports that it is for; the text is the line's number. */
const turns = fc
  .array(
    fc.array(fc.record({ mask: fc.constantFrom(0, 1, 4, 5), lines: fc.integer({ min: 1, max: 4 }) }), { minLength: 1 }),
    {
      maxLength: 8,
    },
  )
  .map(shapes => {
    let first = 1
    return shapes.map((runs): LentTurn => {
      const count = runs.reduce((sum, { lines }) => sum + lines, 0)
      const text = Array.from({ length: count }, (_, n) => `${first + n}\n`).join('')
      const turn = {
        spool: SPOOL,
        first,
        text,
        from: 0,
        routes: ROUTES,
        runs: runs.map(run => ({ ...run, level: 30 })),
      }
      first += count
      return turn
    })
  })

function mine(turns: readonly LentTurn[], bit: number): number[] {
  return turns.flatMap(({ first, runs }) => {
    let at = first
    return runs.flatMap(({ mask, lines }) => {
      const numbers = Array.from({ length: lines }, (_, n) => at + n)
      at += lines
      return (mask & bit) === 0 ? [] : numbers
    })
  })
}

t.test(
  'each transport reads its own lines in order, once between rewinds, under the ids they would have on disk',
  async t => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant('read' as const), lines: fc.integer({ min: 1, max: 5 }) }),
        fc.record({
          kind: fc.constantFrom('commit' as const, 'rewind' as const, 'feed' as const, 'feed again' as const),
        }),
      ),
    )
    await holdsAsync(
      t,
      fc.asyncProperty(turns, steps, async (all, steps) => {
        let moves = 0
        const source = new MemorySource('elastic', () => moves++)
        const expected: number[] = []
        let fed = 0
        let committed = 0
        let read = 0
        for (const step of [
          ...steps,
          ...all.map(() => ({ kind: 'feed' as const })),
          { kind: 'read' as const, lines: 1000 },
        ]) {
          if (step.kind === 'feed' && fed < all.length) {
            source.feed([all[fed]!])
            expected.push(...mine([all[fed]!], 4))
            fed++
          } else if (step.kind === 'feed again') source.feed(all.slice(0, fed))
          else if (step.kind === 'rewind') {
            source.rewind()
            read = committed
          } else if (step.kind === 'read') {
            const lines = await source.read(step.lines, 1_000_000)
            const wanted = expected.slice(read, read + step.lines)
            if (JSON.stringify(lines.map(({ text }) => Number(text))) !== JSON.stringify(wanted)) return false
            if (lines.some(({ id, text }) => id !== lineId(SPOOL, Number(text)))) return false
            read += lines.length
          } else if (step.kind === 'commit' && read > committed) {
            committed++
            source.commit(expected[committed - 1]!)
          }
          const last = all[fed - 1]
          const end = last === undefined ? 0 : last.first + last.runs.reduce((sum, { lines }) => sum + lines, 0) - 1
          const passed = committed < expected.length ? expected[committed]! - 1 : end
          if (source.passed !== passed || source.backlog().lines !== expected.length - committed) return false
        }
        return moves >= fed
      }),
      300,
    )
  },
)
