import { type Problem, quote } from '../../problem'

const UNITS: Readonly<Record<string, number>> = {
  b: 1,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
  kb: 1000,
  mb: 1000 ** 2,
  gb: 1000 ** 3,
  tb: 1000 ** 4,
}

/** What a size looks like, as a pattern for JSON Schema. */
export const SIZE_PATTERN = '^[1-9][0-9]{0,12} ?([KkMmGgTt][Ii]?)?[Bb]$'
export const SIZE_EXPECTED =
  "a size such as '10MiB' or '500kB' (KiB, MiB, GiB: 1024; kB, MB, GB: 1000), or bytes as a number"

/** Bytes of `'10MiB'`, or of a number that is bytes already; a problem for anything else. Never throws. */
export function parseSize(value: string | number, where: string): number | Problem {
  const bytes = typeof value === 'number' ? value : bytesOf(value)
  if (bytes !== undefined && Number.isSafeInteger(bytes) && bytes > 0) return bytes
  return { where, found: typeof value === 'string' ? quote(value) : String(value), expected: SIZE_EXPECTED }
}

function bytesOf(text: string): number | undefined {
  const match = /^([1-9]\d{0,12}) ?([a-z]{1,3})$/i.exec(text)
  const unit = match?.[2]?.toLowerCase() ?? ''
  return match === null || !Object.hasOwn(UNITS, unit) ? undefined : Number(match[1]) * UNITS[unit]!
}
