import { randomBytes } from 'node:crypto'

/** Digits in ascending order of their codes, so that ids sort as text; none that a shell or a file system minds. */
const DIGITS = '0123456789abcdefghijklmnopqrstuv'
const SEQUENCE_DIGITS = 8

/** A writer's id: 80 random bits in 16 characters. Never given twice, so a directory of that name never changes hands. */
export function newSpoolId(): string {
  let bits = 0n
  for (const byte of randomBytes(10)) bits = (bits << 8n) | BigInt(byte)
  let id = ''
  for (let i = 0; i < 16; i++, bits >>= 5n) id += DIGITS[Number(bits & 31n)]!
  return id
}

export const SPOOL_ID = /^[0-9a-v]{16}$/

/**
 * A line's id: the writer's, and the line's number in base 32. Nothing in it is worked out when the line is sent, so
 * whoever sends it sends the same. A constant beginning and a growing end are what an index of ids likes best.
 */
export function lineId(spool: string, sequence: number): string {
  return `${spool}.${sequence.toString(32).padStart(SEQUENCE_DIGITS, '0')}`
}

/** The number in a line's id, by which the lines of one writer are sorted. Undefined for an id of another make. */
export function sequenceOf(id: string): number | undefined {
  const { length } = id
  if (length < SEQUENCE_AT + SEQUENCE_DIGITS || length > SEQUENCE_AT + MOST_DIGITS) return undefined
  if (id[SEQUENCE_AT - 1] !== '.') return undefined
  let sequence = 0
  for (let at = 0; at < length; at++) {
    if (at === SEQUENCE_AT - 1) continue
    const code = id.charCodeAt(at)
    const digit = code >= 97 && code <= 118 ? code - 87 : code >= 48 && code <= 57 ? code - 48 : -1
    if (digit === -1) return undefined
    if (at >= SEQUENCE_AT) sequence = sequence * 32 + digit
  }
  return sequence
}

/** Where it begins, behind the spool's id and a dot. */
const SEQUENCE_AT = 17
const MOST_DIGITS = 10
