import t from 'tap'
import { keepsTo } from '../../benchmarks/sequential'

/** Gives these samples one after the other, the last of them for ever. */
function source(...values: number[]): () => Promise<number> {
  let next = 0
  return async () => values[Math.min(next++, values.length - 1)] ?? Number.NaN
}

t.test('a case within its budget passes at the first look', async t => {
  t.same(await keepsTo(1.3, source(1.2, 1.5, 1.25)), { ratio: 1.25, samples: 3, within: true })
})

t.test('a case over its budget is measured again before it fails', async t => {
  t.same(await keepsTo(1.3, source(1.4)), { ratio: 1.4, samples: 15, within: false })
})

t.test('a noisy start is forgiven once more samples are there', async t => {
  t.same(await keepsTo(1.3, source(1.6, 1.7, 1.2)), { ratio: 1.2, samples: 7, within: true })
})

t.test('the budget itself is within the budget', async t => {
  t.match(await keepsTo(1.3, source(1.3)), { within: true, samples: 3 })
})
