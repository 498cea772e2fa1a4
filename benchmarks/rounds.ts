const WARM_MS = 250

/**
 * Does the work in units until the optimizing compiler has had its say; returns how many of them make a round of that
 * length.
 */
export async function warmUp(unit: () => unknown, roundMs: number): Promise<number> {
  const started = performance.now()
  let fastest = Number.POSITIVE_INFINITY
  for (let units = 0; units < 4 || performance.now() - started < WARM_MS; units++) {
    const before = performance.now()
    await unit()
    fastest = Math.min(fastest, performance.now() - before)
  }
  return Math.max(1, Math.ceil(roundMs / fastest))
}

export function collectGarbage(): void {
  if (globalThis.gc === undefined) throw new Error('start with --expose-gc')
  globalThis.gc()
}
