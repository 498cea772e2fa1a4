import { withContext } from '../../lib/index'
import { BESIDE, beside, type Form, WITH_MESSAGE } from './form'

/** The value is one among others: what happens to it must stay its own affair. */
export const amongOthers: readonly Form[] = [
  { name: 'a property', place: ['bad'], kept: WITH_MESSAGE, log: (logger, value) => logger.info(beside(value), 'm') },
  {
    name: 'a property after the message',
    place: ['bad'],
    kept: WITH_MESSAGE,
    log: (logger, value) => logger.info('m', beside(value)),
  },
  {
    name: 'a property, to a detached method',
    place: ['bad'],
    kept: WITH_MESSAGE,
    log: (logger, value) => {
      const { info } = logger
      info(beside(value), 'm')
    },
  },
  {
    name: 'a property without a message',
    place: ['bad'],
    kept: BESIDE,
    log: (logger, value) => logger.info(beside(value)),
  },
  {
    name: 'an item of an array',
    place: ['list', 1],
    kept: [...WITH_MESSAGE, [['list', 0], 'one'], [['list', 2], 3]],
    log: (logger, value) => logger.info({ ok: 1, list: ['one', value, 3], after: 'kept' }, 'm'),
  },
  {
    name: 'three deep',
    place: ['a', 'b', 'c'],
    kept: [...WITH_MESSAGE, [['a', 'b', 'd'], 'near'], [['a', 'e'], 2]],
    log: (logger, value) => logger.info({ ok: 1, a: { b: { c: value, d: 'near' }, e: 2 }, after: 'kept' }, 'm'),
  },
  {
    name: 'in a class instance',
    place: ['holder', 'bad'],
    kept: [...WITH_MESSAGE, [['holder', 'near'], 2]],
    log: (logger, value) => logger.info({ ok: 1, holder: new Holder(value), after: 'kept' }, 'm'),
  },
  {
    name: 'a value of a Map',
    place: ['map', 'bad'],
    kept: [...WITH_MESSAGE, [['map', 'near'], 2]],
    log: (logger, value) =>
      logger.info(
        {
          ok: 1,
          map: new Map([
            ['bad', value],
            ['near', 2],
          ]),
          after: 'kept',
        },
        'm',
      ),
  },
  {
    name: 'an item of a Set',
    place: ['set', 0],
    kept: [...WITH_MESSAGE, [['set', 1], 'near']],
    log: (logger, value) => logger.info({ ok: 1, set: new Set([value, 'near']), after: 'kept' }, 'm'),
  },
  {
    name: 'what a getter gives',
    place: ['bad'],
    kept: WITH_MESSAGE,
    log: (logger, value) =>
      logger.info(
        {
          ok: 1,
          get bad() {
            return value
          },
          after: 'kept',
        },
        'm',
      ),
  },
  {
    name: 'what a toJSON gives',
    place: ['holder', 'bad'],
    kept: [...WITH_MESSAGE, [['holder', 'after'], 'kept']],
    log: (logger, value) => logger.info({ ok: 1, holder: { toJSON: () => beside(value) }, after: 'kept' }, 'm'),
  },
  {
    name: 'a property of an error',
    place: ['err', 'bad'],
    kept: [
      [['err', 'message'], 'failed'],
      [['err', 'after'], 'kept'],
      [['msg'], 'm'],
    ],
    log: (logger, value) => logger.info(Object.assign(new Error('failed'), beside(value)), 'm'),
  },
  {
    name: 'the cause of an error',
    place: ['err', 'cause'],
    kept: [...BESIDE, [['err', 'message'], 'failed']],
    log: (logger, value) => logger.info({ ok: 1, err: new Error('failed', { cause: value }), after: 'kept' }),
  },
  {
    name: 'a bound field',
    place: ['bad'],
    kept: WITH_MESSAGE,
    log: (logger, value) => logger.child(beside(value)).info('m'),
  },
  {
    name: 'a bound field beside fields',
    place: ['bad'],
    kept: [...WITH_MESSAGE, [['own'], true]],
    log: (logger, value) => logger.child(beside(value)).info({ own: true }, 'm'),
  },
  {
    name: "a grandchild's bound field",
    place: ['bad'],
    kept: WITH_MESSAGE,
    log: (logger, value) => logger.child({ ok: 1 }).child({ bad: value }).child({ after: 'kept' }).info('m'),
  },
  {
    name: 'a field over a bound one',
    place: ['bad'],
    kept: WITH_MESSAGE,
    log: (logger, value) => logger.child({ ok: 1, bad: 'old', after: 'kept' }).info({ bad: value }, 'm'),
  },
  {
    name: 'a context field',
    place: ['bad'],
    kept: WITH_MESSAGE,
    log: (logger, value) => withContext(beside(value), () => logger.info('m')),
  },
  {
    name: 'a context field beside others',
    place: ['bad'],
    kept: [...WITH_MESSAGE, [['own'], true], [['bound'], 1]],
    log: (logger, value) => withContext(beside(value), () => logger.child({ bound: 1 }).info({ own: true }, 'm')),
  },
  {
    name: 'through a serializer',
    place: ['bad'],
    kept: WITH_MESSAGE,
    log: (logger, value) => logger.child({}, { serializers: { bad: (it: unknown) => it } }).info(beside(value), 'm'),
  },
  {
    name: 'in what a function returns',
    place: ['bad'],
    kept: WITH_MESSAGE,
    log: (logger, value) => logger.info(() => beside(value), 'm'),
  },
  {
    name: 'in fields after printf',
    place: ['bad'],
    kept: [...BESIDE, [['msg'], 'took 5 ms']],
    log: (logger, value) => logger.info('took %d ms', 5, beside(value)),
  },
  {
    name: 'under a reserved name',
    place: ['fields', 'level'],
    kept: WITH_MESSAGE,
    log: (logger, value) => logger.info({ ok: 1, level: value, after: 'kept' }, 'm'),
  },
  {
    name: 'under err',
    kept: WITH_MESSAGE,
    log: (logger, value) => logger.info({ ok: 1, err: value, after: 'kept' }, 'm'),
  },
  {
    name: 'under msg, with a message',
    place: ['fields', 'msg'],
    kept: WITH_MESSAGE,
    log: (logger, value) => logger.info({ ok: 1, msg: value, after: 'kept' }, 'm'),
  },
  {
    name: 'under msg, as the message',
    kept: BESIDE,
    log: (logger, value) => logger.info({ ok: 1, msg: value, after: 'kept' }),
  },
]

class Holder {
  readonly bad: unknown
  readonly near = 2

  constructor(value: unknown) {
    this.bad = value
  }
}
