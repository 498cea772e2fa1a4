import { isObject } from '../../layouts/json'

/** `security_exception: unable to authenticate …`, of the body of a refused request; undefined if it is no such body. */
export function errorText(body: string): string | undefined {
  let answer: unknown
  try {
    answer = JSON.parse(body)
  } catch {
    return undefined
  }
  const error = isObject(answer) ? answer['error'] : undefined
  if (typeof error === 'string') return error
  if (!isObject(error)) return undefined
  const told = [error['type'], error['reason']].filter(text => typeof text === 'string')
  return told.length === 0 ? undefined : told.join(': ')
}
