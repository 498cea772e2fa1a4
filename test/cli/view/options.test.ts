import t from 'tap'
import { readViewOptions } from '../../../lib/cli/view/options'
import { parseWhen } from '../../../lib/cli/view/when'
import { formatProblem } from '../../../lib/problem'

process.env.TZ = 'Europe/Zurich'
const NOW = Date.parse('2026-11-23T12:34:56.789Z')

t.test('a time is one ago, one of today, a day or an instant', async t => {
  const rows: [string, string][] = [
    ['10m', '2026-11-23T12:24:56.789Z'],
    ['1h30m', '2026-11-23T11:04:56.789Z'],
    ['10:00', '2026-11-23T09:00:00.000Z'],
    ['9:05:07.5', '2026-11-23T08:05:07.500Z'],
    ['2026-11-22', '2026-11-21T23:00:00.000Z'],
    ['2026-07-01T10:00', '2026-07-01T08:00:00.000Z'],
    ['2026-07-01 10:00:01', '2026-07-01T08:00:01.000Z'],
    ['2026-11-22T10:00Z', '2026-11-22T10:00:00.000Z'],
    ['2026-11-22T10:00:00.123+05:30', '2026-11-22T04:30:00.123Z'],
  ]
  for (const [text, expected] of rows) {
    const time = parseWhen(text, '--since', NOW)
    t.equal(typeof time === 'number' ? new Date(time).toISOString() : time, expected, text)
  }
  for (const text of ['', 'yesterday', '25:00', '10:60', '2026-13-01', '10', '-5m', '2026-11-22T']) {
    t.match(parseWhen(text, '--since', NOW), { where: '--since', expected: /a time ago/ }, text)
  }
})

t.test('each mistake in the arguments is answered with what would have been right', async t => {
  const rows: [string[], RegExp][] = [
    [['--lvel=x'], /'--lvel', expected one of -l, --level, .*did you mean '--level'\?/],
    [['-z'], /unknown option '-z'/],
    [['--level'], /--level: found nothing behind it/],
    [['--json=yes'], /--json: found 'yes', expected no value/],
    [['--json', '--logfmt'], /--json and --logfmt, expected one of them/],
    [['--level', 'wran'], /did you mean 'warn'\?\n {2}wran\n {2}\^{4}/],
    [['--level', 'to:elastic=info'], /'to:elastic', expected levels of loggers/],
    [['--since', 'soon'], /--since: found 'soon'/],
    [['-n', 'ten'], /--lines: found 'ten', expected a number of lines/],
    [['--since', '1m', '-s', '2m'], /-s: found it twice/],
  ]
  for (const [args, expected] of rows) {
    const { problems } = readViewOptions(args, NOW)
    t.equal(problems.length, 1, args.join(' '))
    t.match(formatProblem(problems[0]!), expected)
  }
})

t.test('options may stand anywhere, and what follows -- is a file', async t => {
  const { options, problems } = readViewOptions(['a.log', '-f', 'b.log', '--fields', 'a, b.c,', '--', '-x.log'], NOW)
  t.same(problems, [])
  t.match(options, { paths: ['a.log', 'b.log', '-x.log'], follow: true, fields: ['a', 'b.c'], format: 'pretty' })
})

t.test('following begins with the last ten lines, unless a time or a number is given', async t => {
  const lines = (...args: string[]) => readViewOptions(args, NOW).options.lines
  t.equal(lines(), undefined)
  t.equal(lines('-f'), 10)
  t.equal(lines('-f', '-n', '3'), 3)
  t.equal(lines('-f', '-n', 'all'), 10)
  t.equal(lines('-f', '--since', '1m'), undefined)
})
