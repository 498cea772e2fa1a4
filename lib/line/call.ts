import { isPromise } from 'node:util/types'
import { isErrorLike } from './error'
import { describe } from './mark'
import { formatMessage, scalarText } from './message'
import type { Guard } from './redact/guard'
import { beginRecord } from './value'

/** What the arguments of a log call mean. */
export interface Call {
  /** Undefined where the call gave none: an error's own message or a field `msg` may stand in. */
  msg: string | undefined
  err: Error | undefined
  /** In the order given; a later one's keys win. */
  readonly fields: object[]
}

/**
 * Reads a call in any of its forms: message, fields and error in either order, printf parameters where the
 * message has placeholders, functions called for what they return. Nothing passed is dropped: a parameter that
 * no placeholder takes is added to the message, as console.log does. Objects that become a part of the message are redacted
 * here, by the guard; the message itself is when it is written. Never throws.
 */
export function readCall(args: ArrayLike<unknown>, guard?: Guard): Call {
  // A message's parameters are rendered here, before the record is.
  beginRecord()
  const call: Call = { msg: undefined, err: undefined, fields: [] }
  const at = messageAt(args)
  for (let i = 0; i < args.length; i++) {
    if (i === at) {
      const params = Array.from({ length: args.length - i - 1 }, (_, k) => args[i + 1 + k])
      const { text, used } = formatMessage(args[i] as string, params, guard)
      call.msg = call.msg === undefined ? text : `${call.msg} ${text}`
      i += used
    } else {
      add(call, args[i], args.length, guard)
    }
  }
  return call
}

/** The first string is the message, unless a number or the like stands before it: then both are text. */
function messageAt(args: ArrayLike<unknown>): number {
  for (let i = 0; i < args.length; i++) {
    if (typeof args[i] === 'string') return i
  }
  return -1
}

function add(call: Call, value: unknown, count: number, guard: Guard | undefined): void {
  if (typeof value === 'function') return addLazy(call, value as () => unknown, count, guard)
  if (typeof value === 'object' && value !== null) {
    if (isErrorLike(value) && call.err === undefined) call.err = value
    else if (isErrorLike(value)) call.fields.push({ errors: [value] })
    else call.fields.push(value)
    return
  }
  // `info(undefined, 'text')` comes of an absent error or absent fields: nothing to say. Alone it is all there is.
  if ((value === undefined || value === null) && count > 1) return
  const text = scalarText(value, guard)
  call.msg = call.msg === undefined ? text : `${call.msg} ${text}`
}

/** A function is called for its result, once, now that the line is wanted. */
function addLazy(call: Call, make: () => unknown, count: number, guard: Guard | undefined): void {
  let made: unknown
  try {
    made = make()
  } catch (error) {
    call.fields.push({ lazy: `[threw: ${describe(error)}]` })
    return
  }
  // Nobody will look at it again: its rejection is not the application's to handle.
  if (isPromise(made)) Promise.prototype.catch.call(made, () => {})
  if (typeof made === 'function') call.fields.push({ lazy: made })
  else if (typeof made === 'string' && call.msg === undefined) call.msg = made
  else add(call, made, count, guard)
}
