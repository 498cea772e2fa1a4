import { ok } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { configure, withContext } from '../../../lib/index'
import { prettyLine } from '../../../lib/layouts/pretty'
import { reshape } from '../../../lib/layouts/reshape'
import { capture, type LooseLogger, parseLine } from '../../support/capture'
import { holds } from '../../support/property'
import { asArgument, asParameter, thrown } from '../argument-forms'
import { amongOthers } from '../field-forms'
import { WRAPS, wraps } from './shapes'

const redact = {
  paths: ['password', 'card.number'],
  patterns: ['card', 'bearer', 'jwt', 'email'],
} as const
const own = capture({ redact })
const rootLines: string[] = []
configure({ level: 'trace', redact, destination: { write: line => void rootLines.push(line) } })

const LAYOUTS = ['ecs', 'pino', 'logfmt'] as const

/** All that came out of a call, in every layout. */
function outputs(log: (logger: LooseLogger) => void, logger = own): string {
  log(logger.loose)
  const lines = [...logger.take(), ...rootLines.splice(0)]
  ok(lines.length > 0)
  for (const line of lines) parseLine(line)
  const pretty = lines.map(line => prettyLine(line, { colors: false, columns: 1000, base: true }))
  const reshaped = LAYOUTS.flatMap(layout => lines.map(line => reshape(line, layout)))
  return [...lines, ...pretty, ...reshaped].join('')
}

function hides(secret: string, log: (logger: LooseLogger) => void, logger = own): void {
  const text = outputs(log, logger)
  ok(!text.includes(secret), `${secret} is in ${text.slice(0, 2000)}`)
}

const forms = [...amongOthers, ...asArgument, ...asParameter]
const form = fc.constantFrom(...forms)
const SECRET = 'hunter2-Zx9'
const key = fc.constantFrom('password', 'Password', 'PASSWORD', 'pass_word', 'pass-word', '_password')
const leaf = fc.constantFrom<() => unknown>(
  () => SECRET,
  () => ({ inner: SECRET }),
  () => [SECRET],
  () => new Map([['inner', SECRET]]),
  () => new Error(SECRET),
  () => Symbol(SECRET),
  () => ({ toJSON: () => SECRET }),
  () => `${SECRET} `.repeat(1000),
)

t.test('a value under a name that is redacted is in no line, whatever is around it and however it is logged', t => {
  holds(
    t,
    fc.property(form, wraps, key, leaf, ({ log }, wrap, name, make) => {
      hides(SECRET, logger => log(logger, wrap({ [name]: make(), other: 1 })))
    }),
    1500,
  )
  t.end()
})

t.test('every shape, in every form, one by one', t => {
  for (const [around, wrap] of Object.entries(WRAPS)) {
    for (const { name, log } of forms) {
      const value = wrap({ ok: [1], password: SECRET })
      const text = outputs(logger => log(logger, value))
      if (text.includes(SECRET)) t.fail(`${around}, as ${name}: ${text}`)
    }
  }
  t.end()
})

t.test('a logger of any layout hides it, also in bound fields, a context and the error of a call', t => {
  for (const layout of LAYOUTS) {
    const { loose, take } = capture({ redact, layout, customLevels: { notice: 35 } })
    for (const wrap of Object.values(WRAPS)) {
      for (const { log } of forms) log(loose, wrap({ ok: [1], password: SECRET }))
      withContext({ held: wrap({ password: SECRET }) }, () => loose.child({ password: SECRET }).info('m'))
      const error = Object.assign(new Error('password=hunter2-Zx9', { cause: new Error(SECRET) }), { password: SECRET })
      loose.error(Object.assign(error, { cause: wrap({ password: SECRET }) }))
    }
    const text = take().join('')
    t.ok(text.length > 1000)
    t.notOk(text.includes(SECRET), layout)
  }
  t.end()
})

t.test('what a Map, a Set of pairs or a list of entries has under the name is hidden, too', t => {
  const values = [
    new Map([['password', SECRET]]),
    new Map<unknown, unknown>([
      [{}, 1],
      ['password', SECRET],
    ]),
    new Set([['password', SECRET]]),
    Object.entries({ password: SECRET }),
    [...new Headers({ password: SECRET })],
  ]
  for (const value of values) for (const { log } of forms) hides(SECRET, logger => log(logger, value))
  for (const value of values) hides(SECRET, logger => withContext({ value }, () => logger.info('m')))
  t.end()
})

const SECRETS = {
  card: '4111 1111 1111 1111',
  plainCard: '378282246310005',
  bearer: 'bEarer abc.DEF~123',
  jwt: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl',
  email: 'jane.doe+tag@mail.example.com',
  url: 'https://admin:pa55word@db.example.com/x',
  query: '/orders?page=1&Password=hunter2-Zx9&x=1',
  nested: 'https://a.example/login?next=%2Fcb%3Fpassword%3Dhunter2-Zx9%26x%3D1',
}
/** What of each must not be seen. */
const BODIES: Readonly<Record<keyof typeof SECRETS, string>> = {
  ...SECRETS,
  bearer: 'abc.DEF~123',
  url: 'pa55word',
  query: SECRET,
  nested: SECRET,
}
const kind = fc.constantFrom(...(Object.keys(SECRETS) as (keyof typeof SECRETS)[]))
/** What may stand beside a secret without becoming a part of it. */
const beside = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...'abcXYZ .,;:!?"\'\\/%()[]{}<>|\n\t\u2028éß€😀'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
  maxLength: 20,
})
const noDigits = beside.filter(text => !/[\d-]/.test(text))

class Form {
  constructor(private readonly text: string) {}

  [Symbol.for('hewn.log')](): string {
    return this.text
  }
}

const carriers: readonly ((text: string) => unknown)[] = [
  text => text,
  text => ({ [text]: 1 }),
  text => ({ nested: { [text]: 1, other: 2 } }),
  text => new Map([[text, 1]]),
  text =>
    new Map<unknown, unknown>([
      [text, 1],
      [1, text],
    ]),
  text => new Set([text]),
  text => Symbol(text),
  text => Object.defineProperty(() => 1, 'name', { value: text }),
  text => new Error(text),
  text => Object.assign(new Error('m'), { name: text }),
  text => new String(text),
  text => ({ toJSON: () => text }),
  text => new Form(text),
  text => ({
    get value() {
      throw new Error(text)
    },
  }),
  text => ({ method: 'GET', url: text, headers: {}, socket: { remoteAddress: text }, id: text }),
]

t.test('what a pattern finds is in no line, in whatever text it stands', t => {
  holds(
    t,
    fc.property(
      fc.constantFrom(...forms, ...thrown),
      wraps,
      fc.constantFrom(...carriers),
      kind,
      noDigits,
      noDigits,
      ({ log }, wrap, carry, name, before, after) => {
        const separated = name === 'bearer' || name === 'query' || name === 'url' || name === 'nested'
        const text = separated ? `${before} ${SECRETS[name]} ${after}` : before + SECRETS[name] + after
        hides(BODIES[name], logger => log(logger, wrap(carry(text))))
      },
    ),
    2000,
  )
  t.end()
})

t.test('a message, a level and a name show nothing of it either', t => {
  for (const [name, text] of Object.entries(SECRETS)) {
    const body = BODIES[name as keyof typeof SECRETS]
    const log = capture({ redact, name: text, service: text, version: text, fields: { text } })
    hides(body, logger => logger.info(text), log)
    hides(body, logger => logger.info({ a: 1 }, text), log)
    hides(body, logger => logger.info('%s', text, text), log)
    hides(body, logger => logger.info('a %s b', text, { a: 1 }), log)
    hides(body, logger => logger.info(1, text), log)
    hides(body, logger => logger.info(() => text), log)
    t.notMatch(JSON.stringify(log.loose.bindings()), body.slice(-8))
  }
  t.end()
})

t.test('numbers can be cards', t => {
  const card = 4111111111111111
  for (const value of [card, BigInt(card), Object(card), new Float64Array([card]), [card], { n: card }]) {
    for (const { log } of forms) hides(String(card), logger => log(logger, value))
  }
  t.end()
})

t.test('what is cut for length does not show the half of a secret', t => {
  const log = capture({ redact, maxLineBytes: 2048 })
  const long = `eyJhbGciOiJIUzI1NiJ9.${'eyJzdWIiOiIxMjM0In0'.repeat(1000)}.c2lnbmF0dXJl`
  const secrets = [
    ...Object.entries(SECRETS).filter(([name]) => name !== 'url'),
    ['jwt', long],
    ['url', `https://${'admin'.repeat(2000)}:pa55@h`],
  ]
  const starts = { ...BODIES, url: 'adminadmin' }
  const places: readonly ((logger: LooseLogger, text: string) => void)[] = [
    (logger, text) => logger.info(text),
    (logger, text) => logger.info({ text }, 'm'),
    (logger, text) => logger.info({ list: [{ text }] }, 'm'),
    (logger, text) => logger.info(new Error(text)),
    (logger, text) => logger.info('%j', { text }),
    (logger, text) => logger.child({ text }).info('m'),
    (logger, text) => withContext({ text }, () => logger.info('m')),
  ]
  holds(
    t,
    fc.property(
      fc.constantFrom(...secrets),
      fc.constantFrom(...places),
      fc.oneof(
        fc.integer({ min: 0, max: 2500 }),
        fc.integer({ min: 4000, max: 6500 }),
        fc.integer({ min: 15_500, max: 17_000 }),
      ),
      fc.constantFrom('a', 'a ', 'jane.doe@example.org ', `bearer ${'x'.repeat(400)} `),
      ([name, text], place, length, filler) => {
        const before = filler.repeat(Math.ceil(length / filler.length)).slice(0, length)
        const start = starts[name as keyof typeof starts].slice(0, 10)
        hides(start, logger => place(logger, `${before} ${text} ${'b'.repeat(3000)}`), log)
      },
    ),
    1500,
  )
  t.end()
})

t.test('a call is bounded whatever its text is', t => {
  const size = 10_000_000
  const texts = [
    '=',
    '@',
    '://',
    ':// ',
    'eyJ',
    'eyJ.',
    'eyJa.',
    'bearer ',
    '1 ',
    '41 ',
    'a@a.',
    'password=',
    '%3d',
    '%3a%2f%2f',
    '-eyJ',
    '[',
    '://a:b/',
  ]
  for (const text of texts) {
    const value = text.repeat(size / text.length)
    own.loose.info({ value, list: [value] }, value)
    t.equal(own.take().length, 1, text)
  }
  t.end()
})
