import { describe } from '../line/mark'
import { readProperty } from '../line/read'
import { isObject, type JsonObject } from './json'

/**
 * What pino's own serializer writes of an error: its class, the messages and the stacks of it and its causes in one
 * text each, and its enumerable properties. Works on what has a text for a message, as pino does; anything else is
 * written as it is. Never throws.
 */
export function pinoError(value: unknown): unknown {
  return hasMessage(value) ? serialize(value, []) : value
}

function serialize(error: object, outer: readonly object[]): Record<string, unknown> {
  const errors = read(error, 'errors')
  const written: Record<string, unknown> = { type: typeOf(error), ...chained(error) }
  const seen = [...outer, error]
  if (Array.isArray(errors)) written['aggregateErrors'] = errors.map(item => nested(item, seen))
  for (const key in error) {
    if (key in written || key === 'raw') continue
    const item = read(error, key)
    // A cause is in the message and the stack.
    if (!hasMessage(item)) written[key] = item
    else if (key !== 'cause' && !seen.includes(item)) written[key] = nested(item, seen)
  }
  const cause = read(error, 'cause')
  if (cause !== undefined && !('cause' in written) && typeof cause !== 'function' && !hasMessage(cause))
    written['cause'] = cause
  return written
}

function nested(item: unknown, seen: readonly object[]): unknown {
  if (!hasMessage(item)) return item
  return seen.length > MAX_DEPTH || seen.includes(item) ? '[circular]' : serialize(item, seen)
}

/** The messages and the stacks of an error and its causes. */
function chained(error: object): { message: string; stack: string } {
  const messages: string[] = []
  const stacks: string[] = []
  const seen = new Set<object>()
  for (let here: unknown = error; hasMessage(here); ) {
    const stack = read(here, 'stack')
    stacks.push(typeof stack === 'string' ? stack : '')
    if (seen.has(here) || seen.size > MAX_DEPTH) {
      messages.push(`${here.message}: ...`)
      stacks.push(`${stacks.pop()}\ncauses have become circular...`)
      break
    }
    messages.push(here.message)
    seen.add(here)
    here = read(here, 'cause')
  }
  return { message: messages.join(': '), stack: stacks.join('\ncaused by: ') }
}

function typeOf(error: object): unknown {
  const made = read(error, 'constructor')
  return typeof made === 'function' ? read(made, 'name') : read(error, 'name')
}

function hasMessage(value: unknown): value is object & { readonly message: string } {
  return typeof value === 'object' && value !== null && typeof read(value, 'message') === 'string'
}

function read(from: object, name: string): unknown {
  const { threw, value } = readProperty(from, name)
  return threw ? `[threw: ${describe(value)}]` : value
}

const MAX_DEPTH = 20

/** The same from an error as hewn's line has it: `{ type, message, stack, cause, errors, … }`. */
export function pinoErrorFrom(err: unknown): unknown {
  if (!isObject(err) || typeof err['message'] !== 'string') return err
  const { type, message: _message, stack: _stack, cause, errors, ...rest } = err
  // Only a plain object with a message has none in hewn's line: its class, as pino calls it, is Object.
  const written: Record<string, unknown> = { type: type ?? 'Object', ...chained(err) }
  if (Array.isArray(errors)) written['aggregateErrors'] = errors.map(pinoErrorFrom)
  for (const [key, value] of Object.entries(rest)) written[key] = isWrittenError(value) ? pinoErrorFrom(value) : value
  if (cause !== undefined && !hasMessage(cause)) written['cause'] = cause
  return written
}

function isWrittenError(value: unknown): value is JsonObject {
  return isObject(value) && typeof value['type'] === 'string' && typeof value['stack'] === 'string' && hasMessage(value)
}
