import fc from 'fast-check'
import t from 'tap'
import { boundaryAfter } from '../../../lib/output/rotation/policy'
import { surplus } from '../../../lib/output/rotation/retention'
import { parseSize, SIZE_PATTERN } from '../../../lib/output/rotation/size'
import { holds } from '../../support/property'

const at = (text: string) => new Date(text).getTime()
const inZone = <T>(zone: string, then: () => T): T => {
  const before = process.env['TZ']
  process.env['TZ'] = zone
  try {
    return then()
  } finally {
    if (before === undefined) delete process.env['TZ']
    else process.env['TZ'] = before
  }
}
/** The boundaries from one time to another, in UTC. */
const boundaries = (from: string, to: string, frequency: 'hourly' | 'daily', zone: string) =>
  inZone(zone, () => {
    const found: string[] = []
    for (let time = at(from); ; ) {
      time = boundaryAfter(time, frequency, 'local')
      if (time > at(to)) return found
      found.push(new Date(time).toISOString().slice(0, 16))
    }
  })

t.test('a day ends at midnight, in UTC or local time', async t => {
  t.equal(boundaryAfter(at('2026-11-22T00:00:00Z'), 'daily', 'utc'), at('2026-11-23T00:00:00Z'))
  t.equal(boundaryAfter(at('2026-11-22T23:59:59.999Z'), 'daily', 'utc'), at('2026-11-23T00:00:00Z'))
  t.same(boundaries('2026-11-22T12:00Z', '2026-11-24T12:00Z', 'daily', 'Asia/Kolkata'), [
    '2026-11-22T18:30',
    '2026-11-23T18:30',
  ])
})

t.test('days of 23 and 25 hours are one file each, also where midnight is left out', async t => {
  t.same(boundaries('2026-03-28T12:00Z', '2026-03-30T12:00Z', 'daily', 'Europe/Berlin'), [
    '2026-03-28T23:00',
    '2026-03-29T22:00',
  ])
  t.same(boundaries('2026-10-24T12:00Z', '2026-10-26T12:00Z', 'daily', 'Europe/Berlin'), [
    '2026-10-24T22:00',
    '2026-10-25T23:00',
  ])
  t.same(boundaries('2018-11-03T12:00Z', '2018-11-05T12:00Z', 'daily', 'America/Sao_Paulo'), [
    '2018-11-04T03:00',
    '2018-11-05T02:00',
  ])
})

t.test('an hour that comes twice is two files, and one that is left out is none', async t => {
  t.same(boundaries('2026-10-25T00:30Z', '2026-10-25T02:30Z', 'hourly', 'Europe/Berlin'), [
    '2026-10-25T01:00',
    '2026-10-25T02:00',
  ])
  t.same(boundaries('2026-03-29T00:30Z', '2026-03-29T02:30Z', 'hourly', 'Europe/Berlin'), [
    '2026-03-29T01:00',
    '2026-03-29T02:00',
  ])
  t.same(boundaries('2026-11-22T00:10Z', '2026-11-22T02:10Z', 'hourly', 'Asia/Kolkata'), [
    '2026-11-22T00:30',
    '2026-11-22T01:30',
  ])
})

t.test('the next boundary lies after the time, and no further than a period and an hour', async t => {
  const zones = ['UTC', 'Europe/Berlin', 'Australia/Lord_Howe', 'America/St_Johns', 'Pacific/Apia', 'Asia/Kathmandu']
  holds(
    t,
    fc.property(
      fc.integer({ min: 0, max: 4e12 }),
      fc.constantFrom('hourly' as const, 'daily' as const),
      fc.constantFrom('utc' as const, 'local' as const),
      fc.constantFrom(...zones),
      (time, frequency, kind, zone) => {
        const next = inZone(zone, () => boundaryAfter(time, frequency, kind))
        // Apia once left out a whole day.
        return next > time && next - time <= (frequency === 'hourly' ? 1 : 49) * 3_600_000
      },
    ),
  )
})

t.test('what is kept is within every limit and newer than what goes, and nothing goes without need', async t => {
  const file = fc.record({ bytes: fc.nat(1000), modified: fc.nat(1000) })
  holds(
    t,
    fc.property(
      fc.array(file, { maxLength: 20 }),
      fc.nat(20),
      fc.nat(5000),
      fc.nat(1000),
      (given, maxFiles, maxTotalSize, maxAge) => {
        const files = given.map((each, i) => ({ ...each, name: `app.${String(i).padStart(6, '0')}.log` }))
        const gone = surplus(files, { maxFiles, maxTotalSize, maxAge }, 1000)
        const kept = files.filter(file => !gone.includes(file))
        const bytes = kept.reduce((sum, file) => sum + file.bytes, 0)
        const within =
          kept.length <= maxFiles && bytes <= maxTotalSize && kept.every(file => 1000 - file.modified <= maxAge)
        const young = gone.filter(file => 1000 - file.modified <= maxAge)
        const next = young.at(-1)
        const inOrder = next === undefined || kept.every(file => file.name > next.name)
        const needed = next === undefined || kept.length === maxFiles || bytes + next.bytes > maxTotalSize
        return within && inOrder && needed
      },
    ),
  )
})

t.test('a size is a whole number with a unit, or bytes', async t => {
  const sizes: [string | number, number][] = [
    ['10MiB', 10_485_760],
    ['500kB', 500_000],
    ['1 GiB', 1_073_741_824],
    ['2tb', 2e12],
    ['1024B', 1024],
    [4096, 4096],
    ['3Kib', 3072],
  ]
  for (const [text, bytes] of sizes) t.equal(parseSize(text, 'x'), bytes, String(text))
  for (const text of [
    '',
    '10',
    '10M',
    '1.5MiB',
    '-1MiB',
    '0MiB',
    'MiB',
    '10 MiBs',
    '10mm',
    '9999999999999TiB',
    0,
    -1,
    1.5,
    Number.NaN,
  ]) {
    t.match(parseSize(text, 'x'), { where: 'x', expected: /^a size such as '10MiB'/ }, String(text))
  }
})

t.test('the pattern of the schema takes the sizes that are understood, and no others', async t => {
  const unit = fc.constantFrom('B', 'KiB', 'kib', 'MB', 'gIb', 'T', 'M', 'iB', '', 'PB')
  const text = fc.oneof(
    fc.string(),
    fc.tuple(fc.nat(1e6), fc.constantFrom('', ' ', '  '), unit).map(parts => parts.join('')),
  )
  holds(
    t,
    fc.property(text, text => new RegExp(SIZE_PATTERN).test(text) === (typeof parseSize(text, '') === 'number')),
  )
})
