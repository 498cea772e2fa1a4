import { isNativeError } from 'node:util/types'
import { entriesOf, entry } from './entries'
import { threw } from './mark'
import { type Outcome, readProperty } from './read'
import { UniqueKeys } from './unique-keys'
import { renderArray, renderString, renderValue } from './value'

/** An error of this realm or another, or what inherits from one. Never throws, and walks no endless chain of proxies. */
export function isErrorLike(value: unknown): value is Error {
  if (typeof value !== 'object' || value === null) return false
  try {
    let prototype: unknown = Object.getPrototypeOf(value)
    if (prototype === Object.prototype) return false
    for (let steps = 0; steps < MAX_PROTOTYPES && prototype !== null; steps++) {
      if (prototype === Error.prototype) return true
      prototype = Object.getPrototypeOf(prototype)
    }
    return isNativeError(value)
  } catch {
    return false
  }
}

const MAX_PROTOTYPES = 32

/** `type message stack code cause errors[]` and the error's own enumerable properties. Each is read once, and may throw by itself. */
export function renderError(error: Error, room: number): string {
  const stack = readProperty(error, 'stack')
  const message = readProperty(error, 'message')
  // A stack of unusual length must not crowd out the cause.
  const most = room >> 1
  let text = `{"type":${renderString(typeOf(error), 256)}`
  text += entry('message', itemOf(message, most >> 1))
  text += entry('stack', itemOf(stack, most))
  if (has(error, 'cause')) text += entry('cause', itemOf(readProperty(error, 'cause'), room - text.length))
  if (has(error, 'errors')) text += entry('errors', errorsOf(readProperty(error, 'errors'), room - text.length))
  return `${text}${ownEntries(error, room - text.length)}}`
}

/** Most errors have none. */
function ownEntries(error: Error, room: number): string {
  if (Object.keys(error).length === 0) return ''
  const keys = new UniqueKeys()
  for (const name of WRITTEN) keys.name(name)
  const own = entriesOf(error, room, keys, READ)
  return own === '' ? '' : `,${own}`
}

const WRITTEN = ['type', 'message', 'stack', 'cause', 'errors']
const READ: ReadonlySet<string> = new Set(['message', 'stack', 'cause', 'errors', 'name'])

/** The message of an error, for `msg`; nothing where it has none that is a text. */
export function messageOf(error: Error): string {
  const { threw: failed, value } = readProperty(error, 'message')
  return !failed && typeof value === 'string' ? value : ''
}

/** A property that cannot even be asked for is read, and says what it throws. */
function has(error: Error, name: string): boolean {
  try {
    return name in error
  } catch {
    return true
  }
}

function itemOf({ threw: failed, value }: Outcome, room: number): string | undefined {
  return failed ? threw(value) : renderValue(value, room)
}

function errorsOf(outcome: Outcome, room: number): string | undefined {
  return !outcome.threw && Array.isArray(outcome.value) ? renderArray(outcome.value, room) : itemOf(outcome, room)
}

/** The most telling of `name` and the class's name: an application's class seldom sets `name`. */
function typeOf(error: Error): string {
  const name = textOf(readProperty(error, 'name'))
  if (name !== '' && name !== 'Error') return name
  const { value } = readProperty(error, 'constructor')
  return (typeof value === 'function' ? textOf(readProperty(value, 'name')) : '') || 'Error'
}

function textOf({ threw: failed, value }: Outcome): string {
  return !failed && typeof value === 'string' ? value : ''
}
