import { withContext } from '../../lib/index'
import { BESIDE, beside, type Form, WITH_MESSAGE } from './form'

/** A function is called; what comes of that is its own affair. */
const noFunction = (value: unknown): boolean => typeof value !== 'function'
const anObject = (value: unknown): boolean => typeof value === 'object'

/** The value stands where the call expects something of its own. */
export const asArgument: readonly Form[] = [
  { name: 'the only argument', takes: noFunction, kept: [], log: (logger, value) => logger.info(value) },
  {
    name: 'the argument before the message',
    takes: noFunction,
    kept: [],
    log: (logger, value) => logger.info(value, 'm'),
  },
  {
    name: 'the argument after the message',
    takes: noFunction,
    kept: [],
    log: (logger, value) => logger.info('m', value),
  },
  {
    name: 'fields and a message that is none',
    takes: noFunction,
    kept: BESIDE,
    log: (logger, value) => logger.info({ ok: 1, after: 'kept' }, value),
  },
  {
    name: 'after fields and a message',
    takes: noFunction,
    kept: WITH_MESSAGE.slice(0, 2),
    log: (logger, value) => logger.info({ ok: 1, after: 'kept' }, 'm', value),
  },
  {
    name: 'between a message and fields',
    takes: noFunction,
    kept: BESIDE,
    log: (logger, value) => logger.info('m', value, { ok: 1, after: 'kept' }),
  },
  {
    name: 'after an error',
    takes: noFunction,
    kept: [[['err', 'message'], 'failed']],
    log: (logger, value) => logger.info(new Error('failed'), value),
  },
  { name: 'three times', takes: noFunction, kept: [], log: (logger, value) => logger.info(value, value, value) },
  { name: 'what a function returns', takes: noFunction, kept: [], log: (logger, value) => logger.info(() => value) },
  {
    name: 'what a function returns, with a message',
    takes: noFunction,
    kept: [],
    log: (logger, value) => logger.info(() => value, 'm'),
  },
  {
    name: 'all bound fields',
    takes: anObject,
    kept: [[['msg'], 'm']],
    log: (logger, value) => logger.child(value).info('m'),
  },
  {
    name: 'all context fields',
    takes: anObject,
    kept: [[['msg'], 'm']],
    log: (logger, value) => withContext(value as object, () => logger.info('m')),
  },
]

/** The value is a printf parameter: what is between the placeholders stays, and so do the fields. */
export const asParameter: readonly Form[] = ['%s', '%d', '%i', '%f', '%j', '%o', '%O'].map(placeholder => ({
  name: `a parameter of ${placeholder}`,
  kept: BESIDE,
  log: (logger, value) => logger.info(`at ${placeholder} end`, value, { ok: 1, after: 'kept' }),
}))

/** The value is thrown, which the line must say. */
export const thrown: readonly Form[] = [
  { name: 'thrown by a function', kept: [], log: (logger, value) => logger.info(() => raise(value)) },
  {
    name: 'thrown by a function before a message',
    kept: [[['msg'], 'm']],
    log: (logger, value) => logger.info(() => raise(value), 'm'),
  },
  {
    name: 'thrown by a getter',
    place: ['bad'],
    kept: WITH_MESSAGE,
    log: (logger, value) =>
      logger.info(
        {
          ok: 1,
          get bad() {
            return raise(value)
          },
          after: 'kept',
        },
        'm',
      ),
  },
  {
    name: 'thrown by a getter bound',
    place: ['bad'],
    kept: WITH_MESSAGE,
    log: (logger, value) =>
      logger
        .child({
          ok: 1,
          get bad() {
            return raise(value)
          },
          after: 'kept',
        })
        .info('m'),
  },
  {
    name: 'thrown by a toJSON',
    place: ['bad'],
    kept: WITH_MESSAGE,
    log: (logger, value) => logger.info(beside({ toJSON: () => raise(value) }), 'm'),
  },
  {
    name: 'thrown by a serializer',
    place: ['bad'],
    kept: WITH_MESSAGE,
    log: (logger, value) => logger.child({}, { serializers: { bad: () => raise(value) } }).info(beside(5), 'm'),
  },
]

function raise(value: unknown): never {
  throw value
}
