/**
 * Logs lines to a rotated file until it has logged them all or is killed, and says on stdout, after each turn, how many
 * lines it has logged in turns that have ended.
 */
import { writeSync } from 'node:fs'
import { type FileSinkOptions, openFile } from '../../lib/output/open'

export interface WriterOrders {
  readonly options: FileSinkOptions
  readonly run: number
  readonly lines: number
  readonly burst: number
}

export function soakLine(run: number, n: number): string {
  return `${JSON.stringify({ run, n, pad: 'x'.repeat((n * 7919) % 200), end: n })}\n`
}

function main({ options, run, lines, burst }: WriterOrders): void {
  const sink = openFile(options, {
    name: 'soak',
    durability: 'turn',
    exitTimeout: 1000,
    lossLine: loss => `${JSON.stringify({ lost: [...loss.counts] })}\n`,
  })
  let n = 0
  const turn = (): void => {
    // What was logged in the last turn was written before this one began.
    const told = tell(n)
    if (n >= lines && told) return
    for (const stop = Math.min(n + burst, lines); n < stop; n++) sink.write(soakLine(run, n), 30, Date.now())
    setImmediate(() => setImmediate(turn))
  }
  turn()
}

/** False if whoever reads is behind: it is told the next time. */
function tell(n: number): boolean {
  try {
    return writeSync(1, `${n}\n`) > 0
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return false
    throw error
  }
}

if (require.main === module) main(JSON.parse(process.argv[2] ?? '{}') as WriterOrders)
