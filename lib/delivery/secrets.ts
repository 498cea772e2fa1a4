import { isSecretKey } from '../config/secrecy'

/**
 * Takes a transport's secrets out of a text that leaves the process: an error, a reason, a figure's label. What counts as
 * one is every string of the options under a name that sounds like a secret, or below one; a header whose name does;
 * and the user and password of a URL, also as they are written percent-encoded or in base64.
 */
export class Secrets {
  private readonly values: string[]

  constructor(options: unknown) {
    const found = new Set<string>()
    collect(options, false, found, 0)
    // Longer ones first: one may be part of another.
    this.values = [...found].sort((a, b) => b.length - a.length)
  }

  hide(text: string): string {
    let hidden = text.replace(USERINFO, '//[secret]@')
    for (const value of this.values) hidden = hidden.replaceAll(value, '[secret]')
    return hidden
  }
}

function collect(value: unknown, secret: boolean, found: Set<string>, depth: number): void {
  if (typeof value === 'string') {
    if (secret) addForms(value, found)
    for (const match of value.matchAll(CREDENTIALS)) addUser(match[1]!, found)
    for (const match of value.matchAll(PARAMETER)) if (isSecretKey(match[1]!)) addForms(match[2]!, found)
  } else if (typeof value === 'object' && value !== null && depth < MAX_DEPTH) {
    const inherits = secret && !(value instanceof Uint8Array)
    for (const [key, item] of Object.entries(value)) {
      collect(item, inherits || (!Array.isArray(value) && isSecretKey(key)), found, depth + 1)
    }
  }
}

function addUser(userinfo: string, found: Set<string>): void {
  const colon = userinfo.indexOf(':')
  const password = colon === -1 ? userinfo : userinfo.slice(colon + 1)
  addForms(password, found)
  addForms(decode(userinfo), found)
}

/** The text itself, the word behind a scheme (`Bearer …`), decoded, and the forms that libraries put it into. */
function addForms(text: string, found: Set<string>): void {
  const bare = text.trim().replace(/^\w+\s+/, '')
  for (const form of [text, bare, decode(text), encodeURIComponent(text.toWellFormed()), base64(text), base64(bare)]) {
    if (form.length >= MIN_LENGTH) found.add(form)
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

const USERINFO = /\/\/[^/?#\s@]*@/g
const CREDENTIALS = /\/\/([^/?#\s]+)@/g
const PARAMETER = /[?&]([^=&#\s]+)=([^&#\s]+)/g
/** Shorter ones would blot out half of every message, and are no secrets. */
const MIN_LENGTH = 3
const MAX_DEPTH = 8
