import fc from 'fast-check'
import t from 'tap'
import { readEntry } from '../../../lib/cli/record/entry'
import { Filter } from '../../../lib/cli/view/filter'
import { readViewOptions } from '../../../lib/cli/view/options'
import { holds } from '../../support/property'

const NOW = Date.parse('2026-11-23T12:00:00.000Z')

function filter(...args: string[]): Filter {
  const { options, problems } = readViewOptions(args, NOW)
  t.same(problems, [])
  return new Filter(options)
}

/** Whether the line is shown, as reading it whole says. */
function shows(wanted: Filter, line: string): boolean {
  const entry = readEntry(line)
  return entry !== undefined && wanted.wants(entry, true)
}

function line(level: string, logger?: string, more: object = {}): string {
  return JSON.stringify({
    time: '2026-11-23T11:00:00.000Z',
    level,
    ...(logger === undefined ? {} : { logger }),
    msg: 'm',
    ...more,
  })
}

t.test('a level text shows what it would have logged', async t => {
  const wanted = filter(
    '--level',
    'warn,http=debug,http[tenant=acme]=trace,app.*.sql=info,-noisy,"a.b"=error,[user.id=7]=debug',
  )
  const rows: [boolean, string][] = [
    [true, line('warn')],
    [false, line('info')],
    [true, line('debug', 'http')],
    [true, line('debug', 'http.client')],
    [false, line('trace', 'http')],
    [true, line('trace', 'http', { tenant: 'acme' })],
    [true, line('info', 'app.db.sql')],
    [false, line('fatal', 'noisy.lib')],
    [false, line('warn', 'a.b')],
    [true, line('debug', 'other', { user: { id: 7 } })],
    [false, '{"level":30,"time":1,"name":"shop","msg":"pino"}'],
    [true, '{"level":20,"time":1,"name":"http","msg":"pino"}'],
    [true, '{"level":"odd","msg":"of no known level"}'],
    [true, '{"time":1,"msg":"of no level"}'],
  ]
  for (const [expected, text] of rows) t.equal(shows(wanted, text), expected, text)
  t.ok(shows(filter('--level', 'http=debug'), line('info')), 'without a default level it is info, as everywhere')
  t.notOk(shows(filter('--level', 'http=debug'), line('debug')))
})

t.test('what is rejected without being parsed would have been rejected anyway', async t => {
  const key = fc.constantFrom('level', 'logger', 'log.level', 'name', 'msg', 'x', 'tenant', 'level":"')
  const value = fc.oneof(
    fc.constantFrom('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'INFO', 'http', 'odd', 'http', 'acme', 'a"b'),
    fc.constantFrom<unknown>(10, 30, 35, 1e3, -1.5, true, null, { level: 'error' }, ['level'], { logger: 'http' }),
  )
  const members = fc.array(fc.tuple(key, value), { maxLength: 6 })
  const text = members.map(
    all => `{${all.map(([name, item]) => `${JSON.stringify(name)}:${JSON.stringify(item)}`).join(',')}}`,
  )
  const levels = fc.constantFrom(
    'warn',
    'error,http=debug',
    'silent',
    'info,http[tenant=acme]=trace',
    'http=debug',
    'fatal,-http,odd=25',
  )
  let rejected = 0
  holds(
    t,
    fc.property(text, levels, (line, level) => {
      const wanted = filter('--level', level)
      if (!wanted.rejectsLevel(line)) return true
      rejected++
      return readEntry(line) !== undefined && !shows(wanted, line)
    }),
    2000,
  )
  t.ok(rejected > 20, `${rejected} were rejected`)
  t.ok(filter('--level', 'warn').rejectsLevel(line('info', 'http')), "hewn's own lines are")
  t.ok(filter('--level', 'warn').rejectsLevel('{"level":30,"time":1,"msg":"x"}'), "pino's are")
  t.notOk(filter('--level', 'warn,http=info').rejectsLevel(line('info', 'http.client')))
  t.ok(filter('--level', 'warn,http=info').rejectsLevel(line('info', 'db')), 'by the name as well')
})

t.test('a time that is told from its text is told as it is from its number', async t => {
  const time = fc.date({ noInvalidDate: true, min: new Date('2026-11-23T11:00Z'), max: new Date('2026-11-23T12:00Z') })
  holds(
    t,
    fc.property(time, time, time, (from, to, at) => {
      const wanted = filter('--since', from.toISOString(), '--until', to.toISOString())
      const text = JSON.stringify({ time: at.toISOString(), level: 'info', msg: 'm' })
      t.equal(wanted.isTextInTime(text), wanted.isInTime(at.getTime()))
      t.equal(wanted.isInTime(at.getTime()), at >= from && at <= to)
    }),
    300,
  )
  t.equal(filter('--since', '10m').isTextInTime('{"level":30}'), undefined)
})
