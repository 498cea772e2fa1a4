import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type Counts, count } from './counts'
import type { Destination } from './destinations/destination'
import { Lives } from './lives'
import { row, say } from './say'
import { writeConfig } from './service-process'

/** How long a receiver may take to show what it has acknowledged, in ms. */
const PATIENCE = 30_000

/**
 * The service under load ships its lines, is killed twice in the middle of it, and cut off from the receiver for a
 * while. Resolves to whether every line that it had issued is there, once.
 */
export async function ship(destination: Destination, folder: string, seconds: number): Promise<boolean> {
  const { gate } = destination
  const run = `r${randomBytes(4).toString('hex')}`
  const config = writeConfig(join(folder, 'shipping'), {
    service: 'hewn-demo',
    fields: { run, life: '${DEMO_LIFE}' },
    spool: { dir: join(folder, 'spool'), minFree: 0 },
    transports: [destination.transport],
  })
  const lives = new Lives({ folder: join(folder, 'shipping'), config, env: destination.env })
  say(`\n3. Shipping, to ${destination.title}\n`)
  try {
    await destination.prepare?.(config)
    await lives.begin()
    await wait(seconds * 400)
    await lives.kill()

    await lives.begin()
    await wait(seconds * 300)
    gate.cut()
    say('   the receiver is cut off: every connection breaks')
    await wait(seconds * 300)
    await lives.kill()

    await lives.begin()
    await wait(seconds * 300)
    await gate.reopen()
    say('   the receiver is back')
    await wait(seconds * 300)
    const left = await lives.stop()
    return await conclude(destination, run, lives.issued, left)
  } finally {
    await destination.stop()
  }
}

async function conclude(
  destination: Destination,
  run: string,
  issued: readonly number[],
  left: number,
): Promise<boolean> {
  const { worth } = destination
  const counts = await settled(destination, run, issued)
  say('')
  row('issued: calls whose turn was over', sum(issued))
  if (counts === undefined) {
    row('waiting: not acknowledged', left)
    if (worth.remark !== undefined) say(`\n  ${worth.remark}`)
    await destination.epilogue(run)
    return left === 0
  }
  row('delivered', counts.delivered)
  row('lost', counts.lost)
  row('twice', counts.twice)
  row('delivered besides, of turns that SIGKILL cut short', counts.besides)
  if (worth.remark !== undefined) say(`\n  ${worth.remark}`)
  await destination.epilogue(run)
  return (counts.lost === 0 || !worth.stored) && (counts.twice === 0 || !worth.once)
}

/** Asks until nothing is missing, or for as long as we are patient: a search engine shows a document some seconds later. */
async function settled(destination: Destination, run: string, issued: readonly number[]): Promise<Counts | undefined> {
  const deadline = performance.now() + PATIENCE
  for (;;) {
    const received = await destination.received(run, issued)
    if (received === undefined) return undefined
    const counts = count(issued, received)
    if (counts.lost === 0 || !destination.worth.stored || performance.now() > deadline) return counts
    await wait(500)
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
