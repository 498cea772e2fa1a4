import t from 'tap'
import { capture, parseLine } from '../support/capture'
import { type Hostile, hostiles } from '../support/hostile'

t.test('a getter, a toJSON, a proxy, a function and a serializer may log while they are logged', t => {
  const { loose, take } = capture()
  const inner = (): string => {
    loose.info({ inner: true, list: [1, { a: 2 }] }, 'inner')
    return 'given'
  }
  const serialized = loose.child({}, { serializers: { seen: inner } })
  const ways: Record<string, () => void> = {
    getter: () =>
      loose.info(
        {
          ok: 1,
          get seen() {
            return inner()
          },
          after: 'kept',
        },
        'outer',
      ),
    'nested getter': () =>
      loose.info(
        {
          ok: 1,
          a: {
            get b() {
              return inner()
            },
          },
          seen: 'given',
          after: 'kept',
        },
        'outer',
      ),
    toJSON: () => loose.info({ ok: 1, seen: { toJSON: inner }, after: 'kept' }, 'outer'),
    proxy: () =>
      loose.info(
        { ok: 1, seen: 'given', p: new Proxy({}, { ownKeys: () => [inner()].slice(1) }), after: 'kept' },
        'outer',
      ),
    function: () => loose.info(() => ({ ok: 1, seen: inner(), after: 'kept' }), 'outer'),
    serializer: () => serialized.info({ ok: 1, seen: 0, after: 'kept' }, 'outer'),
    child: () =>
      loose
        .child({
          ok: 1,
          get seen() {
            return inner()
          },
          after: 'kept',
        })
        .info('outer'),
  }
  for (const [way, log] of Object.entries(ways)) {
    log()
    const lines = take().map(text => parseLine(text))
    const outer = lines.pop()
    t.match(outer, { msg: 'outer', ok: 1, seen: 'given', after: 'kept' }, way)
    // What needs care may be read a second time.
    t.ok(lines.length === 1 || lines.length === 2, `${way} logs its own line, ${lines.length} times`)
    for (const line of lines) t.match(line, { msg: 'inner', inner: true, list: [1, { a: 2 }] })
  }
  t.end()
})

t.test('a getter that logs its own object comes to an end', t => {
  const { loose, take } = capture()
  const object = {
    ok: 1,
    get self() {
      loose.info(object, 'again')
      return 2
    },
  }
  loose.info(object, 'first')
  const lines = take().map(text => parseLine(text))
  t.ok(lines.length > 0 && lines.length <= 1000, `${lines.length} lines`)
  t.match(lines.at(-1), { msg: 'first', ok: 1 })
  t.end()
})

t.test('a destination that logs comes to an end', t => {
  const { loose, take } = capture()
  let calls = 0
  const outer = capture({
    serializers: {
      a: (a: unknown) => {
        if (++calls < 10_000) loose.info({ a }, 'inner')
        return a
      },
    },
  })
  outer.loose.info({ a: 1 }, 'outer')
  t.ok(take().length <= 2)
  t.match(outer.line(), { a: 1 })
  t.end()
})

t.test('the stack may be nearly used up: a log call does not throw', t => {
  const { loose, take } = capture()
  let logged = 0
  const descend = (): void => {
    try {
      descend()
    } catch {
      // From here on up, each frame has a little more stack than the one below.
    }
    if (logged++ < 3000)
      loose.info({ a: { b: [1, new Map([['c', new Error('deep')]])] } }, 'm %d', 5, { after: 'kept' })
  }
  t.doesNotThrow(descend)
  const lines = take()
  t.ok(lines.length > 0)
  for (const line of lines) parseLine(line)
  t.end()
})

t.test('hostile values in one call cost each only itself', t => {
  const { loose, line } = capture()
  const small = hostiles.filter(
    ({ most, slow, once }) => most !== undefined && most <= 8192 && slow !== true && once !== true,
  )
  for (let i = 0; i < small.length; i += 10) {
    const some = small.slice(i, i + 10)
    loose.info({ ok: 1, ...Object.fromEntries(some.map(({ make }, k) => [`bad${k}`, make()])), after: 'kept' }, 'm')
    const said = line()
    t.match(said, { msg: 'm', ok: 1, after: 'kept' }, names(some))
  }
  t.end()
})

function names(some: readonly Hostile[]): string {
  return some
    .map(({ name }) => name)
    .join(', ')
    .replace(/[#\\]/g, ' ')
}
