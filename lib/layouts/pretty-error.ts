import { append, block, captioned, Fields, isBlock, type Page } from './pretty-page'
import { type Frame, frameLines, framesOf } from './pretty-stack'
import { visible } from './pretty-text'

/** An error as hewn writes it. */
export interface WrittenError {
  readonly type: string
  readonly message: string
  readonly stack?: unknown
  readonly cause?: unknown
  readonly errors?: unknown
  readonly [key: string]: unknown
}

/** Where an error is expected, its type and message are enough; elsewhere a stack makes it one. */
export function isWrittenError(key: string, value: unknown): value is WrittenError {
  if (typeof value !== 'object' || value === null) return false
  const { type, message, stack } = value as Record<string, unknown>
  if (typeof type !== 'string' || typeof message !== 'string') return false
  return typeof stack === 'string' || EXPECTED.has(key)
}

const EXPECTED = new Set(['err', 'cause', 'errors'])
const OWN = new Set(['type', 'message', 'stack', 'cause', 'errors'])
/** Errors nested deeper are laid out as objects. hewn itself cuts at 20. */
const MAX_LEVELS = 24

/** `Type: message` and the error's own fields, then its frames, its cause and its errors, each indented by two more. */
export function errorLines(
  error: WrittenError,
  label: string,
  page: Page,
  indent: number,
  outer: readonly Frame[] = [],
  level = 0,
): string[] {
  const inner = indent + 2
  const isLong = isBlock(error.message)
  const message = isLong ? '' : error.message.trimEnd()
  const title = visible(message === '' ? error.type : `${error.type}: ${message}`)
  const head = `${' '.repeat(indent)}${page.paint('dim', label)}${page.paint('problem', title)}`
  const fields = new Fields(page, head, indent + label.length + title.length, inner)
  for (const [key, value] of Object.entries(error)) {
    if (!OWN.has(key)) fields.add(key, value)
  }
  const frames = framesOf(error.stack, error.type, error.message, page.sourceOf)
  const lines = fields.end()
  if (isLong) append(lines, block(error.message, page, inner))
  append(lines, frameLines(frames, outer, page, inner))
  append(lines, causeLines(error, page, inner, frames, level + 1))
  return lines
}

function causeLines(
  { cause, errors }: WrittenError,
  page: Page,
  indent: number,
  frames: readonly Frame[],
  level: number,
): string[] {
  const lines: string[] = []
  const add = (key: string, label: string, value: unknown): void => {
    const isError = level < MAX_LEVELS && isWrittenError(key, value)
    const text = isError
      ? errorLines(value, `${label} `, page, indent, frames, level)
      : captioned(label, value, page, indent)
    append(lines, text)
  }
  if (cause !== undefined) add('cause', 'caused by', cause)
  if (Array.isArray(errors)) {
    for (const [index, item] of errors.entries()) add('errors', `${index + 1} of ${errors.length}`, item)
  } else if (errors !== undefined) add('', 'errors', errors)
  return lines
}
