import t from 'tap'
import { withContext } from '../../lib/index'
import { at, capture } from '../support/capture'
import { RESERVED } from './model'

const { loose, line, lines } = capture({ name: 'http' })

t.test('a field with a reserved name goes into fields, from a call, a child and a context', t => {
  for (const name of RESERVED) {
    const given = { [name]: 'mine', other: 1 }
    const ways = {
      call: () => loose.info(given, 'm'),
      'call, message first': () => loose.info('m', given),
      child: () => loose.child(given).info('m'),
      context: () => withContext(given, () => loose.info('m')),
      'child and call': () => loose.child({ [name]: 'covered' }).info(given, 'm'),
      'context and child': () => withContext({ [name]: 'covered' }, () => loose.child(given).info('m')),
      'context, child and call': () =>
        withContext({ [name]: 'covered' }, () => loose.child({ [name]: 'covered' }).info(given, 'm')),
    }
    for (const [way, log] of Object.entries(ways)) {
      log()
      const said = line()
      t.equal(at(said, 'fields', name), 'mine', `${name} from ${way}`)
      t.same([said['level'], said['logger'], said['msg'], said['other']], ['info', 'http', 'm', 1])
    }
  }
  t.end()
})

t.test('all reserved names at once, from every side, share one object', t => {
  const all = (value: string): object => Object.fromEntries(RESERVED.map(name => [name, value]))
  withContext(all('context'), () => loose.child(all('child')).info(all('call'), 'm'))
  t.same({ ...(line()['fields'] as object) }, all('call'))
  withContext({ level: 'context', pid: 1 }, () => loose.child({ time: 'child' }).info({ host: 'call' }, 'm'))
  t.same({ ...(line()['fields'] as object) }, { level: 'context', pid: 1, time: 'child', host: 'call' })
  t.end()
})

t.test('a reserved name inside a field stays where it is', t => {
  loose.info({ request: { time: 1, level: 2, fields: 3, msg: 4 } }, 'm')
  t.same({ ...(line()['request'] as object) }, { time: 1, level: 2, fields: 3, msg: 4 })
  t.end()
})

t.test('a field msg is the message if the call has none', t => {
  loose.info({ msg: 'from the field', a: 1 })
  const said = line()
  t.match(said, { msg: 'from the field', a: 1 })
  t.notOk('fields' in said)
  loose.info({ msg: { no: 'text' } })
  t.match(line(), { fields: { msg: { no: 'text' } } })
  t.end()
})

t.test('a field err is the error if it holds one, from a call, a child and a context', t => {
  const err = new Error('failed')
  loose.info({ err }, 'm')
  t.match(line(), { msg: 'm', err: { type: 'Error', message: 'failed' } })
  loose.child({ err }).info('m')
  t.match(line(), { msg: 'm', err: { type: 'Error', message: 'failed' } })
  withContext({ err }, () => loose.info('m'))
  t.match(line(), { msg: 'm', err: { type: 'Error', message: 'failed' } })
  loose.info({ err: 'no error' }, 'm')
  t.match(line(), { msg: 'm', fields: { err: 'no error' } })
  t.end()
})

t.test('of two errors neither is lost', t => {
  loose.child({ err: new Error('of the child') }).error(new Error('of the call'), 'm')
  t.match(line(), { err: { message: 'of the call' } })
  loose.error(new Error('first'), 'm', new Error('second'))
  const said = line()
  t.equal(at(said, 'err', 'message'), 'first')
  t.match(JSON.stringify(said), /"second"/)
  t.end()
})

t.test("names that a line gives to its own remarks can be a caller's", t => {
  loose.info({ value: 1, lazy: 2, errors: 3, hewn: 4, '…': 5, type: 6, message: 7, stack: 8 }, 'm')
  t.match(line(), { value: 1, lazy: 2, errors: 3, hewn: 4, '…': 5, type: 6, message: 7, stack: 8 })
  const throwing = (): never => {
    throw new Error('out of order')
  }
  loose.child({ lazy: 1, value: 2, '…': 3, hewn: 4 }).info(throwing, 'm')
  t.match(line(), { value: 2, '…': 3, hewn: 4 })
  t.same(lines, [])
  t.end()
})

t.test('a key in a context and in a child is on the line once, however many different keys there were before', t => {
  for (let i = 0; i < 300; i++) loose.child({ [`first${i}`]: i }).info({ [`second${i}`]: i }, 'm')
  lines.length = 0
  withContext({ shared: 'context' }, () => loose.child({ shared: 'child' }).info('m'))
  t.equal(line()['shared'], 'child')
  withContext({ shared: 'context' }, () => loose.child({ shared: 'child' }).info({ shared: 'call' }, 'm'))
  t.equal(line()['shared'], 'call')
  const wide = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`key${i}`, i]))
  withContext(wide, () => loose.child(wide).info(wide, 'm'))
  t.match(line(), wide)
  withContext(wide, () => loose.child(wide).info('m'))
  t.match(line(), wide)
  withContext({ key50: 'context' }, () => loose.child(wide).info('m'))
  t.match(line(), wide)
  withContext(wide, () => loose.child({ key50: 'child' }).info('m'))
  t.match(line(), { ...wide, key50: 'child' })
  t.end()
})
