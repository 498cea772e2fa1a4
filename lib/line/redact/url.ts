import type { Replacement } from './guard'
import { nameOf } from './rule'
import type { Spans } from './text'

/**
 * The credentials in URLs, `user:password` of `https://user:password@host`. A password with a slash in it makes no good
 * URL, but the message that says so shows it: what looks like one is taken up to its last `@`.
 */
export function credentials(text: string, cut: boolean): Spans {
  return userParts(text, cut, PLAIN)
}

/** The same in a URL that stands encoded in another. */
export function encodedCredentials(text: string, cut: boolean): Spans {
  return userParts(text, cut, ENCODED)
}

/** How a URL's authority begins and ends, and what ends the user's part of it. */
interface Notation {
  readonly mark: RegExp
  readonly authority: RegExp
  readonly at: string
}

const PLAIN: Notation = { mark: /:\/\//g, authority: /[^\s/?#\\]*/y, at: '@' }
const ENCODED: Notation = { mark: /%3a%2f%2f/gi, authority: /(?:[^\s%&]|%(?!2f|3f|23|26))*/iy, at: '%40' }

/** Each mark is looked for behind the word of the one before, so a text is walked once or twice, whatever it holds. */
function userParts(text: string, cut: boolean, { mark, authority, at }: Notation): Spans {
  const spans: number[] = []
  mark.lastIndex = 0
  while (mark.exec(text) !== null) {
    const start = mark.lastIndex
    let part = read(authority, text, start)
    let length = part.lastIndexOf(at)
    const unfinished = cut && start + part.length === text.length
    if (length < 0 && (BROKEN.test(part) || (unfinished && part.length > LONGEST_HOST))) {
      part = read(WORD, text, start)
      length = part.lastIndexOf(at)
      if (length < 0 && unfinished) length = part.length
    }
    if (length > 0) spans.push(start, start + length)
    mark.lastIndex = start + part.length
  }
  return spans
}

/** What a sticky expression finds at a place. */
function read(expression: RegExp, text: string, at: number): string {
  expression.lastIndex = at
  return expression.exec(text)?.[0] ?? ''
}

/** Longer names do not exist: what was cut there was still the user's part. */
const LONGEST_HOST = 255
/** A user and something that is no port. */
const BROKEN = /^[^[]*:(?!\d*$)/
const WORD = /\S*/y

/**
 * The values of `name=value` whose name a rule's last segment is: in a URL's query and fragment, in a form's body, in a
 * cookie. Also in a URL that stands encoded in another. A value goes on to the next `&`, `#` or blank.
 */
export function hideParameters(text: string, names: ReadonlyMap<string, Replacement>): string {
  let made = ''
  let from = 0
  EQUALS.lastIndex = 0
  while (EQUALS.exec(text) !== null) {
    const start = EQUALS.lastIndex
    const encoded = text.charCodeAt(start - 1) !== 61
    const replacement = replacementFor(nameBefore(text, start - (encoded ? 3 : 1), from), names)
    if (replacement === undefined) continue
    const end = start + valueAt(text, start, encoded).length
    made += text.slice(from, start) + (end > start ? replacement.text(text.slice(start, end)) : '')
    from = end
    EQUALS.lastIndex = end
  }
  return from === 0 ? text : made + text.slice(from)
}

const EQUALS = /=|%3d/gi
const VALUE = /"[^"]*"|'[^']*'|[^\s&#]*/y
const ENCODED_VALUE = /(?:[^\s&#%]|%(?!26|23))*/y

function valueAt(text: string, at: number, encoded: boolean): string {
  return read(encoded ? ENCODED_VALUE : VALUE, text, at)
}

function nameBefore(text: string, end: number, least: number): string {
  let start = end
  while (start > least && end - start < MAX_NAME && !DELIMITERS.includes(text[start - 1] as string)) start--
  const name = text.slice(start, end)
  // In a URL within a URL the delimiters are encoded, too.
  return name.includes('%') ? (name.split(/%(?:3f|26|23|3b)/i).at(-1) as string) : name
}

const MAX_NAME = 256
const DELIMITERS = '?&;#= \t\r\n"\'<>,({'

/** By the whole name, or by the last of `user[password]` and `user.password`. */
function replacementFor(name: string, names: ReadonlyMap<string, Replacement>): Replacement | undefined {
  if (name === '') return undefined
  const plain = name.includes('%') ? decoded(name) : name
  const [, last = plain] = /(?:\[|\.|^)([^[\].]+)\]?$/.exec(plain) ?? []
  return names.get(nameOf(plain)) ?? names.get(nameOf(last))
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
