import t from 'tap'
import { callsOf } from '../../benchmarks/calls'
import { ENCODE } from '../../benchmarks/cases'
import { contestantNamed } from '../../benchmarks/contestants/all'
import type { Variant } from '../../benchmarks/contestants/contestant'
import { type Inputs, makeInputs } from '../../benchmarks/inputs'

const CALLS = 20

/** The lines that a contestant makes of a case's first inputs. */
function linesOf(name: 'hewn' | 'floor', one: (typeof ENCODE)[number], inputs: Inputs, variant: Variant): object[] {
  const lines: string[] = []
  const write = (line: string) => void lines.push(line)
  const log = contestantNamed(name, one.payload).open({ kind: 'memory', write }, variant)
  const calls = callsOf(log, one.operation, inputs)
  for (let i = 0; i < CALLS; i++) calls.check(i)
  return lines.map(line => ({ ...(JSON.parse(line) as object), time: 'any' }))
}

for (const one of ENCODE) {
  t.test(`the floor's lines say what hewn's say: ${one.title}`, async t => {
    const inputs = makeInputs(one.payload, CALLS)
    const variant = one.entrants[0]?.variant ?? {}
    const floor = linesOf('floor', one, inputs, variant)
    t.equal(floor.length, CALLS)
    t.same(floor, linesOf('hewn', one, inputs, variant))
  })
}

t.test('the floor escapes what must be escaped', async t => {
  const awkward = ['"', '\\', '\n', 'a longer text with a "quote" in it', '\u2028', '\ud800 alone']
  const inputs: Inputs = {
    messages: awkward,
    fields: awkward.map(user => ({ user, status: 200, ms: 1.5 })),
    errors: [],
  }
  const lines: string[] = []
  const floor = contestantNamed('floor', 'other3').open({ kind: 'memory', write: line => void lines.push(line) }, {})
  const calls = callsOf(floor, 'fields', inputs)
  for (let i = 0; i < awkward.length; i++) calls.make(i)
  t.same(
    lines.map(line => (JSON.parse(line) as { user: string }).user),
    awkward,
  )
})
