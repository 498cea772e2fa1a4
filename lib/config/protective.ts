import type { Redact } from '../line/redact/options'
import { PATTERNS } from '../line/redact/options'
import { isObject } from './profile'

/**
 * What of a bad file is used all the same: that something must not be written. All that it names is replaced, and so are
 * the common names; of a file that cannot be read, these alone. undefined where nothing was asked for.
 */
export function protective(value: unknown): Redact | undefined {
  if (!isObject(value)) return COMMON
  const { redact } = value
  if (redact === undefined) return undefined
  const parts = isObject(redact) ? [redact, redact['hash']].filter(isObject) : [{ paths: redact }]
  const texts = (name: string): string[] =>
    parts.flatMap(part => (Array.isArray(part[name]) ? part[name] : [])).filter(item => typeof item === 'string')
  const patterns = PATTERNS.filter(pattern => texts('patterns').includes(pattern))
  return { paths: [...COMMON, ...texts('paths')], patterns }
}

const COMMON = ['@common']
