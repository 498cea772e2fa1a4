/** The value below which that share of the samples lies, between neighbours by proportion. NaN for none. */
export function quantile(samples: Iterable<number>, share: number): number {
  const sorted = Float64Array.from(samples).sort()
  if (sorted.length === 0) return Number.NaN
  const place = share * (sorted.length - 1)
  const below = sorted[Math.floor(place)]!
  const above = sorted[Math.ceil(place)]!
  return below + (above - below) * (place - Math.floor(place))
}

export function median(samples: Iterable<number>): number {
  return quantile(samples, 0.5)
}

/** Half the distance between the quartiles, as a share of the median: half of all samples lie within ± this. */
export function spread(samples: readonly number[]): number {
  return (quantile(samples, 0.75) - quantile(samples, 0.25)) / 2 / median(samples)
}
