import { crc32 } from 'node:zlib'
import { FRAME_START, type Run } from './frame'
import { STAMP_BYTES } from './stamp'

/** What a header has beside its runs, at most: four numbers of 15 digits, two checksums, a start and blanks. */
const FIXED = 96
/** A level, a mask, a number of lines, and what divides them. */
const LONGEST_RUN = 64

/** Bytes that the header of a frame with these runs takes at most. */
export function headerRoom(runs: readonly Run[]): number {
  return FIXED + runs.length * LONGEST_RUN
}

/**
 * Writes the header of a frame that holds `payload` into `space`, so that it ends before `end`. Returns where it begins.
 * From the last digit to the first, and without a string: those were a quarter of what a short turn costs.
 */
export function putHeader(
  space: Buffer,
  end: number,
  payload: Uint8Array,
  first: number,
  from: number,
  runs: readonly Run[],
): number {
  const stamp = end - STAMP_BYTES
  let at = stamp - 1
  space[at] = BLANK
  at = putHex8(space, at, crc32(payload))
  for (let i = runs.length - 1; i >= 0; i--) {
    const { level, mask, lines } = runs[i]!
    space[--at] = i === runs.length - 1 ? BLANK : COMMA
    at = putNumber(space, at, lines)
    space[--at] = COLON
    at = putText(space, at, mask < 10 ? DIGITS[mask]! : mask.toString(16))
    space[--at] = COLON
    at = putNumber(space, at, level)
  }
  space[--at] = BLANK
  at = putNumber(space, at, from > 0 ? Math.floor(from) : 0)
  space[--at] = BLANK
  at = putNumber(space, at, first)
  space[--at] = BLANK
  at = putText(space, putNumber(space, at, payload.length), FRAME_START)
  space[end - 1] = LINE_BREAK
  putHex8(space, end - 1, checksum(space, at, stamp))
  return at
}

/** Writes a number in decimal before `end`; returns where it begins. */
function putNumber(space: Buffer, end: number, value: number): number {
  // What is not a whole number that the arithmetic below can divide is rare: a level of somebody's own, say.
  if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER && Number.isInteger(value))) {
    return putText(space, end, String(value))
  }
  let at = end
  let rest = value
  // Times have 13 digits: 6 at once, so that the rest of the work is done with small integers.
  while (rest > 0x3fff_ffff) {
    const high = Math.floor(rest / 1e6)
    let low = rest - high * 1e6
    for (let i = 0; i < 6; i++) {
      const tenth = (low / 10) | 0
      space[--at] = ZERO + low - tenth * 10
      low = tenth
    }
    rest = high
  }
  let small = rest | 0
  do {
    const tenth = (small / 10) | 0
    space[--at] = ZERO + small - tenth * 10
    small = tenth
  } while (small > 0)
  return at
}

function putText(space: Buffer, end: number, text: string): number {
  const start = end - text.length
  for (let i = 0; i < text.length; i++) space[start + i] = text.charCodeAt(i)
  return start
}

function putHex8(space: Buffer, end: number, value: number): number {
  for (let i = 1, rest = value | 0; i <= 8; i++, rest >>>= 4) space[end - i] = HEX.charCodeAt(rest & 15)
  return end - 8
}

/** CRC-32 as zlib's, whose call takes longer than these few bytes do. */
function checksum(bytes: Buffer, start: number, end: number): number {
  let crc = -1
  for (let i = start; i < end; i++) crc = TABLE[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8)
  return ~crc
}

const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xed_b8_83_20 : crc >>> 1
  return crc
})

const HEX = '0123456789abcdef'
const DIGITS = [...'0123456789']
const ZERO = 48
const BLANK = 32
const COMMA = 44
const COLON = 58
const LINE_BREAK = 10
