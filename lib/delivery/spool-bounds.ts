import { parseDuration } from '../levels/duration'
import { parseSize } from '../output/rotation/size'
import { HewnError, type Problem } from '../problem'
import type { Bounds } from './spool/bounds'
import type { SpoolSettings } from './spool-schema'

/** A spool's bounds in bytes and ms; undefined for what the spool itself decides. `where` names the options in errors. Throws a HewnError. */
export function spoolBounds(
  { maxBytes, maxAge, minFree }: Pick<SpoolSettings, 'maxBytes' | 'maxAge' | 'minFree'>,
  where: string,
): { readonly [K in keyof Bounds]: number | undefined } {
  return {
    maxBytes: atLeast(LEAST_BYTES, read(maxBytes, `${where}.maxBytes`, parseSize), `${where}.maxBytes`, '1MiB'),
    maxAge: atLeast(LEAST_AGE, read(maxAge, `${where}.maxAge`, parseDuration), `${where}.maxAge`, '1s'),
    minFree: minFree === 0 ? 0 : read(minFree, `${where}.minFree`, parseSize),
  }
}

type Given = string | number | undefined

function read(
  value: Given,
  where: string,
  parse: (value: string | number, where: string) => number | Problem,
): number | undefined {
  if (value === undefined) return undefined
  const parsed = parse(value, where)
  if (typeof parsed === 'object') throw new HewnError([parsed])
  return parsed
}

function atLeast(least: number, value: number | undefined, where: string, shown: string): number | undefined {
  if (value === undefined || value >= least) return value
  throw new HewnError([{ where, found: String(value), expected: `at least ${shown}` }])
}

const LEAST_BYTES = 1_048_576
const LEAST_AGE = 1000
