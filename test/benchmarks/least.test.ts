import t from 'tap'
import { makeInputs } from '../../benchmarks/inputs'
import { LeastTimes } from '../../benchmarks/least'

const inputs = makeInputs('field3', 20)
const HALF = 5000

interface Interceptor {
  intercept(target: object, name: string, descriptor: { value: unknown }): unknown
}

/** A clock that stands still but for what is added. */
function clock(t: Interceptor): (ms: number) => void {
  let now = 0
  t.intercept(performance, 'now', { value: () => now })
  return ms => {
    now += ms
  }
}

t.test('of each slice the least time counts, whichever pass it was in', async t => {
  const pass = clock(t)
  const least = new LeastTimes(inputs, HALF)
  for (const [first, second] of [
    [5, 90],
    [70, 3],
    [6, 4],
  ] as const) {
    least.begin(0)
    pass(first)
    least.end()
    pass(1000)
    least.begin(HALF)
    pass(second)
    least.end()
  }
  t.equal(least.total, 8e6)
})

t.test('a slice that was never measured makes the total infinite', async t => {
  const least = new LeastTimes(inputs, HALF)
  least.begin(0)
  least.end()
  t.equal(least.total, Number.POSITIVE_INFINITY)
})
