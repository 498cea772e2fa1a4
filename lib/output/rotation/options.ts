import { HewnError, type Problem } from '../../problem'
import type { Frequency, RotationPolicy, TimeZone } from './policy'
import { parseSize } from './size'

/** As in the configuration. */
export interface RotationOptions {
  /** Bytes, or a text such as '10MiB': a file is never larger. */
  readonly maxSize?: string | number | undefined
  readonly frequency?: Frequency | undefined
  /** Default 'utc'. */
  readonly timeZone?: TimeZone | undefined
  readonly maxFiles?: number | undefined
  /** In ms. */
  readonly maxAge?: number | undefined
  /** Bytes, or a text such as '1GiB'. */
  readonly maxTotalSize?: string | number | undefined
  readonly compress?: 'gzip' | undefined
}

/** The smallest file that a line, cut if need be, always fits into. */
const MIN_SIZE = 1024

/** What the options come to; undefined if they do not ask for rotation. Throws HewnError. */
export function policyOf(options: RotationOptions, name: string): RotationPolicy | undefined {
  const problems: Problem[] = []
  const size = (key: 'maxSize' | 'maxTotalSize'): number => {
    const value = options[key]
    if (value === undefined) return Number.POSITIVE_INFINITY
    const bytes = parseSize(value, `${name} ${key}`)
    if (typeof bytes === 'number') return bytes
    problems.push(bytes)
    return Number.POSITIVE_INFINITY
  }
  const maxSize = size('maxSize')
  const maxTotalSize = size('maxTotalSize')
  const { frequency, timeZone = 'utc', maxFiles, maxAge = Number.POSITIVE_INFINITY, compress } = options
  if (maxSize < MIN_SIZE) {
    problems.push({ where: `${name} maxSize`, found: `${maxSize} bytes`, expected: `at least ${MIN_SIZE} bytes` })
  }
  const rotates = options.maxSize !== undefined || frequency !== undefined
  const idle = Object.entries({
    timeZone: options.timeZone,
    maxFiles,
    maxAge: options.maxAge,
    maxTotalSize: options.maxTotalSize,
    compress,
  })
  for (const [key, value] of rotates ? [] : idle) {
    if (value === undefined) continue
    const expected = 'maxSize or frequency beside it: without one of them no file is rotated'
    problems.push({ where: name, found: `${key} alone`, expected })
  }
  if (problems.length > 0) throw new HewnError(problems)
  if (!rotates) return undefined
  const limit = maxFiles ?? Number.POSITIVE_INFINITY
  return { maxSize, frequency, timeZone, maxFiles: limit, maxAge, maxTotalSize, compress: compress === 'gzip' }
}
