import { isObject, type JsonObject } from './json'

/**
 * An error of hewn's line, `{ type, message, stack, … }`, as `error.type`, `error.message`, `error.stack_trace` and
 * `error.code`. The schema has no causes: their stacks follow in the same text, as Java prints them. What else an error
 * carries has another type from error to error, so it goes into labels: `labels.error_syscall`.
 */
export function errorFields(err: unknown): [string, unknown][] {
  if (!isObject(err)) return [['labels.error', err]]
  const { type, message, code } = err
  const fields: [string, unknown][] = []
  const told = { type, message, code: typeof code === 'number' ? String(code) : code }
  for (const [key, value] of Object.entries(told)) {
    if (typeof value === 'string') fields.push([`error.${key}`, value])
    else if (value !== undefined) fields.push([`labels.error_${key}`, value])
  }
  const { stacks, others } = withCauses(err)
  if (stacks.length > 0) fields.push(['error.stack_trace', stacks.join('\ncaused by: ')])
  return [...fields, ...others]
}

/** The stacks of an error and of its causes, and what else these carry. */
function withCauses(err: JsonObject): { stacks: string[]; others: [string, unknown][] } {
  const stacks: string[] = []
  const others: [string, unknown][] = []
  let error: unknown = err
  for (let label = 'labels.error'; error !== undefined; label += '_cause') {
    if (!isObject(error) || (error !== err && typeof error['stack'] !== 'string')) {
      others.push([label, error])
      break
    }
    const { type: _type, message: _message, code, stack, cause, ...rest } = error
    if (typeof stack === 'string') stacks.push(stack)
    else if (stack !== undefined) others.push([`${label}_stack`, stack])
    if (error !== err && code !== undefined) others.push([`${label}_code`, code])
    for (const [key, value] of Object.entries(rest)) others.push([`${label}_${key}`, value])
    error = cause
  }
  return { stacks, others }
}
