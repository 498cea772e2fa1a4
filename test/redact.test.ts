import { createHmac } from 'node:crypto'
import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { configure, createLogger, getLogger, HewnError, levelHandler, logger, withContext } from '../lib/index'
import type { LooseLogger } from './support/capture'
import { capture, parseLine } from './support/capture'

const KEY = 'a key of the tests'

t.test('a censor of one’s own is given the value and its path', t => {
  const seen: [unknown, readonly string[]][] = []
  const censor = (value: unknown, path: readonly string[]) => {
    seen.push([value, path])
    return typeof value === 'string' ? `…${value.slice(-4)}` : 7
  }
  const log = capture({ redact: { paths: ['iban', 'a.*.b'], patterns: ['email'], censor } })
  log.loose.info(
    { iban: 'DE1234', a: { x: { b: [1] } }, user: { iban: 'FR5678' }, list: [{ iban: 1 }] },
    'from a@b.org',
  )
  const { msg, iban, a, user, list } = log.line()
  t.same([msg, iban, user, list], ['from ….org', '…1234', { iban: '…5678' }, [{ iban: 7 }]])
  t.same(a, { x: { b: 7 } })
  t.strictSame(seen, [
    ['a@b.org', ['msg']],
    ['DE1234', ['iban']],
    [[1], ['a', 'x', 'b']],
    ['FR5678', ['user', 'iban']],
    [1, ['list', '0', 'iban']],
  ])
  t.end()
})

t.test('a censor that gives nothing leaves the key out; one that throws shows nothing', t => {
  const remove = capture({ redact: { paths: ['password'], censor: () => undefined } })
  remove.loose.info({ password: 'x', nested: { password: 'x', b: 1 } }, 'm')
  const { password, nested } = remove.line()
  t.same([password, nested], [undefined, { b: 1 }])
  const failing = capture({
    redact: {
      paths: ['password'],
      patterns: ['email'],
      censor: value => {
        throw new Error(`no way to censor ${value}`)
      },
    },
  })
  failing.loose.info({ password: 'hunter2' }, 'a@b.org')
  t.match(failing.line(), { password: '[redacted]', msg: '[redacted]' })
  t.end()
})

t.test('a keyed hash is the same for equal values, and for them alone', t => {
  const hash = { key: KEY, paths: ['user.id', 'email'], patterns: ['email'] } as const
  const log = capture({ redact: { paths: ['password'], hash } })
  const mark = (text: string) => `[hmac:${createHmac('sha256', KEY).update(text).digest('hex').slice(0, 16)}]`
  log.loose.info({ user: { id: 42 }, email: 'a@b.org', password: 'x' }, 'mail to a@b.org')
  t.match(log.line(), {
    msg: `mail to ${mark('a@b.org')}`,
    user: { id: mark('42') },
    email: mark('a@b.org'),
    password: '[redacted]',
  })
  log.loose.info({ user: { id: '42' }, email: { of: 'a' } }, 'm')
  t.match(log.line(), { user: { id: mark('42') }, email: '[redacted]' })
  log.loose.info({ user: { id: true } }, 'm')
  t.match(log.line(), { user: { id: mark('true') } })
  const both = capture({ redact: { paths: ['id'], hash: { key: KEY, paths: ['id'] } } })
  both.loose.info({ id: 1 }, 'm')
  t.equal(both.line()['id'], '[redacted]', 'what is to be censored is not hashed')
  t.end()
})

t.test('children, contexts, bindings and configured fields are redacted, and stay in order', t => {
  const log = capture({ redact: ['password'], fields: { password: 'SECRET', region: 'eu' } })
  const child = log.loose.child({ tenant: 'acme', nested: { password: 'SECRET' } })
  t.strictSame(child.bindings(), {
    password: '[redacted]',
    region: 'eu',
    tenant: 'acme',
    nested: { password: '[redacted]' },
  })
  withContext({ user: 7, password: 'SECRET', level: { password: 'SECRET' } }, () => {
    child.info('m')
    log.loose.info({ user: 8 }, 'm')
  })
  const lines = log.take()
  t.notMatch(lines.join(''), 'SECRET')
  t.match(parseLine(lines[0]!), {
    user: 7,
    tenant: 'acme',
    region: 'eu',
    fields: { level: { password: '[redacted]' } },
  })
  t.match(parseLine(lines[1]!), { user: 8 })
  const serialized = child.child({}, { serializers: { user: (user: { password: string }) => ({ ...user, seen: 1 }) } })
  serialized.info({ user: { password: 'SECRET', id: 1 } }, 'm')
  t.match(log.line(), { user: { password: '[redacted]', id: 1, seen: 1 } })
  t.end()
})

t.test('one context is seen by each logger as its own rules say', t => {
  const [one, other, none] = [capture({ redact: ['a'] }), capture({ redact: ['b'] }), capture()]
  withContext({ a: 'A', b: 'B' }, () => {
    for (const log of [one, other, none, one, none]) log.loose.info('m')
  })
  t.strictSame(
    [...one.take(), ...other.take(), ...none.take()].map(line => [parseLine(line)['a'], parseLine(line)['b']]),
    [
      ['[redacted]', 'B'],
      ['[redacted]', 'B'],
      ['A', '[redacted]'],
      ['A', 'B'],
      ['A', 'B'],
    ],
  )
  t.end()
})

t.test('an error’s message that a rule names is in no msg and in no stack', t => {
  const log = capture({ redact: ['err.message', 'err.config.auth'] })
  const error = Object.assign(new Error('SECRET text'), { config: { auth: 'SECRET', url: '/' } })
  log.loose.error(error)
  log.loose.error({ err: error }, 'failed')
  log.loose.error('failed', error)
  log.loose.error(error.message, error)
  log.loose.error(error, 'failed', { a: 1 })
  log.loose.error(() => error)
  const lines = log.take()
  t.notMatch(lines.join(''), 'SECRET')
  for (const line of lines)
    t.match(parseLine(line), { err: { message: '[redacted]', config: { auth: '[redacted]', url: '/' } } })
  t.match(parseLine(lines[0]!)['err'], { stack: /^Error: \[redacted\]\n {4}at / })
  t.equal(parseLine(lines[0]!)['msg'], '[redacted]')
  const whole = capture({ redact: ['err', 'msg'] })
  whole.loose.error(error)
  whole.loose.info({ msg: 'SECRET' })
  t.notMatch(whole.take().join(''), 'SECRET')
  t.end()
})

t.test('a type says how it is logged', t => {
  class Card {
    readonly number = 'SECRET';

    [Symbol.for('hewn.log')](): unknown {
      return { last: this.number.slice(-2) }
    }
  }
  class PaymentError extends Error {
    [Symbol.for('hewn.log')](): unknown {
      return { message: 'payment refused', code: 7 }
    }
  }
  class List extends Array<string> {
    [Symbol.for('hewn.log')](): unknown {
      return `${this.length} items`
    }
  }
  class Broken {
    readonly value = 'SECRET';

    [Symbol.for('hewn.log')](): unknown {
      throw new Error('not now')
    }
  }
  class Plain {
    readonly a = 1;

    [Symbol.for('hewn.log')](): unknown {
      return this
    }
  }
  for (const redact of [undefined, ['x']]) {
    const log = capture({ redact })
    const list = List.of('SECRET', 'SECRET')
    const said = (...args: unknown[]) => {
      log.loose.error(...args)
      return log.line()
    }
    t.match(said({ card: new Card(), list, map: new Map([['card', new Card()]]) }, 'm'), {
      card: { last: 'ET' },
      list: '2 items',
      map: { card: { last: 'ET' } },
    })
    t.match(said(new Card(), 'm'), { last: 'ET', msg: 'm' })
    t.match(said('%j', new Card()), { msg: '{"last":"ET"}' })
    t.match(said(new PaymentError('SECRET')), { msg: 'payment refused', err: { message: 'payment refused', code: 7 } })
    t.match(said({ broken: new Broken() }, 'm'), { broken: '[threw: not now]' })
    t.match(said(new Broken(), 'm'), { value: '[threw: not now]' })
    t.match(said({ plain: new Plain() }, 'm'), { plain: { a: 1 } })
    t.match(said(list), { value: '2 items' })
  }
  t.end()
})

t.test('a rule of levels sees what the line shows', t => {
  const log = capture({ level: 'warn,[tenant=acme]=debug,[tenant="[redacted]"]=info', redact: ['tenant'] })
  const child = log.loose.child({ tenant: 'acme' })
  t.equal(child.isLevelEnabled('debug'), false)
  t.equal(child.isLevelEnabled('info'), true)
  withContext({ tenant: 'acme' }, () => {
    t.equal(log.loose.isLevelEnabled('debug'), false)
    log.loose.debug('no')
    log.loose.info('yes')
  })
  t.match(log.line(), { msg: 'yes', tenant: '[redacted]' })
  t.end()
})

t.test('new rules hold for loggers, children and contexts that there are', async t => {
  const lines: string[] = []
  const use = (redact?: Parameters<typeof configure>[0]['redact']) =>
    configure({ level: 'info,odd[tenant=acme]=debug', redact, destination: { write: line => void lines.push(line) } })
  const early = logger.child({ token: 'SECRET-early' }) as unknown as LooseLogger
  use(['password'])
  const named = getLogger('odd') as unknown as LooseLogger
  const child = named.child({ token: 'SECRET-1', user: { password: 'SECRET-2', mail: 'SECRET@b.org' }, tenant: 'acme' })
  const grandchild = child.child({ apiKey: 'SECRET-3' }, { serializers: { x: (x: unknown) => x } })
  child.debug('m')
  t.match(parseLine(lines.pop()!), { token: 'SECRET-1', user: { password: '[redacted]' } })
  await withContext({ token: 'SECRET-4' }, async () => {
    use({ paths: ['token', 'api_key', 'tenant'], patterns: ['email'], hash: { key: KEY, paths: ['password'] } })
    t.notMatch(JSON.stringify([child.bindings(), grandchild.bindings(), early.bindings()]), 'SECRET')
    child.debug('no longer for this tenant')
    t.equal(lines.length, 0)
    for (const log of [early, named, child, grandchild, child.child({ token: 'SECRET-5' })]) {
      log.info('m')
      log.info({ a: 1, token: 'SECRET-6' }, 'm')
      log.info('%s', 'to SECRET@b.org', { token: 'SECRET' })
    }
    t.equal(lines.length, 15)
    t.notMatch(lines.join(''), 'SECRET')
    t.match(parseLine(lines.at(-4)!), { user: { password: '[redacted]' } }, 'what was replaced stays replaced')
  })
  lines.length = 0
  use()
  child.info({ token: 'open' }, 'm')
  t.match(parseLine(lines.pop()!), { token: 'open', apiKey: undefined, user: { mail: '[redacted]' } })
})

t.test('a mistake in redact is told, and shows no key', t => {
  const problem = (redact: unknown) => {
    try {
      createLogger({ redact: redact as string[], destination: { write() {} } })
    } catch (error) {
      if (error instanceof HewnError) return error.message
    }
    return 'none'
  }
  t.equal(problem('password'), "createLogger() redact: found 'password', expected an array or an object")
  t.match(problem(['a..b']), /createLogger\(\) redact\[0\]: found '\.', expected a key/)
  t.match(problem({ paths: ['x', '@comon'] }), /redact\.paths\[1\]: found '@comon'.*did you mean '@common'\?/)
  t.match(
    problem({ patterns: ['cards'] }),
    /redact\.patterns\[0\]: found 'cards', expected 'card' or .*did you mean 'card'\?/,
  )
  t.match(problem({ path: ['x'] }), /unknown option 'path' in redact.*did you mean 'paths'\?/)
  t.match(problem({ censor: 5 }), /redact\.censor: found a number, expected a string or a function/)
  t.match(
    problem({ hash: { key: 'SECRET' } }),
    /redact\.hash\.key: found 6 characters, expected a secret of at least 16/,
  )
  t.match(problem({ hash: {} }), /redact\.hash\.key: found nothing/)
  t.notMatch(problem({ hash: { key: 'SECRET' } }), 'SECRET')
  t.throws(() => configure({ redact: { paths: ['a['] } }), /configure\(\) redact\.paths\[0\]/)
  t.end()
})

t.test('the admin route shows nothing that is redacted', async t => {
  configure({ redact: ['tenant'], destination: { write() {} } })
  getLogger('a').child({ tenant: 'SECRET' }).info('m')
  const server = createServer(levelHandler()).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await new Promise(done => server.once('listening', done))
  const { port } = server.address() as AddressInfo
  const body = await new Promise<string>(done => {
    get(`http://127.0.0.1:${port}/?name=a`, res => {
      let text = ''
      res.on('data', chunk => (text += chunk)).on('end', () => done(text))
    })
  })
  t.match(body, '"layers"')
  t.notMatch(body, 'SECRET')
})
