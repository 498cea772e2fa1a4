/** What a receiver takes at once. Each has a default; a transport gives those that its receiver is known for. */
export interface Limits {
  /** Lines in a batch. Default: 1000. */
  readonly lines: number
  /** Bytes of a batch's lines, before a transport wraps or compresses them. One line that is longer goes alone. Default: 1 MiB. */
  readonly bytes: number
  /** While lines keep coming, how long the first may wait for the batch to fill, in ms. After a quiet time it goes at once. Default: 1000. */
  readonly age: number
  /**
   * Batches on their way at the same time, of whatever sources. More than 1 gives up the order between batches, and is for
   * receivers that tell a line sent twice. Default: 1.
   */
  readonly concurrency: number
  /** How long a `send` may take before it is given up, in ms. A transport is expected to be stricter itself. Default: 120,000. */
  readonly timeout: number
}

export const DEFAULT_LIMITS: Limits = { lines: 1000, bytes: 1024 * 1024, age: 1000, concurrency: 1, timeout: 120_000 }

export function completeLimits(limits: Partial<Limits> | undefined): Limits {
  const given = Object.entries(limits ?? {}).filter(([, value]) => value !== undefined)
  return { ...DEFAULT_LIMITS, ...Object.fromEntries(given) }
}
