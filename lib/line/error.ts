import { isNativeError } from 'node:util/types'
import { entriesOf, entry, renderNamed } from './entries'
import { threw } from './mark'
import { ownForm } from './own-form'
import { type Outcome, readProperty } from './read'
import type { Guard } from './redact/guard'
import { UniqueKeys } from './unique-keys'

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
export function renderError(error: Error, room: number, guard?: Guard): string {
  const stack = readProperty(error, 'stack')
  const message = readProperty(error, 'message')
  // A stack of unusual length must not crowd out the cause.
  const most = room >> 1
  const type = renderNamed(typeOf(error), 'type', 256, guard)
  // A text that has grown is not cut again: that would copy it.
  let text = type === undefined ? '{' : `{"type":${type}`
  text += entry('message', itemOf(message, 'message', most >> 1, guard))
  text += entry(
    'stack',
    itemOf(guard === undefined ? stack : withoutMessage(stack, message, guard), 'stack', most, guard),
  )
  if (has(error, 'cause'))
    text += entry('cause', itemOf(readProperty(error, 'cause'), 'cause', room - text.length, guard))
  if (has(error, 'errors')) {
    text += entry('errors', itemOf(readProperty(error, 'errors'), 'errors', room - text.length, guard))
  }
  text += `${ownEntries(error, room - text.length, guard)}}`
  return type === undefined ? text.replace('{,', '{') : text
}

/** A stack begins with the message: where a rule names the one, the other must not show it. */
function withoutMessage(stack: Outcome, message: Outcome, guard: Guard): Outcome {
  if (typeof stack.value !== 'string' || typeof message.value !== 'string' || message.value === '' || message.threw) {
    return stack
  }
  const shown = guard.named(message.value, 'message')
  if (shown === message.value) return stack
  return { threw: stack.threw, value: stack.value.split(message.value).join(shown) }
}

/** Most errors have none. */
function ownEntries(error: Error, room: number, guard: Guard | undefined): string {
  if (Object.keys(error).length === 0) return ''
  const keys = new UniqueKeys()
  for (const name of WRITTEN) keys.name(name)
  const own = entriesOf(error, room, keys, READ, guard)
  return own === '' ? '' : `,${own}`
}

const WRITTEN = ['type', 'message', 'stack', 'cause', 'errors']
const READ: ReadonlySet<string> = new Set(['message', 'stack', 'cause', 'errors', 'name'])

/** The message of an error, for `msg`; nothing where it has none that is a text. By its own form, if it has one. */
export function messageOf(error: Error, guard?: Guard): string {
  const form = ownForm(error)
  const from = form === undefined ? error : form.value
  if (typeof from !== 'object' || from === null || form?.threw === true) return ''
  const { threw: failed, value } = readProperty(from, 'message')
  if (failed || typeof value !== 'string') return ''
  return guard === undefined ? value : guard.named(value, 'err', 'message')
}

/** A property that cannot even be asked for is read, and says what it throws. */
function has(error: Error, name: string): boolean {
  try {
    return name in error
  } catch {
    return true
  }
}

function itemOf(
  { threw: failed, value }: Outcome,
  name: string,
  room: number,
  guard: Guard | undefined,
): string | undefined {
  return failed ? threw(value, guard) : renderNamed(value, name, room, guard)
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
