import t from 'tap'
import { contestantNamed } from '../../benchmarks/contestants/all'
import { BOUND, makeInputs } from '../../benchmarks/inputs'
import { type Expectation, verify } from '../../benchmarks/verify'

const CALLS = 3
const floor = contestantNamed('floor', 'field3')
const inputs = makeInputs('field3', CALLS)
const expected: Expectation = { inputs, operation: 'fields', common: {} }

function good(): string {
  const lines: string[] = []
  const log = floor.open({ kind: 'memory', write: line => void lines.push(line) }, {})
  for (let i = 0; i < CALLS; i++) log.fields(inputs.fields[i] ?? {}, inputs.messages[i] ?? '')
  return lines.join('')
}

t.test('lines that say what was logged pass', async t => {
  t.doesNotThrow(() => verify(good(), floor, expected))
})

t.test('whatever is missing, wrong or torn at the far end is found', async t => {
  const text = good()
  const [first = '', second = '', third = ''] = text.split('\n')
  const wrong: [string, string][] = [
    ['a line too few', `${first}\n${second}\n`],
    ['a line too many', `${text}${first}\n`],
    ['two lines changed places', `${first}\n${third}\n${second}\n`],
    ['a torn end', text.slice(0, -5)],
    ['half a line too many', `${text}${first.slice(0, 20)}`],
    ['another level', text.replace('"info"', '"warn"')],
    ['another message', text.replace('request 00001', 'request 10001')],
    ['another field', text.replace('"status":', '"state":')],
    ['another value', text.replace(/"ms":/, '"ms":1')],
    ['another time', text.replace(/"time":"\d{4}/, '"time":"1999')],
  ]
  for (const [what, lines] of wrong) t.throws(() => verify(lines, floor, expected), what)
})

t.test('bound fields are asked for', async t => {
  t.throws(() => verify(good(), floor, { ...expected, common: BOUND }))
})
