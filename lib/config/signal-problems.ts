import { constants } from 'node:os'
import { nearest, type Problem, quote } from '../problem'
import { isReloadSignal } from '../reload-signal'
import type { LevelCheck } from './level-problems'
import { keyOf, printPlace } from './path'
import { isObject } from './profile'

/** What is wrong with `reload.signal`. Not a matter of the schema, because each system has its own signals. */
export function signalProblems(config: unknown, where: string, check: Omit<LevelCheck, 'levels'> = {}): Problem[] {
  const reload: unknown = isObject(config) ? config['reload'] : undefined
  const signal: unknown = isObject(reload) ? reload['signal'] : undefined
  const { secret, skip, place = path => path } = check
  if (typeof signal !== 'string' || isReloadSignal(signal) || skip?.has(KEY) === true) return []
  const expected = 'a signal such as SIGUSR2 or SIGHUP'
  const problem = { where: printPlace(where, place(PATH)), expected }
  if (secret?.has(KEY) === true) return [{ ...problem, found: 'another word' }]
  const suggestion = nearest(signal, Object.keys(constants.signals).filter(isReloadSignal))
  return [{ ...problem, found: quote(signal), suggestion }]
}

const PATH = ['reload', 'signal']
const KEY = keyOf(PATH)
