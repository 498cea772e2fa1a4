import { isDate } from 'node:util/types'
import { describe } from './mark'
import type { Guard } from './redact/guard'
import { renderValue } from './value'

/**
 * printf's placeholders, as people know them from console.log: `%s %d %i %f` take a primitive and never an
 * object literal or an error (so that fields after a message stay fields, and a `%d` in a URL stays what it is);
 * `%j %o %O` take anything; `%%` is `%`. Without a parameter left, a placeholder stays as it is.
 */
export interface Formatted {
  readonly text: string
  /** How many of the parameters the placeholders took. */
  readonly used: number
}

export function formatMessage(template: string, params: readonly unknown[], guard?: Guard): Formatted {
  let text = ''
  let used = 0
  let from = 0
  for (let at = template.indexOf('%'); at !== -1 && params.length > 0; at = template.indexOf('%', at)) {
    const code = template.charCodeAt(at + 1)
    const replaced = used < params.length || code === PERCENT ? replacement(code, params[used], guard) : undefined
    if (replaced === undefined) {
      at += 1
      continue
    }
    text += template.slice(from, at) + replaced.text
    used += replaced.took
    at += 2
    from = at
    if (text.length > MAX_MESSAGE) break
  }
  return { text: from === 0 ? template : text + template.slice(from), used }
}

const PERCENT = 37
const MAX_MESSAGE = 1 << 20
/** What one object may take in a message, in UTF-16 units. */
const MAX_PARAM = 16_384

function replacement(
  code: number,
  param: unknown,
  guard: Guard | undefined,
): { text: string; took: number } | undefined {
  switch (code) {
    case PERCENT:
      return { text: '%', took: 0 }
    case 115: // s
      return takesScalar(param) ? { text: scalarText(param, guard), took: 1 } : undefined
    case 100: // d
    case 102: // f
      return takesScalar(param) ? { text: numberText(param), took: 1 } : undefined
    case 105: // i
      return takesScalar(param) ? { text: numberText(param, Math.trunc), took: 1 } : undefined
    case 106: // j
    case 111: // o
    case 79: // O
      return { text: renderValue(param, MAX_PARAM, guard) ?? 'undefined', took: 1 }
    default:
      return undefined
  }
}

/** Objects are fields; only what has a text of its own, a Date say, is taken. */
function takesScalar(param: unknown): boolean {
  return (typeof param !== 'object' && typeof param !== 'function') || param === null || isDate(param)
}

/** A parameter as text in a message: strings as they are, the rest as the line would show it. Never throws. */
export function scalarText(param: unknown, guard?: Guard): string {
  if (typeof param === 'string') return param
  if (typeof param === 'number' || typeof param === 'bigint') return numberText(param)
  if (typeof param === 'symbol') return param.toString()
  const rendered = renderValue(param, MAX_PARAM, guard)
  if (rendered === undefined) return 'undefined'
  return rendered.startsWith('"') ? (JSON.parse(rendered) as string) : rendered
}

function numberText(param: unknown, round?: (n: number) => number): string {
  if (typeof param === 'bigint') return (JSON.parse(`[${renderValue(param, 64) ?? ''}]`) as unknown[]).join()
  try {
    const number = Number(param)
    return String(round === undefined ? number : round(number))
  } catch (error) {
    return describe(error)
  }
}
