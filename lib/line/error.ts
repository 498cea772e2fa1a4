import { isNativeError } from 'node:util/types'
import { entriesOf, entry } from './entries'
import { threw } from './mark'
import { UniqueKeys } from './unique-keys'
import { render, renderArray, renderString } from './value'

/** An error of this realm or another, or what inherits from one. Never throws. */
export function isErrorLike(value: unknown): value is Error {
  try {
    return value instanceof Error || isNativeError(value)
  } catch {
    return false
  }
}

/** `type message stack code cause errors[]` and the error's own enumerable properties. Each is read once, and may throw by itself. */
export function renderError(error: Error, room: number): string {
  const stack = read(error, 'stack')
  const message = read(error, 'message')
  // A stack of unusual length must not crowd out the cause.
  const most = room >> 1
  let text = entry('type', renderString(typeOf(error), 256))
  text += entry('message', textOf(message, most >> 1))
  text += entry('stack', textOf(stack, most))
  text += entry('cause', absent(error, 'cause') ? undefined : itemOf(read(error, 'cause'), room - text.length))
  text += entry('errors', absent(error, 'errors') ? undefined : errorsOf(read(error, 'errors'), room - text.length))
  const keys = new UniqueKeys()
  for (const name of WRITTEN) keys.name(name)
  const own = entriesOf(error, room - text.length, keys, READ)
  return own === '' ? `{${text.slice(1)}}` : `{${text.slice(1)},${own}}`
}

const WRITTEN = ['type', 'message', 'stack', 'cause', 'errors']
const READ: ReadonlySet<string> = new Set(['message', 'stack', 'cause', 'errors', 'name'])

/** The message of anything thrown, for `msg`. */
export function messageOf(error: Error): string {
  const message = read(error, 'message')
  return message instanceof Thrown ? '' : typeof message === 'string' ? message : ''
}

/** What reading a property threw, kept apart from what it could have returned. */
class Thrown {
  readonly error: unknown

  constructor(error: unknown) {
    this.error = error
  }
}

function read(error: Error, name: 'stack' | 'message' | 'cause' | 'errors' | 'name' | 'constructor'): unknown {
  try {
    return (error as unknown as Record<string, unknown>)[name]
  } catch (thrown) {
    return new Thrown(thrown)
  }
}

function absent(error: Error, name: string): boolean {
  try {
    return !(name in error)
  } catch {
    return false
  }
}

function itemOf(value: unknown, room: number): string | undefined {
  return value instanceof Thrown ? threw(value.error) : render(value, room)
}

function textOf(value: unknown, room: number): string | undefined {
  return typeof value === 'string' ? renderString(value, room) : itemOf(value, room)
}

function errorsOf(value: unknown, room: number): string | undefined {
  return Array.isArray(value) ? renderArray(value, room) : itemOf(value, room)
}

/** The most telling of `name` and the class's name: an application's class seldom sets `name`. */
function typeOf(error: Error): string {
  const name = read(error, 'name')
  if (typeof name === 'string' && name !== 'Error' && name !== '') return name
  const constructor = read(error, 'constructor')
  if (typeof constructor !== 'function') return 'Error'
  try {
    const own = (constructor as { name?: unknown }).name
    return typeof own === 'string' && own !== '' ? own : 'Error'
  } catch {
    return 'Error'
  }
}
