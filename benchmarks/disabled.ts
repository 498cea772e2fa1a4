import { Contender } from './contender'
import type { SiteJob } from './protocol'

/** ns that a disabled call costs beyond a call of an empty method. */
export interface Disabled {
  readonly oneShape: number
  readonly fiveShapes: number
}

const ROUNDS = 15

/** By contestant. The empty method is measured in the same rounds. */
export async function measureDisabled(node?: string): Promise<Record<string, Disabled>> {
  const one = await beyondEmpty(1, node)
  const five = await beyondEmpty(5, node)
  return {
    hewn: { oneShape: one.hewn, fiveShapes: five.hewn },
    pino: { oneShape: one.pino, fiveShapes: five.pino },
  }
}

async function beyondEmpty(shapes: 1 | 5, node?: string): Promise<{ hewn: number; pino: number }> {
  const jobs: SiteJob[] = [
    { contestant: 'empty', shapes },
    { contestant: 'hewn', shapes },
    { contestant: 'pino', shapes },
  ]
  const contenders = jobs.map(job => new Contender(job, { node }))
  try {
    for (const contender of contenders) await contender.ready
    const samples: number[][] = jobs.map(() => [])
    for (let round = 0; round < ROUNDS; round++) {
      for (const [index, contender] of contenders.entries()) {
        const { ns = 0, lines = 1 } = await contender.ask({ ask: 'round' })
        samples[index]!.push(ns / lines)
      }
    }
    // Noise only adds: the least says best what a call costs.
    const [empty, hewn, pino] = samples.map(ns => Math.min(...ns))
    return { hewn: hewn! - empty!, pino: pino! - empty! }
  } finally {
    await Promise.all(contenders.map(contender => contender.close()))
  }
}
