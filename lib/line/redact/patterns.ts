import type { Pattern } from './options'
import { isDigit, type Spans } from './text'

/**
 * Finds one kind of secret in a text. `cut`: there was more of the text, so what could go on past its end counts as found.
 * The work is linear in the text's length.
 */
export type Finder = (text: string, cut: boolean) => Spans

/** In the order in which they are looked for. `suspect` is what a text must hold to be looked at, beside `=`, `@` and `%`. */
export const FINDERS: readonly (readonly [Pattern, { readonly find: Finder; readonly suspect?: string }])[] = [
  ['bearer', { find: bearerTokens, suspect: '[bB][eE][aA][rR][eE][rR]' }],
  ['jwt', { find: webTokens, suspect: 'eyJ' }],
  ['email', { find: emails }],
  ['card', { find: cards, suspect: '\\d[\\d -]{11}' }],
]

/** What follows the word Bearer. */
function bearerTokens(text: string): Spans {
  const spans: number[] = []
  BEARER.lastIndex = 0
  for (let found = BEARER.exec(text); found !== null; found = BEARER.exec(text)) {
    spans.push(BEARER.lastIndex - (found[1] as string).length, BEARER.lastIndex)
  }
  return spans
}

const BEARER = /(?:bearer(?:[\s:=+]|%20|%3a)+)+([^\s:=+,;"'<>&][^\s,;"'<>&]*)/gi

/** JSON Web Tokens, signed and encrypted: base64url of `{"`, and two to four parts more. */
function webTokens(text: string, cut: boolean): Spans {
  const spans: number[] = []
  const unfinished = cut ? lastWord(text) : text.length
  let at = text.indexOf('eyJ')
  while (at !== -1) {
    TOKEN.lastIndex = at
    PART.lastIndex = at
    let end = PART.test(text) ? PART.lastIndex : at + 1
    if (at >= unfinished) {
      end = text.length
      spans.push(at, end)
    } else if (TOKEN.test(text)) {
      end = TOKEN.lastIndex
      spans.push(at, end)
    }
    at = text.indexOf('eyJ', end)
  }
  return spans
}

const TOKEN = /eyJ[\w-]+(?:\.[\w-]*){2,4}/y
const PART = /[\w-]+/y

/** Where the letters, digits, dots, dashes and underscores begin that a text ends with. */
function lastWord(text: string): number {
  let start = text.length
  while (start > 0 && /[\w.-]/.test(text[start - 1] as string)) start--
  return start
}

/** Addresses in their common form, also with the @ of a URL's parameter. */
function emails(text: string): Spans {
  const spans: number[] = []
  let from = 0
  AT.lastIndex = 0
  for (let found = AT.exec(text); found !== null; found = AT.exec(text)) {
    let start = found.index
    while (start > from && !LOCAL_ENDS.test(text[start - 1] as string)) start--
    DOMAIN.lastIndex = AT.lastIndex
    if (start === found.index || !DOMAIN.test(text)) continue
    from = DOMAIN.lastIndex
    AT.lastIndex = from
    spans.push(start, from)
  }
  return spans
}

const AT = /@|%40/g
const LOCAL_ENDS = /[\s"(),:;<>[\]@\\/?#&={}|]/
/** Labels of bounded length, and letters after the last dot. */
const DOMAIN = /(?:[\p{L}\p{N}-]{1,63}\.){1,16}[\p{L}][\p{L}\p{N}-]{1,62}/uy

/** Numbers of payment cards: 13 to 19 digits, in groups or not, that begin as a card's and pass Luhn's check. */
function cards(text: string): Spans {
  const spans: number[] = []
  RUN.lastIndex = 0
  for (let found = RUN.exec(text); found !== null; found = RUN.exec(text)) cardsIn(found[0], found.index, spans)
  return spans
}

const RUN = /\d[\d -]{11,}\d/g

/** Looks at every stretch of whole groups of digits. Sums from the start make a check as cheap as a subtraction. */
function cardsIn(run: string, offset: number, spans: number[]): void {
  const places: number[] = []
  for (let i = 0; i < run.length; i++) if (isDigit(run.charCodeAt(i))) places.push(i)
  const sums = [luhnSums(run, places, 0), luhnSums(run, places, 1)] as const
  const gap = (n: number) => n <= 0 || n >= places.length || (places[n] as number) - (places[n - 1] as number) > 1
  let first = 0
  while (first + LEAST_DIGITS <= places.length) {
    let after = first + 1
    if (gap(first) && PREFIX.test(run[places[first] as number] as string)) {
      for (let end = Math.min(first + MOST_DIGITS, places.length); end >= first + LEAST_DIGITS; end--) {
        const [upTo, before] = [sums[(end % 2) as 0 | 1][end], sums[(end % 2) as 0 | 1][first]] as [number, number]
        if (
          !gap(end) ||
          (upTo - before) % 10 !== 0 ||
          (end - first === LEAST_DIGITS && run[places[first] as number] !== '4')
        )
          continue
        spans.push(offset + (places[first] as number), offset + (places[end - 1] as number) + 1)
        after = end
        break
      }
    }
    first = after
  }
}

/** Luhn's sums of the digits before each place, when the digits at places of that parity count twice. */
function luhnSums(run: string, places: readonly number[], doubled: number): number[] {
  const sums = [0]
  for (const [n, place] of places.entries()) {
    const digit = run.charCodeAt(place) - 48
    const value = n % 2 !== doubled ? digit : digit > 4 ? 2 * digit - 9 : 2 * digit
    sums.push((sums[n] as number) + value)
  }
  return sums
}

const LEAST_DIGITS = 13
const MOST_DIGITS = 19
/** Of the large schemes. Times in milliseconds and microseconds begin with 1. */
const PREFIX = /[2-6]/
