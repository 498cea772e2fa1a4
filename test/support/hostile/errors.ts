import { runInNewContext } from 'node:vm'
import type { Hostile } from '../hostile'
import { fail, revoked } from './trouble'

/** Errors, and what only looks like one. Their stacks hold paths of any length, so bounds are generous. */
export const errors: readonly Hostile[] = [
  { name: 'an error', marked: /of its own/, most: 8192, make: () => new Error('of its own') },
  { name: 'a frozen error', marked: /of ice/, most: 8192, make: () => Object.freeze(new Error('of ice')) },
  ...['message', 'stack', 'name', 'cause', 'code', 'constructor', 'errors', 'toJSON', 'toString'].map(key => ({
    name: `an error whose ${key} throws`,
    // What an object inherits or derives is not missed: an error's type, say, has other sources.
    marked: key === 'message' || key === 'stack' || key === 'cause' ? /thr[eo]w|out of order/i : false,
    most: 16_384,
    make: () => Object.defineProperty(new Error('well said'), key, { get: fail, enumerable: true }),
  })),
  ...[undefined, null, 7, 10n, Symbol('said'), { said: 1 }, ['said'], () => 'said', NaN].map(said => ({
    name: `an error whose message and stack are ${typeof said === 'object' ? JSON.stringify(said) : typeof said}`,
    marked: false,
    most: 8192,
    make: () =>
      Object.defineProperty(Object.defineProperty(new Error(), 'stack', { value: said }), 'message', { value: said }),
  })),
  {
    name: 'an error whose name is an object',
    marked: /well said/,
    most: 8192,
    make: () => Object.assign(new Error('well said'), { name: {} }),
  },
  { name: 'an error whose message is cyclic', marked: /circular|cycl/i, most: 8192, make: selfMessage },
  { name: 'an error with a message and a stack of 10 MB', marked: /cut|trunc/i, once: true, make: longError },
  { name: 'a chain of 5,000 causes', marked: /deep|depth|nest|cut|more/i, once: true, make: causes },
  { name: 'two errors that cause each other', marked: /circular|cycl/i, most: 16_384, make: causeCycle },
  { name: 'an error that causes itself', marked: /circular|cycl/i, most: 8192, make: selfCause },
  {
    name: 'an error whose cause is a text',
    marked: /the cause/,
    most: 8192,
    make: () => new Error('effect', { cause: 'the cause' }),
  },
  {
    name: 'an error whose cause is undefined',
    marked: /effect/,
    most: 8192,
    make: () => new Error('effect', { cause: undefined }),
  },
  {
    name: 'an error whose cause is a revoked proxy',
    marked: true,
    most: 8192,
    make: () => new Error('effect', { cause: revoked({}) }),
  },
  {
    name: 'an AggregateError of 10,000',
    marked: /cut|more|of 10.?000/i,
    once: true,
    make: () => new AggregateError(Array.from({ length: 10_000 }, (_, i) => bare(`error ${i}`))),
  },
  { name: 'an AggregateError that holds itself', marked: /circular|cycl/i, most: 8192, make: selfAggregate },
  {
    name: 'an AggregateError whose errors are no array',
    marked: false,
    most: 8192,
    make: () => Object.assign(new AggregateError([]), { errors: 'none' }),
  },
  {
    name: 'an AggregateError of odd things',
    marked: false,
    most: 16_384,
    make: () => new AggregateError([null, undefined, 1n, Symbol('odd'), () => 1, revoked([])]),
  },
  {
    name: 'an error with reserved names of its own',
    marked: /well said/,
    most: 8192,
    make: () => Object.assign(new Error('well said'), { type: 'mine', level: 1, time: 2, fields: {}, 'stack#2': 3 }),
  },
  {
    name: 'an error with a throwing getter of its own',
    marked: /thr[eo]w|out of order/i,
    most: 8192,
    make: () => Object.defineProperty(new Error('well said'), 'own', { get: fail, enumerable: true }),
  },
  {
    name: 'an error with a throwing toJSON',
    marked: /well said|thr[eo]w/,
    most: 8192,
    make: () => Object.assign(new Error('well said'), { toJSON: fail }),
  },
  { name: 'an error with a cycle among its properties', marked: /circular|cycl/i, most: 8192, make: ownCycle },
  {
    name: 'an error of another realm',
    marked: /from afar/,
    most: 8192,
    make: () => runInNewContext('new RangeError("from afar")'),
  },
  {
    name: 'an object with an error as prototype',
    marked: false,
    most: 8192,
    make: () => Object.create(new Error('inherited')),
  },
  {
    name: 'what only looks like an error',
    marked: /no error/,
    most: 8192,
    make: () => ({ message: 'no error', stack: 'no stack', name: 'Error' }),
  },
  {
    name: 'an error without a prototype',
    marked: false,
    most: 8192,
    make: () => Object.setPrototypeOf(new Error('well said'), null),
  },
  { name: 'an error with a static class name', marked: /well said/, most: 8192, make: () => new Named('well said') },
]

class Named extends Error {
  static override get name(): string {
    return fail()
  }
}

function longError(): Error {
  const error = new Error('x'.repeat(1e7))
  error.stack = `Error\n${'    at nowhere (file.js:1:1)\n'.repeat(4e5)}`
  return error
}

function causes(): Error {
  let error = new Error('cause 0')
  // The chain alone is the point; 5,000 stacks would only take time.
  for (let i = 1; i < 5000; i++) error = bare(`cause ${i}`, error)
  return error
}

function bare(message: string, cause?: unknown): Error {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  try {
    return new Error(message, { cause })
  } finally {
    Error.stackTraceLimit = limit
  }
}

function causeCycle(): Error {
  const effect = new Error('effect')
  effect.cause = new Error('cause', { cause: effect })
  return effect
}

function selfCause(): Error {
  const error = new Error('alone')
  error.cause = error
  return error
}

function selfMessage(): Error {
  const error = new Error()
  return Object.defineProperty(error, 'message', { value: { error } })
}

function selfAggregate(): Error {
  const error = new AggregateError([])
  error.errors.push(error, error)
  return error
}

function ownCycle(): Error {
  const error = new Error('well said')
  return Object.assign(error, { request: { error, list: [error] } })
}
