import fc from 'fast-check'
import t from 'tap'
import type { Pattern } from '../../../lib/line/redact/options'
import { Redaction } from '../../../lib/line/redact/redaction'
import { holds } from '../../support/property'

const hide = (patterns: readonly Pattern[]) => {
  const redaction = new Redaction({ patterns, censor: '#' })
  return (text: string) => redaction.text(text)
}

t.test('cards that pass their check are found, in groups or not', t => {
  const found = hide(['card'])
  const cards = [
    '4111111111111111',
    '4222222222222',
    '5555 5555 5555 4444',
    '2223-0031-2200-3222',
    '3782 822463 10005',
    '30569309025904',
    '6011000990139424',
    '4000000000000000006',
  ]
  for (const card of cards) {
    t.equal(found(card), '#')
    t.equal(found(`paid with ${card}, 12 times`), 'paid with #, 12 times')
    t.equal(found(`12 ${card} 2027`), '12 # 2027')
    t.equal(found(`id${card}x`), 'id#x')
  }
  for (const other of [
    '4111111111111112',
    '1700000000000',
    '41111111111111110000',
    '411111111111',
    '9111111111111111',
    '4111.1111.1111.1111',
  ]) {
    t.equal(found(other), other)
  }
  t.end()
})

t.test('every number that passes the check is found, and no other', t => {
  const found = hide(['card'])
  const digits = fc.array(fc.nat(9), { minLength: 13, maxLength: 18 })
  holds(
    t,
    fc.property(fc.integer({ min: 2, max: 6 }), digits, (first, rest) => {
      const body = [first, ...rest.slice(0, -1)]
      const sum = body.reduceRight((total, digit, i) => {
        const twice = (body.length - i) % 2 === 1 ? digit * 2 : digit
        return total + (twice > 9 ? twice - 9 : twice)
      }, 0)
      const check = (10 - (sum % 10)) % 10
      const card = [...body, check].join('')
      const wrong = [...body, (check + 1) % 10].join('')
      if (card.length > 13 || first === 4) t.equal(found(card), '#', card)
      if (found(wrong) !== wrong) t.fail(wrong)
    }),
    200,
  )
  t.end()
})

t.test('of a bearer token the word is left', t => {
  const found = hide(['bearer'])
  t.equal(found('Authorization: Bearer abc.def'), 'Authorization: Bearer #')
  t.equal(found('BEARER   x, bearer y'), 'BEARER   #, bearer #')
  t.equal(found('a=bearer%20abc&b=1'), 'a=bearer%20#&b=1')
  t.equal(found('bearer Bearer abc'), 'bearer Bearer #')
  t.equal(found('no bearer'), 'no bearer')
  t.end()
})

t.test('JSON Web Tokens are found wherever they stand', t => {
  const found = hide(['jwt'])
  const jwt = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.'
  t.equal(found(jwt), '#')
  t.equal(found(`x${jwt}sig-_ y`), 'x# y')
  t.equal(found(`${jwt}sig ${jwt}`), '# #')
  t.equal(found('eyJhbGciOiJkaXIifQ..iv.text.tag'), '#')
  for (const other of ['eyJ', 'eyJ.', 'eyJab.cd', 'say eyJ then . and .']) t.equal(found(other), other)
  t.end()
})

t.test('e-mail addresses are found', t => {
  const found = hide(['email'])
  for (const address of [
    "o'brien@example.com",
    'a.b+c@mail.example.co.uk',
    'jürgen@exämple.de',
    'a%40example.com',
    'x@a-b.io',
  ]) {
    t.equal(found(address), '#')
    t.equal(found(`to <${address}>, please`), 'to <#>, please')
  }
  t.equal(found('?mail=a@b.org&x=1'), '?mail=#&x=1')
  for (const other of ['@acme/db@1.2.3', 'a @ b', 'user@localhost', '@', 'a@.b', 'x@1.2']) t.equal(found(other), other)
  t.end()
})

const urls = new Redaction({ paths: ['password', 'card.number', '**.apiKey'], censor: '#' })

t.test('credentials in URLs are hidden as soon as there is a rule', t => {
  const cases = {
    'https://user:pass@host/x': 'https://#@host/x',
    'at postgres://u:p@ss@h:5432/db now': 'at postgres://#@h:5432/db now',
    'https://token@host': 'https://#@host',
    'a https://u:p@h b amqp://u:p@h': 'a https://#@h b amqp://#@h',
    'postgres://user:pa/s#s?x@host/db': 'postgres://#@host/db',
    'https%3A%2F%2Fu%3Ap%40h%2Fx': 'https%3A%2F%2F#%40h%2Fx',
    'https://host:80/@scope/x': 'https://host:80/@scope/x',
    'https://host/a@b': 'https://host/a@b',
    'http://[::1]:80/a@b': 'http://[::1]:80/a@b',
    'mail a@b.de see https://x.de': 'mail a@b.de see https://x.de',
  }
  for (const [text, expected] of Object.entries(cases)) t.equal(urls.text(text), expected)
  t.end()
})

t.test("a parameter's name is matched by a rule's last segment", t => {
  const cases = {
    '/x?password=a&y=1': '/x?password=#&y=1',
    '/x?y=1&PASS_WORD=a%26b#f': '/x?y=1&PASS_WORD=##f',
    '/x?Number=4&other=5': '/x?Number=#&other=5',
    '/x?api-key=4': '/x?api-key=#',
    '/x#password=4': '/x#password=#',
    '/x?p%61ssword=4': '/x?p%61ssword=#',
    '/x?user[password]=4&user.password=5': '/x?user[password]=#&user.password=#',
    '/x?next=%2Fy%3Fa%3D1%26password%3D2%26b%3D3&c=4': '/x?next=%2Fy%3Fa%3D1%26password%3D#%26b%3D3&c=4',
    'password=a b': 'password=# b',
    'a=1; password=2; c=3': 'a=1; password=# c=3',
    'password="a b" c': 'password=# c',
    '/x?password=&y=1': '/x?password=&y=1',
    '/x?mypassword=1&card=2': '/x?mypassword=1&card=2',
    '===': '===',
    '/x?%=1&%E0%A4%A=2': '/x?%=1&%E0%A4%A=2',
  }
  for (const [text, expected] of Object.entries(cases)) t.equal(urls.text(text), expected)
  t.end()
})

t.test('a parameter is hidden in whatever query', t => {
  const word = fc.string({ unit: fc.constantFrom(...'abcXY0_.~%2'), maxLength: 8 })
  const pair = fc.tuple(word, word).map(([name, value]) => `${name}=${value}`)
  holds(
    t,
    fc.property(fc.array(pair), fc.array(pair), (before, after) => {
      const text = urls.text(`https://h.example/p?${[...before, 'password=SECRET', ...after].join('&')}`)
      if (text.includes('SECRET')) t.fail(text)
      if (!text.endsWith(after.length === 0 ? '#' : `&${after.join('&')}`)) t.fail(text)
    }),
    300,
  )
  t.end()
})
