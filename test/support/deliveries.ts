import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DeadLetter, DeadLetters } from '../../lib/delivery/dead-letters'
import { loadTransport } from '../../lib/delivery/load'
import { Pipeline } from '../../lib/delivery/pipeline'
import type { DefinedTransport } from '../../lib/delivery/transport'
import { fastClock } from '../../lib/testing/fast-clock'
import { MemorySpool } from '../../lib/testing/memory-source'
import { readLetters } from './pipelines'

export interface Delivery {
  readonly pipeline: Pipeline
  readonly spool: MemorySpool
  readonly said: string[]
  write(count: number, text?: (n: number) => string): string[]
  letters(): DeadLetter[]
  remove(): void
}

/** A pipeline with a real transport, a hundred times as fast as life. Its lines' ids are those of such a spool. */
export async function deliveryTo(description: DefinedTransport<object>, spoolId = 'w'): Promise<Delivery> {
  const clock = fastClock(100)
  const loaded = await loadTransport(description)
  // A minute of ours: a slow machine is not a receiver that does not answer.
  const transport = { ...loaded, limits: { ...loaded.limits, timeout: 6_000_000 } }
  const spool = new MemorySpool(spoolId, clock)
  const folder = mkdtempSync(join(tmpdir(), 'hewn-dead-'))
  const said: string[] = []
  const pipeline = new Pipeline({
    transport,
    clock,
    sources: [spool.open()],
    deadLetters: new DeadLetters(folder, transport.name, clock),
    report: message => said.push(message),
  })
  return {
    pipeline,
    spool,
    said,
    write: (count, text = n => `{"n":${n}}`) => Array.from({ length: count }, (_, n) => spool.write(text(n))),
    letters: () => readLetters(folder, transport.name),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
