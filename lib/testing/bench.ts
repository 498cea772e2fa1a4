import { AssertionError } from 'node:assert'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../delivery/clock'
import { type DeadLetter, DeadLetters, deadLetterFiles } from '../delivery/dead-letters'
import { type LoadedTransport, loadTransport } from '../delivery/load'
import { Pipeline } from '../delivery/pipeline'
import type { Receiver } from './contract'
import { fastClock } from './fast-clock'
import { MemorySpool } from './memory-source'

/** A pipeline with the transport under test, and what can be known of it. */
export interface Bench {
  readonly receiver: Receiver
  readonly clock: Clock
  readonly spool: MemorySpool
  readonly said: readonly string[]
  readonly pipeline: Pipeline
  /** Writes so many lines, and returns the marks that tell them apart. */
  write(lines: number, more?: object): string[]
  /** Resolves when all that was written is acknowledged or set aside; rejects when it is not in time. */
  delivered(): Promise<void>
  /** Resolves when the receiver has stored exactly the lines with these marks; rejects with the difference. */
  stored(marks: readonly string[]): Promise<void>
  letters(): readonly DeadLetter[]
  /** How many requests were under way at the same time, at most. */
  mostSends(): number
  /** How many of them its limits allow. */
  readonly concurrency: number
  /** Starts another pipeline on the same lines. */
  restart(): Promise<void>
  remove(): Promise<void>
}

export async function openBench(receiver: Receiver): Promise<Bench> {
  const clock = fastClock(100)
  const spool = new MemorySpool('contract', clock)
  const folder = mkdtempSync(join(tmpdir(), 'hewn-contract-'))
  const said: string[] = []
  const watched = await watch(receiver)
  let written = 0
  const start = (): Pipeline =>
    new Pipeline({
      transport: watched.transport,
      clock,
      sources: [spool.open()],
      deadLetters: new DeadLetters(folder, watched.transport.name, clock),
      report: message => said.push(message),
    })
  let pipeline = start()
  return {
    receiver,
    clock,
    spool,
    said,
    get pipeline() {
      return pipeline
    },
    write: (lines, more = {}) =>
      Array.from({ length: lines }, () => {
        const mark = `contract-${String(written++).padStart(6, '0')}`
        spool.write(asHewn({ time: '2026-11-22T21:57:31.123Z', level: 'info', msg: mark, ...more }))
        return mark
      }),
    delivered: async () => {
      const { left } = await pipeline.flush(PATIENCE)
      if (left > 0) throw new Error(`${left} lines are not acknowledged; ${said.join('; ')}`)
    },
    stored: marks => settles(receiver, found => sameMarks(found.map(markOf), marks)),
    letters: () => lettersIn(folder, watched.transport.name),
    mostSends: watched.most,
    concurrency: watched.transport.limits.concurrency,
    restart: async () => {
      pipeline = start()
    },
    remove: async () => {
      await pipeline.close(0)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The transport, with a count of what it is asked to do at the same time. */
async function watch({ transport: description }: Receiver): Promise<{ transport: LoadedTransport; most(): number }> {
  const transport = await loadTransport(description)
  let now = 0
  let most = 0
  const open: LoadedTransport['open'] = async context => {
    const opened = await transport.open(context)
    return {
      send: async (batch, sending) => {
        most = Math.max(most, ++now)
        try {
          return (await opened.send(batch, sending)) as undefined
        } finally {
          now--
        }
      },
      close: () => opened.close(),
    }
  }
  // A slow machine is not a receiver that does not answer.
  const limits = { ...transport.limits, timeout: 5 * transport.limits.timeout }
  return { transport: { ...transport, limits, open }, most: () => most }
}

/** A transport without acknowledgement may be ahead of its receiver: looks again until nothing has come for a second. */
async function settles(receiver: Receiver, agree: (found: readonly string[]) => void): Promise<void> {
  let length = -1
  for (let still = 0; ; still++) {
    const found = await receiver.received()
    if (found.length !== length) still = 0
    length = found.length
    try {
      return agree(found)
    } catch (error) {
      if (still >= 50) throw error
    }
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

/** Names the first that differs: node:assert's picture of two long lists takes a second from Node 22 on, and tells less. */
function sameMarks(actual: readonly (string | undefined)[], expected: readonly string[]): void {
  const differs = expected.findIndex((mark, index) => mark !== actual[index])
  const at = differs === -1 ? expected.length : differs
  if (differs === -1 && actual.length === expected.length) return
  const [found, wanted] = [actual[at], expected[at]].map(mark => (mark === undefined ? 'no line' : `'${mark}'`))
  const message = `line ${at + 1}: found ${found}, expected ${wanted} (${actual.length} lines of ${expected.length})`
  throw new AssertionError({ message, actual: actual[at], expected: expected[at], operator: 'strictEqual' })
}

/** As JSON.stringify, and without a raw control character, as hewn's lines are. */
function asHewn(record: object): string {
  return JSON.stringify(record).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** A line without its mark is shown as it is. */
function markOf(text: string): string {
  return /contract-\d{6}/.exec(text)?.[0] ?? text
}

function lettersIn(folder: string, transport: string): DeadLetter[] {
  return deadLetterFiles(folder, transport).flatMap(path =>
    readFileSync(path, 'utf8')
      .split('\n')
      .filter(text => text !== '')
      .map(text => JSON.parse(text) as DeadLetter),
  )
}

/** Twenty seconds at a hundredfold speed. */
const PATIENCE = 2_000_000
