import { parsePaths } from '../line/redact/rule'
import type { Problem } from '../problem'
import type { LevelCheck } from './level-problems'
import { keyOf, type Path, printPlace } from './path'
import { isObject } from './profile'

/**
 * What cannot be read in the paths of `redact`. Not a matter of the schema, because a mistake in one path does not spoil
 * the others: a process that starts without any redaction would be worse off.
 */
export function redactProblems(config: unknown, where: string, check: Omit<LevelCheck, 'levels'> = {}): Problem[] {
  const redact: unknown = isObject(config) ? config['redact'] : undefined
  const { secret, skip, place = path => path } = check
  const unread = listsOf(redact).flatMap(([path, texts]) =>
    texts.flatMap((text, index) => {
      const at = [...path, index]
      if (typeof text !== 'string' || skip?.has(keyOf(at)) === true) return []
      const read = parsePaths(text, printPlace(where, place(at)))
      if (!('where' in read)) return []
      if (secret?.has(keyOf(at)) !== true) return [read]
      return [{ where: read.where, found: 'a mistake', expected: read.expected }]
    }),
  )
  return [...unread, ...keyProblems(redact, where, check)]
}

/** Not a matter of the schema, because a file names a variable that holds the key. */
function keyProblems(
  redact: unknown,
  where: string,
  { skip, place = path => path }: Omit<LevelCheck, 'levels'>,
): Problem[] {
  const hash: unknown = isObject(redact) ? redact['hash'] : undefined
  const key: unknown = isObject(hash) ? hash['key'] : undefined
  if (typeof key !== 'string' || key.length >= LEAST_KEY || skip?.has(keyOf(KEY)) === true) return []
  const expected = `a secret of at least ${LEAST_KEY}`
  return [{ where: printPlace(where, place(KEY)), found: `${key.length} characters`, expected }]
}

const KEY = ['redact', 'hash', 'key']
const LEAST_KEY = 16

function listsOf(redact: unknown): [Path, unknown[]][] {
  if (Array.isArray(redact)) return [[['redact'], redact]]
  if (!isObject(redact)) return []
  const { paths, hash } = redact
  const lists: [Path, unknown][] = [[['redact', 'paths'], paths]]
  if (isObject(hash)) lists.push([['redact', 'hash', 'paths'], hash['paths']])
  return lists.filter((list): list is [Path, unknown[]] => Array.isArray(list[1]))
}

/** What is wrong with `redact` in code, where `censor` may be a function. */
export function censorProblems(redact: unknown, where: string): Problem[] {
  const censor: unknown = isObject(redact) ? redact['censor'] : undefined
  if (censor === undefined || typeof censor === 'string' || typeof censor === 'function') return []
  const found = censor === null ? 'null' : typeof censor === 'object' ? 'an object' : `a ${typeof censor}`
  return [{ where: printPlace(where, ['redact', 'censor']), found, expected: 'a string or a function' }]
}
