import type * as Crypto from 'node:crypto'
import { quoted } from '../mark'
import { renderValue, trail } from '../value'
import type { Replacement } from './guard'
import type { Censor } from './options'

export const REDACTED = '[redacted]'

/** The same text for every value. */
export function constantReplacement(text: string): Replacement {
  const constant = quoted(text)
  return { constant, item: () => constant, text: () => text }
}

/** What a function of the user's makes of a value. Where it fails, nothing of the value or of its failure is shown. */
export function ownReplacement(censor: Censor): Replacement {
  const otherwise = constantReplacement(REDACTED)
  return {
    constant: undefined,
    item(value, room) {
      if (isMark(value)) return quoted(value)
      try {
        return renderValue(censor(value, trail()), room)
      } catch {
        return otherwise.constant
      }
    },
    text(part) {
      try {
        const made = censor(part, trail())
        return typeof made === 'string' ? made : REDACTED
      } catch {
        return REDACTED
      }
    },
  }
}

/**
 * A keyed hash: equal values have equal marks, and nobody without the key can find the value by trying. Scalars are
 * hashed by their text, so 42 and '42' are equal; objects are censored. Cost: about 3 µs.
 */
export function hashReplacement(key: string): Replacement {
  // Loaded where it is used: it takes as long to load as hewn does.
  const { createHmac } = require('node:crypto') as typeof Crypto
  const otherwise = quoted(REDACTED)
  const text = (part: string): string => {
    // Of a long text its start and its length are hashed, so that the work of a call stays bounded.
    const hashed = part.length > MOST_HASHED ? `${part.slice(0, MOST_HASHED)}${part.length}` : part
    return `[hmac:${createHmac('sha256', key).update(hashed).digest('hex').slice(0, DIGITS)}]`
  }
  return {
    constant: undefined,
    item(value) {
      switch (typeof value) {
        case 'string':
          return isMark(value) ? quoted(value) : `"${text(value)}"`
        case 'number':
        case 'boolean':
          return `"${text(String(value))}"`
        case 'bigint':
          return value < BIGGEST && value > -BIGGEST ? `"${text(String(value))}"` : otherwise
        default:
          return otherwise
      }
    },
    text,
  }
}

/** A mark of ours: a value that was replaced before is left as it is when rules change. */
function isMark(value: unknown): value is string {
  return typeof value === 'string' && (value === REDACTED || HASH.test(value))
}

/** 64 bits: among four thousand million values two will meet by chance. */
const DIGITS = 16
const HASH = /^\[hmac:[0-9a-f]{16}\]$/
const MOST_HASHED = 65_536
/** Printing takes time beyond linear. */
const BIGGEST = 10n ** 1000n
