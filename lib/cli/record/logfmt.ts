import type { Fields } from './normalise'

/**
 * A line of logfmt as an object; undefined for any other. Only a line that is nothing but `key=value`, two of them at
 * least, one a level or a time: prose with a `=` in it is none. Linear time.
 */
export function parseLogfmt(line: string): Fields | undefined {
  if (!MARK.test(line)) return undefined
  const found = new Map<string, unknown>()
  let at = 0
  const end = line.endsWith('\r') ? line.length - 1 : line.length
  while (at < end) {
    PAIR.lastIndex = at
    const match = PAIR.exec(line)
    if (match === null) return undefined
    const [all, key = '', quoted, bare = ''] = match
    const value = quoted === undefined ? typed(bare) : unquoted(quoted)
    if (value === undefined) return undefined
    found.set(key, value)
    at += all.length
  }
  return found.size >= 2 ? withErrors(found) : undefined
}

const MARK = /(?:^|\s)(?:level|lvl|severity|time|ts|timestamp|@timestamp)=[^\s=]/
/** Each repetition is of other characters than what follows it, so that nothing is tried twice. */
const PAIR = /\s*([^\s="]+)=(?:("(?:[^"\\]|\\.)*")|([^\s"]*))(?=\s|$)\s*/y

function typed(bare: string): unknown {
  if (bare === 'true' || bare === 'false') return bare === 'true'
  if (bare === 'null') return null
  const number = Number(bare)
  return /^-?\d/.test(bare) && String(number) === bare ? number : bare
}

/** Go's escapes are JSON's and a few more; what is neither stays as it stands. */
function unquoted(text: string): string {
  try {
    return JSON.parse(text) as string
  } catch {
    return text.slice(1, -1).replaceAll('\\"', '"').replaceAll('\\\\', '\\')
  }
}

/** `err.message=…` and its like are one error. */
function withErrors(found: ReadonlyMap<string, unknown>): Fields {
  if (!found.has('err.message') && !found.has('error.message')) return Object.fromEntries(found) as Fields
  const rest: [string, unknown][] = []
  const error: [string, unknown][] = []
  for (const [key, value] of found) {
    const inner = /^err(?:or)?\.([^.]+)$/.exec(key)?.[1]
    if (inner === undefined) rest.push([key, value])
    else error.push([inner, inner === 'message' || inner === 'stack' ? String(value) : value])
  }
  return Object.fromEntries([...rest, ['err', Object.fromEntries(error)]]) as Fields
}
