import type { Readable } from 'node:stream'
import { lossLine } from '../delivery/spool/loss'
import { STANDARD_LEVELS } from '../levels/levels'
import { receiverOf } from '../outputs'
import { say } from '../report'
import { SpoolOutput } from '../spool-output'
import { LineSplitter } from './read/lines'
import { redacting } from './redacted-line'
import type { ShipSettings } from './ship'
import { cutLine, LONGEST, type ShippedLine, shippedLine } from './shipped-line'

/**
 * Sends the lines of standard input. They are on disk before the next are read: killed, this loses nothing of what it has
 * read but the beginning of a line. Resolves when the input has ended and what waits is sent, or `closeTimeout` is over.
 */
export async function shipInput(settings: ShipSettings): Promise<number> {
  const { transports, closeTimeout, service } = settings
  const receivers = transports.map(transport => receiverOf(transport, STANDARD_LEVELS))
  const output = new SpoolOutput({
    ...settings,
    receivers,
    durability: 'turn',
    exitTimeout: closeTimeout,
    persistent: false,
    inProcess: false,
    lossLine,
  })
  const safe = redacting(settings.redact)
  const take = ({ line, level }: ShippedLine): void => output.write(safe(line), level, Date.now())
  let inLong = false
  const splitter = new LineSplitter((text, _, end) => {
    if (!end || inLong) {
      if (!inLong) take(cutLine(text, service, Date.now()))
      inLong = !end
      return
    }
    const shipped = shippedLine(text, service, Date.now())
    if (shipped !== undefined) take(shipped)
  }, LONGEST)
  await drain(process.stdin, closeTimeout, chunk => {
    splitter.push(chunk)
    output.flushSync()
  })
  splitter.end()
  const { left } = await output.close(closeTimeout)
  if (left > 0)
    say(`about ${left === 1 ? '1 line is' : `${left} lines are`} left for the next start, in ${settings.root}`)
  const { dropped, overrun = new Map<number, number>() } = output.stats()
  const lost = [...dropped.values(), ...overrun.values()].reduce((sum, lines) => sum + lines, 0)
  return lost > 0 ? 1 : 0
}

/**
 * Reads to the end. A signal reaches the writer of a pipe as well, which may have something to say yet: what it still
 * writes is read, for so many ms. A second signal ends the process.
 */
function drain(input: Readable, ms: number, take: (chunk: Buffer) => void): Promise<void> {
  return new Promise(resolve => {
    const stop = (): void => {
      setTimeout(() => input.destroy(), ms).unref()
    }
    for (const signal of SIGNALS) process.once(signal, stop)
    input.on('data', take)
    input.on('error', error => say(`standard input cannot be read any more: ${error.message}`))
    input.on('close', () => {
      for (const signal of SIGNALS) process.off(signal, stop)
      resolve()
    })
  })
}

const SIGNALS = ['SIGTERM', 'SIGINT'] as const
