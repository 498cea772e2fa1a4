import { SIZE_EXPECTED, SIZE_PATTERN } from '../output/rotation/size'

/** Bytes, as a number or with a unit. */
export const size = { type: ['string', 'integer'], title: SIZE_EXPECTED, pattern: SIZE_PATTERN } as const

/** Milliseconds, as a number or with units. */
export const duration = {
  type: ['string', 'integer'],
  title: "a duration such as '30d', '12h' or '1h30m', or ms as a number",
  pattern: '^(\\s*[0-9]+\\s*([DdHhSs]|[Mm][Ss]?))+\\s*$',
  minimum: 1,
} as const
