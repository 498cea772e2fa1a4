import type { Received } from './destinations/destination'

/** What became of the lines that were issued. */
export interface Counts {
  /** Issued, and there. */
  readonly delivered: number
  /** Issued, and not there. */
  readonly lost: number
  /** There more often than once. */
  readonly twice: number
  /** There although their turn had not ended when the process was killed: nobody had promised them. */
  readonly besides: number
}

/** Compares what each life of the service issued, its calls 1 to n, with what there is. */
export function count(issued: readonly number[], received: readonly Received[]): Counts {
  const seen = new Set<string>()
  let [delivered, twice, besides] = [0, 0, 0]
  for (const { life, call } of received) {
    const key = `${life}/${call}`
    if (seen.has(key)) twice++
    else if (call <= (issued[Number(life) - 1] ?? 0)) delivered++
    else besides++
    seen.add(key)
  }
  return { delivered, lost: issued.reduce((total, each) => total + each, 0) - delivered, twice, besides }
}
