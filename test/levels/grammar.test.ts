import fc from 'fast-check'
import t from 'tap'
import { MAX_LEVELS_LENGTH, parseLevels } from '../../lib/levels/grammar'
import { LevelTable, SILENT, STANDARD_LEVELS } from '../../lib/levels/levels'
import { condition, printRules, type Rule } from '../../lib/levels/rule'
import { formatProblem, type Problem } from '../../lib/problem'
import { holds } from '../support/property'
import { anyRule, hostileText } from './generators'

function parse(text: string, levels = STANDARD_LEVELS) {
  return parseLevels(text, { where: 'LOG_LEVEL', levels })
}

/** The rules of a text without mistakes, printed. */
function read(t: Tap.Test, text: string, levels = STANDARD_LEVELS): string {
  const { rules, problems } = parse(text, levels)
  t.strictSame(problems, [], text)
  return printRules(rules, levels)
}

/** The one problem of a text, and what still takes effect. */
function mistake(t: Tap.Test, text: string): Problem & { marked: string; left: string } {
  const { rules, problems } = parse(text)
  t.equal(problems.length, 1, text)
  const problem = problems[0]!
  const marked = text.slice(problem.at, problem.at! + problem.length!)
  return { ...problem, marked, left: printRules(rules, STANDARD_LEVELS) }
}

declare namespace Tap {
  type Test = Pick<typeof t, 'equal' | 'strictSame'>
}

const name = (text: string, level: number, more: Partial<Rule> = {}): Rule => {
  return { target: 'name', name: text, glob: false, conditions: [], level, ...more }
}

t.test('each form of the grammar is understood', async t => {
  const text = 'warn,http=debug,app.db.**=trace,http[tenant=acme]=debug,to:elastic=info,-noisy.lib,"@acme/db"=error'
  const { rules, problems } = parse(text)
  t.strictSame(problems, [])
  t.strictSame(rules, [
    { target: 'default', name: '', glob: false, conditions: [], level: 40 },
    name('http', 20),
    name('app.db.**', 10, { glob: true }),
    name('http', 20, { conditions: [condition('tenant', 'acme')] }),
    { target: 'transport', name: 'elastic', glob: false, conditions: [], level: 30 },
    name('noisy.lib', SILENT),
    name('@acme/db', 50),
  ])
})

t.test('levels are read in any case, as off or silent, and as numbers', async t => {
  t.equal(read(t, 'WARN,http=Debug,a=OFF,b=Silent,c=30,d=25'), 'warn,http=debug,a=silent,b=silent,c=info,d=25')
})

t.test('custom levels come from the table', async t => {
  const levels = new LevelTable({ notice: 35 })
  t.equal(read(t, 'notice,http=NOTICE', levels), 'notice,http=notice')
  t.match(parse('http=notice').problems, [{ found: "'notice'" }])
})

t.test('spaces around tokens and empty items mean nothing', async t => {
  t.equal(
    read(t, ' , warn ,\n\t http = debug ,, http [ a = b , c = d ] = trace,'),
    'warn,http=debug,http[a=b][c=d]=trace',
  )
  t.equal(read(t, 'to: elastic = info, - noisy'), 'to:elastic=info,noisy=silent')
  t.equal(read(t, ''), '')
})

t.test('several conditions are written in one pair of brackets or in several', async t => {
  t.strictSame(parse('http[tenant=acme][user=42]=debug').rules, parse('http[tenant=acme,user=42]=debug').rules)
})

t.test('a condition without a name speaks of every name', async t => {
  t.strictSame(parse('[tenant=acme]=debug').rules, [
    name('**', 20, { glob: true, conditions: [condition('tenant', 'acme')] }),
  ])
})

t.test('what is quoted is taken literally', async t => {
  t.strictSame(parse('"a,b=[c] \\"d\\" \\\\ *"=debug').rules, [name('a,b=[c] "d" \\ *', 20)])
  t.strictSame(parse('"**"=debug,"to:x"=debug,-"-y"').rules, [name('**', 20), name('to:x', 20), name('-y', SILENT)])
  t.strictSame(parse('a["x y"="1,\\"2"]=debug,to:"my own"=info').rules, [
    name('a', 20, { conditions: [condition('x y', '1,"2')] }),
    { target: 'transport', name: 'my own', glob: false, conditions: [], level: 30 },
  ])
})

t.test('a misspelt level is answered with the nearest one, and the rest takes effect', async t => {
  const problem = mistake(t, 'warn,http=debgu,app=info')
  t.match(problem, { marked: 'debgu', suggestion: 'debug', left: 'warn,app=info', expected: /trace, debug, info/ })
  t.equal(
    formatProblem(parse('warn,http=debgu').problems[0]!),
    "LOG_LEVEL: found 'debgu', expected a level (trace, debug, info, warn, error, fatal, silent); did you mean 'debug'?\n" +
      '  warn,http=debgu\n' +
      '            ^^^^^',
  )
})

t.test('a mistake costs its own item only', async t => {
  const cases: readonly (readonly [text: string, marked: string, expected: RegExp, left: string])[] = [
    ['http,a=info', 'http', /a level .* or 'name=level'/, 'a=info'],
    ['warn http=debug,a=info', 'http', /a comma or '='/, 'a=info'],
    ['http=,a=info', ',', /a level/, 'a=info'],
    ['=debug,a=info', '=', /a name/, 'a=info'],
    ['http=debug=info,a=info', '=', /a comma/, 'a=info'],
    ['-http=debug,a=info', '=', /takes no level/, 'a=info'],
    ['-,a=info', ',', /a name/, 'a=info'],
    ['app.db*=debug,a=info', 'db*', /a whole segment/, 'a=info'],
    ['a.***=debug,a=info', '***', /a whole segment/, 'a=info'],
    ['a..b=debug,a=info', '.', /no empty segment/, 'a=info'],
    ['.a=debug,a=info', '.', /no empty segment/, 'a=info'],
    ['a.=debug,a=info', '.', /no empty segment/, 'a=info'],
    ['to:*=debug,a=info', '*', /a transport's name/, 'a=info'],
    ['to:=debug,a=info', '=', /a transport's name/, 'a=info'],
    ['to:x[a=b]=debug,a=info', '[', /'='/, 'a=info'],
    ['http[]=debug,a=info', ']', /a field's name/, 'a=info'],
    ['http[b,c=d]=debug,a=info', ',', /a value for 'b'/, 'a=info'],
    ['http[b=]=debug,a=info', ']', /a value/, 'a=info'],
    ['http[b=*]=debug,a=info', '*', /no globs/, 'a=info'],
    ['http[b=1][b=2]=debug,a=info', 'b', /each field once/, 'a=info'],
    ['http[b=1,c=2=debug,a=info', '=', /']' or a comma/, 'a=info'],
    ['http[b,c]=debug,a[b=c]=info', ',', /a value for 'b'/, 'a[b=c]=info'],
    ['http]=debug,a=info', ']', /'='/, 'a=info'],
    ['""=debug,a=info', '""', /a name/, 'a=info'],
    ['"http=debug,a=info', '"', /a closing quote/, 'a=info'],
    ['a"b"=debug,a=info', '"b"', /a comma or '='/, 'a=info'],
    ['"a\\n"=debug,a=info', '"a\\n"', /after a backslash/, 'a=info'],
    ['http=-5,a=info', '-5', /a level/, 'a=info'],
    ['http=1e3,a=info', '1e3', /a level/, 'a=info'],
    ['http=99999999999,a=info', '99999999999', /a level/, 'a=info'],
  ]
  for (const [text, marked, expected, left] of cases) t.match(mistake(t, text), { marked, expected, left }, text)
})

t.test('a mistake at the end is placed behind the text', async t => {
  t.match(parse('http=').problems, [{ found: 'the end of the text', at: 5 }])
})

t.test('what was probably meant is said', async t => {
  t.equal(mistake(t, 'wran').suggestion, 'warn')
  t.equal(mistake(t, 'http').suggestion, 'http=debug')
  t.equal(mistake(t, 'debug=http').suggestion, 'http=debug')
  t.equal(mistake(t, 'a=silnt').suggestion, 'silent')
  t.equal(mistake(t, 'a=#####').suggestion, undefined)
})

t.test('a text beyond 64 KiB is one problem and no rules', async t => {
  t.equal(parse(`${' '.repeat(MAX_LEVELS_LENGTH - 4)}warn`).rules.length, 1)
  const { rules, problems } = parse(`${' '.repeat(MAX_LEVELS_LENGTH)}warn`)
  t.strictSame(rules, [])
  t.match(problems, [{ found: '65540 characters' }])
})

t.test('what is not a text is a problem', async t => {
  for (const value of [undefined, null, 7, {}, Symbol('x')]) {
    const { rules, problems } = parse(value as string)
    t.strictSame(rules, [])
    t.match(problems, [{ expected: /a text of levels/ }])
  }
})

t.test('past twenty mistakes the rest is counted', async t => {
  const { rules, problems } = parse(`${'x,'.repeat(50)}warn`)
  t.equal(rules.length, 1)
  t.equal(problems.length, 21)
  t.match(problems.at(-1), { found: '30 more mistakes' })
})

t.test('the longest hostile texts are read in one go', async t => {
  for (const piece of [
    '"\\"',
    '\\"',
    '"',
    '[',
    '[a=b',
    'a[',
    'x[a,',
    '\\',
    '**.',
    '-',
    'to:',
    'x=',
    'a.a.',
    '"a"',
    '[a=b]',
  ]) {
    const text = piece.repeat(Math.floor(MAX_LEVELS_LENGTH / piece.length) - 1)
    for (const whole of [text, `"${text}`, `a[${text}`]) t.ok(parse(whole).problems.length <= 21, piece)
  }
})

t.test('printed rules parse to the same rules', async t => {
  holds(
    t,
    fc.property(fc.array(anyRule, { maxLength: 6 }), rules => {
      const printed = printRules(rules, STANDARD_LEVELS)
      const parsed = parse(printed)
      return JSON.stringify(parsed) === JSON.stringify({ rules, problems: [] })
    }),
    300,
  )
})

t.test('any text is read without a throw, and the place of every problem lies inside it', async t => {
  holds(
    t,
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), hostileText()), text => {
      const { rules, problems } = parse(text)
      for (const problem of problems) {
        formatProblem(problem)
        if (problem.at === undefined) continue
        if (problem.at < 0 || problem.at > text.length || problem.length! < 1) return false
        if (problem.at + problem.length! > Math.max(text.length, problem.at + 1)) return false
      }
      const again = parse(printRules(rules, STANDARD_LEVELS))
      return again.problems.length === 0 && JSON.stringify(again.rules) === JSON.stringify(rules)
    }),
    500,
  )
})

t.test('a mistake before or after a text leaves its rules as they are', async t => {
  holds(
    t,
    fc.property(fc.array(anyRule, { maxLength: 4 }), rules => {
      const printed = printRules(rules, STANDARD_LEVELS)
      const { rules: left, problems } = parse(`x=debgu,${printed},y]`)
      return problems.length === 2 && JSON.stringify(left) === JSON.stringify(rules)
    }),
  )
})
