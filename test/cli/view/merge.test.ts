import fc from 'fast-check'
import t from 'tap'
import { Filter } from '../../../lib/cli/view/filter'
import { type Item, ItemReader } from '../../../lib/cli/view/items'
import { merged } from '../../../lib/cli/view/merge'
import { readViewOptions } from '../../../lib/cli/view/options'
import { Tail } from '../../../lib/cli/view/tail'
import { holds } from '../../support/property'

function item(label: string, order: number, line: string): Item {
  return { entry: undefined, line, raw: undefined, end: true, label, order }
}

async function* inChunks(items: readonly Item[], size: number): AsyncGenerator<Item[], void> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size)
}

t.test('several logs come in the order of time, each in its own order, nothing lost or doubled', async t => {
  const log = fc.tuple(fc.array(fc.nat(50), { maxLength: 30 }), fc.integer({ min: 1, max: 5 }))
  await fc.assert(
    fc.asyncProperty(fc.array(log, { maxLength: 5 }), async logs => {
      const all = logs.map(([times, size], index) => {
        const items = times.toSorted((a, b) => a - b).map((order, at) => item(`${index}`, order, `${at}`))
        return { items, size }
      })
      const got: Item[] = []
      for await (const one of merged(all.map(({ items, size }) => inChunks(items, size)))) got.push(one)
      t.same(
        got.map(({ order }) => order),
        all.flatMap(({ items }) => items.map(({ order }) => order)).sort((a, b) => a - b),
      )
      for (const [index, { items }] of all.entries())
        t.same(
          got.filter(({ label }) => label === `${index}`),
          items,
        )
    }),
    { numRuns: 100 },
  )
})

/** The lines shown of a log's text. */
function shown(text: string, ...args: string[]): Item[] {
  const items: Item[] = []
  const { options } = readViewOptions(args, Date.parse('2026-11-23T12:00:00Z'))
  const reader = new ItemReader(new Filter(options), '', one => items.push(one))
  reader.push(Buffer.from(text))
  reader.end()
  return items
}

const at = (time: string, level = 'info') =>
  `{"time":"2026-11-23T${time}:00.000Z","level":"${level}","msg":"${time}"}\n`

t.test('a line that is no record goes with the record before it', async t => {
  const text = `start\n${at('11:00')}of eleven\n${at('11:50')}of ten to\n${at('11:40')}late\n{"level":30,"msg":"untimed"}\n`
  const lines = (items: Item[]) => items.map(({ entry, line }) => entry?.fields['msg'] ?? line)
  t.same(lines(shown(text)), ['start', '11:00', 'of eleven', '11:50', 'of ten to', '11:40', 'late', 'untimed'])
  t.same(lines(shown(text, '--since', '15m')), ['11:50', 'of ten to'])
  t.same(lines(shown(text, '--since', '25m', '--until', '15m')), ['11:40', 'late', 'untimed'])
  t.same(
    lines(shown(`${at('11:50', 'debug')}x\n`, '--since', '15m', '--level', 'info')),
    ['x'],
    'a level decides about records only',
  )
})

t.test('where the time goes back within a log, its lines keep their order', async t => {
  t.same(
    shown(at('11:00') + at('10:00') + at('11:30')).map(
      ({ order }) => new Date(order).getUTCHours() * 60 + new Date(order).getUTCMinutes(),
    ),
    [660, 660, 690],
  )
})

t.test('of many lines the last are kept', async t => {
  holds(
    t,
    fc.property(fc.nat(500), fc.nat(20), (count, wanted) => {
      const tail = new Tail(wanted)
      const items = Array.from({ length: count }, (_, i) => item('', i, `${i}`))
      for (const one of items) tail.add(one)
      t.same(tail.last(), wanted === 0 ? [] : items.slice(-wanted))
    }),
  )
})
