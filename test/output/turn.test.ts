import fc from 'fast-check'
import t from 'tap'
import { type Runs, Turn } from '../../lib/output/turn'

interface Taken {
  text: string
  lines: number
  runs: number[]
  from: number
}

function collect() {
  const taken: Taken[] = []
  const take = (text: string, lines: number, runs: Runs, from: number) => {
    taken.push({ text, lines, runs: [...runs], from })
  }
  return { taken, take }
}

t.test('the lines of a turn are handed over together when the turn ends, and not before', async t => {
  const writer = collect()
  const turn = new Turn(writer, 'turn')
  turn.write('a\n', 30, 5)
  turn.write('b\n', 30, 6)
  turn.write('c\n', 20, 7)
  t.equal(writer.taken.length, 0)
  t.equal(turn.lines, 3)
  await new Promise(setImmediate)
  t.same(writer.taken, [{ text: 'a\nb\nc\n', lines: 3, runs: [30, 2, 20, 1], from: 5 }])
  t.equal(turn.lines, 0)
})

t.test('an error is handed over in the call, with all that came before it', async t => {
  const writer = collect()
  const turn = new Turn(writer, 'turn')
  turn.write('a\n', 30, 0)
  turn.write('b\n', 50, 0)
  turn.write('c\n', 60, 0)
  t.same(
    writer.taken.map(taken => taken.text),
    ['a\nb\n', 'c\n'],
  )
  t.same(writer.taken[0]?.runs, [30, 1, 50, 1])
})

t.test('with durability line, every line is handed over in the call', async t => {
  const writer = collect()
  const turn = new Turn(writer, 'line')
  turn.write('a\n', 10, 0)
  turn.write('b\n', 10, 0)
  t.equal(writer.taken.length, 2)
})

t.test('a turn that never ends is handed over at 64 KiB, and when a call finds its first line 10 ms old', async t => {
  const writer = collect()
  const turn = new Turn(writer, 'turn')
  const line = `${'x'.repeat(1023)}\n`
  for (let i = 0; i < 64; i++) turn.write(line, 30, 0)
  t.equal(writer.taken.length, 1)
  t.equal(writer.taken[0]?.text.length, 65536)
  turn.write('a\n', 30, 100)
  turn.write('b\n', 30, 109)
  t.equal(writer.taken.length, 1)
  turn.write('c\n', 30, 110)
  t.equal(writer.taken[1]?.text, 'a\nb\nc\n')
})

t.test('flush leaves nothing behind that would keep the process alive', async t => {
  const writer = collect()
  const turn = new Turn(writer, 'turn')
  const before = process.getActiveResourcesInfo().filter(name => name === 'Immediate').length
  turn.write('a\n', 30, 0)
  t.equal(process.getActiveResourcesInfo().filter(name => name === 'Immediate').length, before + 1)
  turn.flush()
  t.equal(process.getActiveResourcesInfo().filter(name => name === 'Immediate').length, before)
  t.equal(writer.taken.length, 1)
  turn.flush()
  t.equal(writer.taken.length, 1)
})

t.test('whatever comes, every line is handed over once, in order, under its own level', async () => {
  const event = fc.record({
    length: fc.oneof(fc.nat(50), fc.nat(70_000)),
    level: fc.constantFrom(10, 20, 30, 35, 40, 50, 60),
    wait: fc.nat(4),
    flush: fc.integer({ min: 0, max: 9 }).map(n => n === 0),
  })
  fc.assert(
    fc.property(
      fc.array(event, { maxLength: 60 }),
      fc.constantFrom('turn' as const, 'line' as const),
      (events, durability) => {
        const writer = collect()
        const turn = new Turn(writer, durability)
        let now = 1000
        let expected = ''
        const levels: number[] = []
        for (const { length, level, wait, flush } of events) {
          now += wait
          const line = `${'x'.repeat(length)}\n`
          expected += line
          levels.push(level)
          turn.write(line, level, now)
          if (flush) turn.flush()
        }
        turn.flush()
        const got = writer.taken.flatMap(({ runs }) => expand(runs))
        const lines = writer.taken.reduce((sum, taken) => sum + taken.lines, 0)
        return (
          writer.taken.map(taken => taken.text).join('') === expected && same(got, levels) && lines === levels.length
        )
      },
    ),
  )
})

function expand(runs: readonly number[]): number[] {
  const levels: number[] = []
  for (let i = 0; i < runs.length; i += 2) for (let n = 0; n < runs[i + 1]!; n++) levels.push(runs[i]!)
  return levels
}

function same(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i])
}
