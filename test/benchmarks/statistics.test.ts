import fc from 'fast-check'
import t from 'tap'
import { median, quantile, spread } from '../../benchmarks/statistics'

const samples = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 50 })

t.test('a quantile lies between its neighbours, in proportion', async t => {
  t.equal(median([3, 1, 2]), 2)
  t.equal(median([4, 1, 3, 2]), 2.5)
  t.equal(quantile([10, 20, 30, 40, 50], 0.1), 14)
  t.equal(quantile([7], 0.99), 7)
  t.ok(Number.isNaN(median([])))
})

t.test('a quantile does not depend on the order of the samples, and grows with its share', async t => {
  fc.assert(
    fc.property(samples, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
      const low = quantile(values, share / 2)
      const high = quantile([...values].reverse(), share)
      return low <= high && high <= Math.max(...values) && low >= Math.min(...values)
    }),
  )
  t.pass()
})

t.test('the samples are left in their order', async t => {
  const values = [3, 1, 2]
  median(values)
  t.same(values, [3, 1, 2])
})

t.test('half of all samples lie within the spread', async t => {
  t.equal(spread([100, 100, 100]), 0)
  t.equal(spread([80, 90, 100, 110, 120]), 0.1)
})
