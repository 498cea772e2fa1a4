import fc from 'fast-check'

/** What a property test needs of tap's `t`. */
interface Test {
  comment(...text: unknown[]): void
  pass(message: string): unknown
}

/**
 * Runs a property 100 times, or as often as HEWN_FC_RUNS multiplies that. The seed is printed on every run;
 * HEWN_FC_SEED repeats one. Throws with the smallest counterexample.
 */
export function holds<Values extends unknown[]>(t: Test, property: fc.IProperty<Values>, runs = 100): void {
  const seed = Number(process.env['HEWN_FC_SEED'] ?? Math.floor(Math.random() * 0x7fff_ffff))
  const numRuns = Math.ceil(runs * Number(process.env['HEWN_FC_RUNS'] ?? 1))
  t.comment(`seed ${seed}, ${numRuns} runs; HEWN_FC_SEED=${seed} repeats them`)
  fc.assert(property, { seed, numRuns })
  t.pass(`holds for ${numRuns} runs`)
}

/** As `holds`, for a property that is asynchronous. */
export async function holdsAsync<Values extends unknown[]>(
  t: Test,
  property: fc.IAsyncProperty<Values>,
  runs = 100,
): Promise<void> {
  const seed = Number(process.env['HEWN_FC_SEED'] ?? Math.floor(Math.random() * 0x7fff_ffff))
  const numRuns = Math.ceil(runs * Number(process.env['HEWN_FC_RUNS'] ?? 1))
  t.comment(`seed ${seed}, ${numRuns} runs; HEWN_FC_SEED=${seed} repeats them`)
  await fc.assert(property, { seed, numRuns })
  t.pass(`holds for ${numRuns} runs`)
}
