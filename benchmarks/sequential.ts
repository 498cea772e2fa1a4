import { median } from './statistics'

/** Looks at the median after so many samples. Most cases are done at the first; one over its budget gets more. */
const LOOKS = [3, 7, 15] as const

/** A number of samples that settles what a case takes, for a new budget. */
export const THOROUGH = 9

export interface Verdict {
  /** The median of all samples taken. */
  readonly ratio: number
  readonly samples: number
  readonly within: boolean
}

/**
 * Whether what `sample` measures keeps to a budget. It passes at the first look that finds the median within, and fails
 * only if the last one does not: a noisy moment costs time, not a red build. What is really over by more than the noise
 * of a few samples is over at every look.
 */
export async function keepsTo(budget: number, sample: () => Promise<number>): Promise<Verdict> {
  const ratios: number[] = []
  for (const look of LOOKS) {
    while (ratios.length < look) ratios.push(await sample())
    if (median(ratios) <= budget) break
  }
  const ratio = median(ratios)
  return { ratio, samples: ratios.length, within: ratio <= budget }
}
