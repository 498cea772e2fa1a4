import fc from 'fast-check'
import t from 'tap'
import { formatDuration, MAX_DURATION, parseDuration } from '../../lib/levels/duration'
import { holds } from '../support/property'

const parse = (value: string | number) => parseDuration(value, 'for')

t.test('a duration is counts with units, the larger first, or a number of ms', async t => {
  t.equal(parse('10m'), 600_000)
  t.equal(parse('90s'), 90_000)
  t.equal(parse('1h30m'), 5_400_000)
  t.equal(parse(' 1 H 30 M '), 5_400_000)
  t.equal(parse('2d'), 172_800_000)
  t.equal(parse('1s500ms'), 1500)
  t.equal(parse(250), 250)
  t.equal(parse(0.5), 0.5)
})

t.test('anything else is a problem', async t => {
  for (const text of [
    '',
    ' ',
    '10',
    'm',
    '10 minutes',
    '1m1h',
    '1m1m',
    '1.5h',
    '-1m',
    '1h30',
    '10m!',
    '1e3s',
    '0s',
    '367d',
    '9'.repeat(400).concat('d'),
  ]) {
    t.match(parse(text), { where: 'for', expected: /duration/ }, text)
  }
  for (const value of [0, -1, Number.NaN, Infinity, MAX_DURATION + 1]) t.match(parse(value), { found: String(value) })
  for (const value of [null, undefined, true, {}, 5n]) t.match(parse(value as number), { expected: /duration/ })
})

t.test('the place of the mistake is where reading stopped', async t => {
  t.match(parse('1h30'), { at: 2, length: 2 })
  t.match(parse('1m 1h'), { at: 3, length: 2 })
  t.match(parse(''), { at: 0 })
})

t.test('a duration is shown in its two largest units', async t => {
  t.equal(formatDuration(600_000), '10m')
  t.equal(formatDuration(598_001), '9m59s')
  t.equal(formatDuration(599_999), '10m')
  t.equal(formatDuration(90_061_000), '1d2h')
  t.equal(formatDuration(1500), '1s500ms')
  t.equal(formatDuration(0.2), '1ms')
  t.equal(formatDuration(0), '0ms')
})

t.test('a shown duration is read as the same one, up to its smaller unit', async t => {
  holds(
    t,
    fc.property(fc.integer({ min: 1, max: MAX_DURATION - 3_600_000 }), ms => {
      const again = parse(formatDuration(ms))
      return typeof again === 'number' && again >= ms && again - ms < Math.max(1, ms / 2)
    }),
  )
})

t.test('any text is answered with a number in range or a problem', async t => {
  holds(
    t,
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9dhms ]{0,12}$/)), text => {
      const result = parse(text)
      return typeof result === 'object' || (result > 0 && result <= MAX_DURATION)
    }),
  )
})
