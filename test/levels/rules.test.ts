import fc from 'fast-check'
import t from 'tap'
import { parseLevels } from '../../lib/levels/grammar'
import { SILENT, STANDARD_LEVELS } from '../../lib/levels/levels'
import type { Rule } from '../../lib/levels/rule'
import { effectiveLevel, type Layer, LevelRules } from '../../lib/levels/rules'
import { holds } from '../support/property'
import { someName, someRule } from './generators'

function layer(text: string, name = 'LOG_LEVEL'): Layer {
  const { rules, problems } = parseLevels(text, { where: name, levels: STANDARD_LEVELS })
  t.strictSame(problems, [])
  return { name, rules }
}

const rulesOf = (...texts: string[]): LevelRules => new LevelRules(texts.map((text, i) => layer(text, `layer ${i}`)))
const fieldsOf = (fields: Readonly<Record<string, unknown>>) => (field: string) => fields[field]

function levelOf(rules: LevelRules, name: string, fields?: Readonly<Record<string, unknown>>): string {
  const resolved = rules.resolve(name)
  return STANDARD_LEVELS.label(fields === undefined ? resolved.level : effectiveLevel(resolved, fieldsOf(fields)))
}

t.test('a name rule matches its name and all names below it, and nothing else', async t => {
  const rules = rulesOf('warn,app.db=debug')
  t.equal(levelOf(rules, 'app.db'), 'debug')
  t.equal(levelOf(rules, 'app.db.pool.acquire'), 'debug')
  for (const name of ['', 'app', 'app.dbx', 'app.d', 'x.app.db', 'db']) t.equal(levelOf(rules, name), 'warn', name)
})

t.test('a glob matches exactly what it spells', async t => {
  const one = rulesOf('warn,app.*.pool=debug')
  t.equal(levelOf(one, 'app.db.pool'), 'debug')
  for (const name of ['app.pool', 'app.db.x.pool', 'app.db.pool.x']) t.equal(levelOf(one, name), 'warn', name)
  const any = rulesOf('warn,app.**.pool=debug')
  for (const name of ['app.pool', 'app.db.pool', 'app.a.b.c.pool']) t.equal(levelOf(any, name), 'debug', name)
  for (const name of ['app', 'app.pool.x', 'pool']) t.equal(levelOf(any, name), 'warn', name)
  const below = rulesOf('warn,app.**=debug')
  for (const name of ['app', 'app.x', 'app.x.y']) t.equal(levelOf(below, name), 'debug', name)
  const all = rulesOf('warn,**=debug,*=error')
  t.equal(levelOf(all, ''), 'debug')
  t.equal(levelOf(all, 'app'), 'error')
  t.equal(levelOf(all, 'app.x'), 'debug')
})

t.test('a star in quotes is only a star', async t => {
  const rules = rulesOf('warn,"*"=debug')
  t.equal(levelOf(rules, 'app'), 'warn')
  t.equal(levelOf(rules, '*.x'), 'debug')
})

t.test('the more literal segments win, whatever the layer and the order', async t => {
  t.equal(levelOf(rulesOf('app.db=debug', 'app=error'), 'app.db.x'), 'debug')
  t.equal(levelOf(rulesOf('app.*.pool=debug,app=error'), 'app.db.pool'), 'debug')
})

t.test('of equal literal segments exact comes before glob, then more conditions, then the later one', async t => {
  t.equal(levelOf(rulesOf('app=debug,app.**=error'), 'app.db'), 'debug')
  t.equal(levelOf(rulesOf('app=debug,app.**[a=1]=error'), 'app.db', { a: 1 }), 'debug')
  t.equal(levelOf(rulesOf('app[a=1][b=1]=debug,app[a=1]=error'), 'app', { a: 1, b: 1 }), 'debug')
  t.equal(levelOf(rulesOf('app[a=1]=error,app[b=1]=debug'), 'app', { a: 1, b: 1 }), 'debug')
  t.equal(levelOf(rulesOf('app=error,app=debug'), 'app'), 'debug')
  t.equal(levelOf(rulesOf('app=error', 'app=debug'), 'app'), 'debug')
})

t.test('a default decides only where no name rule matches, and the later default wins', async t => {
  t.equal(levelOf(rulesOf('**=debug', 'error'), 'app'), 'debug')
  t.equal(levelOf(rulesOf('warn', 'error'), 'app'), 'error')
  t.equal(levelOf(rulesOf(), 'app'), 'info')
})

t.test('a condition without a name outranks defaults, not names', async t => {
  const rules = rulesOf('warn,http=info,[tenant=acme]=debug')
  t.equal(levelOf(rules, 'app', { tenant: 'acme' }), 'debug')
  t.equal(levelOf(rules, '', { tenant: 'acme' }), 'debug')
  t.equal(levelOf(rules, 'app', { tenant: 'other' }), 'warn')
  t.equal(levelOf(rules, 'http', { tenant: 'acme' }), 'info')
})

t.test('a condition raises a threshold as well as it lowers one', async t => {
  const rules = rulesOf('app=debug,app[probe=true]=off')
  t.equal(levelOf(rules, 'app', { probe: true }), 'silent')
  t.match(rules.resolve('app'), { level: 20, lowest: 20, highest: SILENT })
})

t.test('values are compared as text, and objects equal nothing', async t => {
  const rules = rulesOf(
    'warn,a[x=42]=debug,b[x=true]=debug,c[x="[object Object]"]=debug,d[x=undefined]=debug,e[x=null]=debug,f[x=""]=debug',
  )
  for (const x of [42, '42', 42n]) t.equal(levelOf(rules, 'a', { x }), 'debug')
  for (const x of [43, '42 ', [42], new Number(42)]) t.equal(levelOf(rules, 'a', { x }), 'warn')
  for (const x of [true, 'true']) t.equal(levelOf(rules, 'b', { x }), 'debug')
  t.equal(levelOf(rules, 'c', { x: {} }), 'warn')
  t.equal(levelOf(rules, 'd', {}), 'warn')
  t.equal(levelOf(rules, 'e', { x: null }), 'warn')
  t.equal(levelOf(rules, 'f', { x: '' }), 'debug')
  t.equal(levelOf(rules, 'f', { x: [] }), 'warn')
})

t.test('a field is looked up as it is written, then as a path', async t => {
  const rules = rulesOf('warn,a[user.org.id=42]=debug')
  t.equal(levelOf(rules, 'a', { 'user.org.id': 42 }), 'debug')
  t.equal(levelOf(rules, 'a', { user: { org: { id: 42 } } }), 'debug')
  t.equal(levelOf(rules, 'a', { 'user.org.id': 41, user: { org: { id: 42 } } }), 'warn')
  for (const user of [undefined, null, 'org', { org: null }, {}, 7]) t.equal(levelOf(rules, 'a', { user }), 'warn')
})

t.test('a look-up that throws counts as a condition that does not hold', async t => {
  const resolved = rulesOf('warn,a[x.y=1]=debug').resolve('a')
  t.equal(
    effectiveLevel(resolved, () => {
      throw new Error('no')
    }),
    40,
  )
  const trap = new Proxy(
    {},
    {
      get() {
        throw new Error('no')
      },
    },
  )
  t.equal(
    effectiveLevel(resolved, field => (field === 'x' ? trap : undefined)),
    40,
  )
})

t.test('only conditions that outrank the unconditional rule are kept', async t => {
  const rules = rulesOf('http=info,http.client=info,http[a=1]=debug,[b=1]=debug')
  t.strictSame(rules.resolve('http.client').conditional, [])
  t.match(rules.resolve('http'), { level: 30, conditional: [{ level: 20 }], lowest: 20, highest: 30 })
  t.equal(rules.resolve('http').conditional.length, 1)
})

t.test('a transport has a threshold of its own, and a logger of that name does not get it', async t => {
  const rules = rulesOf('info,to:elastic=warn,to:elastic=debug', 'to:graylog=off')
  t.equal(rules.threshold('elastic'), 20)
  t.equal(rules.threshold('graylog'), SILENT)
  t.equal(rules.threshold('stdout'), undefined)
  t.strictSame([...rules.transports()].sort(), ['elastic', 'graylog'])
  t.equal(levelOf(rules, 'elastic'), 'info')
  t.equal(levelOf(rules, 'to:elastic'), 'info')
})

t.test('names that are properties of objects are only names', async t => {
  const rules = rulesOf('warn,__proto__=debug,constructor.x=debug,a[__proto__=1]=debug')
  t.equal(levelOf(rules, '__proto__.y'), 'debug')
  t.equal(levelOf(rules, 'constructor'), 'warn')
  t.equal(levelOf(rules, 'hasOwnProperty'), 'warn')
})

t.test('a row of ** does not multiply the ways through a long name', async t => {
  const rules = rulesOf(`warn,${'**.a.'.repeat(200)}b=debug`)
  t.equal(levelOf(rules, 'a.'.repeat(2000).concat('c')), 'warn')
  t.equal(levelOf(rules, 'a.'.repeat(2000).concat('b')), 'debug')
})

/** What the sentence about precedence says, word for word, asking every rule. */
function reference(layers: readonly Layer[], name: string, fields: Readonly<Record<string, string>>): number {
  let best: Rule | undefined
  for (const rule of layers.flatMap(({ rules }) => rules)) {
    if (!matches(rule, name) || rule.conditions.some(({ field, value }) => fields[field] !== value)) continue
    if (best === undefined || !beats(best, rule)) best = rule
  }
  return best?.level ?? 30
}

function beats(earlier: Rule, later: Rule): boolean {
  const key = (rule: Rule): number[] => [
    rule.target === 'default' ? 0 : 1,
    rule.name.split('.').filter(segment => segment !== '' && !(rule.glob && segment.startsWith('*'))).length,
    rule.glob ? 0 : 1,
    rule.conditions.length,
  ]
  const [a, b] = [key(earlier), key(later)]
  const differs = a.findIndex((part, i) => part !== b[i])
  return differs >= 0 && a[differs]! > b[differs]!
}

function matches(rule: Rule, name: string): boolean {
  if (rule.target !== 'name') return rule.target === 'default'
  const pattern = rule.name.split('.')
  const segments = name === '' ? [] : name.split('.')
  return rule.glob ? spells(pattern, segments) : pattern.every((segment, i) => segment === segments[i])
}

function spells([first, ...rest]: string[], segments: string[]): boolean {
  if (first === undefined) return segments.length === 0
  if (first === '**')
    return spells(rest, segments) || (segments.length > 0 && spells([first, ...rest], segments.slice(1)))
  return segments.length > 0 && (first === '*' || first === segments[0]) && spells(rest, segments.slice(1))
}

const someLayers = fc.array(fc.array(someRule, { maxLength: 5 }), { maxLength: 3 })
const someFields = fc.constantFrom<Record<string, string>>(
  {},
  { x: '1' },
  { x: '1', y: '1' },
  { y: '1', 'z.w': '1' },
  { x: '2' },
)

t.test('resolving agrees with asking every rule by the sentence on precedence', async t => {
  holds(
    t,
    fc.property(someLayers, fc.oneof(someName, fc.constant('')), someFields, (texts, name, fields) => {
      const layers = texts.map((rules, i) => ({ name: `layer ${i}`, rules }))
      const rules = new LevelRules(layers)
      const resolved = rules.resolve(name)
      const level = effectiveLevel(resolved, fieldsOf(fields))
      const expected = reference(layers, name, fields)
      const explained = rules.explain(name, fieldsOf(fields))
      return (
        level === expected &&
        explained.number === expected &&
        rules.explain(name).number === resolved.level &&
        resolved.lowest <= level &&
        level <= resolved.highest
      )
    }),
    1000,
  )
})

t.test('explain says which rule of which layer decided, what it beat and why', async t => {
  const rules = new LevelRules([
    layer('info', 'defaults'),
    layer('warn,app=info,to:elastic=info', 'hewn.config.json'),
    layer('app.db=debug,app.**=trace,app.db[tenant=acme]=trace,app.db=warn,app.db=debug', 'LOG_LEVEL'),
  ])
  const explained = rules.explain('app.db.pool')
  t.match(explained, { name: 'app.db.pool', level: 'debug', number: 20 })
  t.strictSame(explained.decidedBy, { rule: 'app.db=debug', layer: 'LOG_LEVEL' })
  t.strictSame(explained.conditional, [{ rule: 'app.db[tenant=acme]=trace', layer: 'LOG_LEVEL' }])
  t.strictSame(explained.transports, [{ rule: 'to:elastic=info', layer: 'hewn.config.json' }])
  t.strictSame(explained.text.split('\n'), [
    'app.db.pool: debug',
    '  where it holds  app.db[tenant=acme]=trace  LOG_LEVEL',
    '  decided by      app.db=debug               LOG_LEVEL',
    '  over            app.db=warn                LOG_LEVEL (earlier)',
    '  over            app.db=debug               LOG_LEVEL (earlier)',
    '  over            app=info                   hewn.config.json (fewer literal segments)',
    '  over            app.**=trace               LOG_LEVEL (fewer literal segments)',
    '  over            warn                       hewn.config.json (a default level)',
    '  over            info                       defaults (a default level)',
    '  transport       to:elastic=info            hewn.config.json',
  ])
  const { over } = rulesOf('app=info,app=debug,app.db.*=trace', 'app.db=warn').explain('app.db')
  t.match(over, [{ why: 'fewer literal segments' }, { why: 'fewer literal segments' }])
  const reasons = rulesOf('info,a=info,a.**=debug', 'a=warn')
    .explain('a')
    .over.map(({ why }) => why)
  t.strictSame(reasons, ['a lower layer', 'a glob', 'a default level'])
})

t.test('explain with fields says what holds in a call', async t => {
  const rules = rulesOf('warn,app[a=1]=debug,app[a=1][b=1]=trace,app=info')
  const explained = rules.explain('app', fieldsOf({ a: 1 }))
  t.equal(explained.level, 'debug')
  t.strictSame(explained.decidedBy, { rule: 'app[a=1]=debug', layer: 'layer 0' })
  t.match(explained.over, [
    { rule: 'app=info', why: 'fewer conditions' },
    { rule: 'warn', why: 'a default level' },
  ])
  t.match(explained.text, /does not hold {3}app\[a=1\]\[b=1\]=trace/)
  t.match(rules.explain('').text, /^the root: warn\n/)
})

t.test('an explanation shows twenty rules and counts the rest', async t => {
  const { text, over } = rulesOf(Array.from({ length: 50 }, (_, i) => `app=${i}`).join()).explain('app')
  t.equal(over.length, 50)
  t.equal(text.split('\n').length, 22)
  t.match(text, /\n {2}and 31 more$/)
})
