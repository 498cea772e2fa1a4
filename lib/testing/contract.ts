import { rejects, strictEqual as same } from 'node:assert'
import { checkRecord } from '../delivery/check-record'
import { loadTransport } from '../delivery/load'
import type { RefusalKind } from '../delivery/outcome'
import type { DefinedTransport } from '../delivery/transport'
import { type Bench, openBench } from './bench'

/** A receiver for a transport under test: a real one, or one that does exactly what the real one would. */
export interface Receiver {
  /** What your transport's function returns, with options that lead to this receiver. */
  readonly transport: DefinedTransport<object>
  /** The lines that it has stored, in the order they came, each as a text that has the line's message in it. */
  received(): readonly string[] | Promise<readonly string[]>
  /**
   * From now on it answers as a receiver does that cannot take anything now (`temporary`) or that is set up wrong
   * (`hold`); with nothing, as one that is well.
   */
  refuse(kind: Exclude<RefusalKind, 'poison'> | undefined): void | Promise<void>
  /** From now on it takes requests and does not answer; with `false`, the next ones are answered. Absent: it cannot. */
  stall?(stalled: boolean): void | Promise<void>
  stop(): void | Promise<void>
}

export interface ContractSubject {
  /** A new receiver, with nothing stored. */
  start(): Promise<Receiver>
  /** A line that the receiver refuses for good. Absent: it takes everything. */
  readonly poison?: string | undefined
  /** Texts that nobody may ever see: what you put into the options as credentials. */
  readonly secrets?: readonly string[] | undefined
  /**
   * Is there an answer that tells what was stored? `false` for a transport that writes into a socket: then lines that
   * were under way when a connection broke may be missing, and only what it takes while it is well is looked at.
   */
  readonly acknowledges?: boolean | undefined
}

export interface Check {
  readonly name: string
  /** Rejects with what is wrong. */
  run(): Promise<void>
}

/**
 * What every transport must do, as tests for any runner: `for (const { name, run } of transportContract(subject)) test(name,
 * run)`. Each starts a receiver of its own. Time passes a hundred times as fast, so a pause of a minute is not one.
 */
export function transportContract(subject: ContractSubject): readonly Check[] {
  const { acknowledges = true, poison, secrets = [] } = subject
  const check = (name: string, work: (bench: Bench) => Promise<void>): Check => ({
    name,
    run: () => onBench(subject, work),
  })
  return [
    check('its description is plain data', isPlainData),
    check('every line arrives, once and in order', arrivesInOrder),
    check('lines stay apart, whatever is in them', keepsLinesApart),
    check('flush means acknowledged', flushes),
    check('counts are exact', countsExactly),
    check('closing is bounded', closesInTime),
    check('it can be opened again after it was closed', opensAgain),
    check('its own check, if it has one, tells a receiver that is well', bench => checks(bench, acknowledges)),
    ...(acknowledges
      ? [
          check('nothing is lost while the receiver cannot take anything', bench => outlasts(bench, 'temporary')),
          check('nothing is lost or set aside while the receiver is set up wrong', bench => outlasts(bench, 'hold')),
          check(
            'a receiver that does not answer is waited for, with no more requests than its limits allow',
            waitsForAnswer,
          ),
        ]
      : []),
    ...(poison === undefined ? [] : [check('a line that is refused for good is set aside', b => setsAside(b, poison))]),
    ...(secrets.length === 0 ? [] : [check('secrets do not leak', bench => keepsSecrets(bench, secrets))]),
  ]
}

async function onBench(subject: ContractSubject, work: (bench: Bench) => Promise<void>): Promise<void> {
  const receiver = await subject.start()
  const bench = await openBench(receiver)
  try {
    await work(bench)
  } finally {
    await bench.remove()
    await receiver.stop()
  }
}

async function isPlainData({ receiver: { transport } }: Bench): Promise<void> {
  same(JSON.stringify(structuredClone(transport)), JSON.stringify(transport), 'options that another thread can have')
  await loadTransport(transport)
  const wrong = { ...transport, 'no such option': 1 }
  await rejects(loadTransport(wrong), /no such option/, 'an option that is not known is a mistake')
}

async function arrivesInOrder(bench: Bench): Promise<void> {
  const marks = bench.write(2500)
  await bench.delivered()
  await bench.stored(marks)
}

async function keepsLinesApart(bench: Bench): Promise<void> {
  const values = ['', 'ünï𝒸ødé \u2028\u0085', '"\\/\r\n', '\u007f\u0001\0', '</script>', 'x'.repeat(20_000)]
  const marks = values.flatMap(value => bench.write(1, { value, 'a:"b"\n': [null, true, { 1: 1.5 }] }))
  await bench.delivered()
  await bench.stored(marks)
}

async function flushes(bench: Bench): Promise<void> {
  const marks: string[] = []
  for (let round = 0; round < 3; round++) {
    marks.push(...bench.write(10))
    await bench.delivered()
    same(bench.spool.left.length, 0, 'lines that wait after a flush')
    await bench.stored(marks)
  }
}

async function countsExactly(bench: Bench): Promise<void> {
  bench.write(321)
  await bench.delivered()
  const { sent, dead, queued } = bench.pipeline.stats()
  same(sent + dead, 321, 'lines sent and set aside')
  same(queued, 0, 'lines that wait')
  same(bench.spool.sent, sent, 'lines committed as sent')
}

async function closesInTime(bench: Bench): Promise<void> {
  bench.write(10)
  await bench.receiver.stall?.(true)
  const begun = bench.clock.now()
  const { left } = await bench.pipeline.close(100_000)
  // The bound, and a second for letting go, at a hundredfold speed; the rest is for a slow machine.
  const took = (bench.clock.now() - begun - 100_000) / 100
  if (took > 5000) throw new Error(`closing took ${Math.round(took)} ms longer than it was given`)
  same(left, bench.spool.left.length, 'lines told to be left')
}

async function opensAgain(bench: Bench): Promise<void> {
  const first = bench.write(5)
  await bench.delivered()
  await bench.pipeline.close(100_000)
  await bench.restart()
  const second = bench.write(5)
  await bench.delivered()
  await bench.stored([...first, ...second])
}

/** Of a receiver that answers it must also tell when it is set up wrong. */
async function checks({ receiver, clock }: Bench, acknowledges: boolean): Promise<void> {
  const transport = await loadTransport(receiver.transport)
  const once = async (): Promise<readonly string[] | undefined> => {
    const opened = await transport.open({ clock })
    try {
      return await opened.check?.(checkRecord({}, clock.now()), { signal: new AbortController().signal })
    } finally {
      await opened.close()
    }
  }
  const seen = await once()
  if (seen === undefined) return
  same(Array.isArray(seen) && seen.every(text => typeof text === 'string'), true, 'what was seen, as texts')
  if (!acknowledges) return
  await receiver.refuse('hold')
  await rejects(once(), 'a receiver that is set up wrong')
}

async function outlasts(bench: Bench, kind: 'temporary' | 'hold'): Promise<void> {
  const first = bench.write(5)
  await bench.delivered()
  await bench.receiver.refuse(kind)
  const second = bench.write(20)
  await bench.pipeline.flush(20_000)
  same(bench.spool.left.length, 20, `lines that wait while it answers '${kind}'`)
  same(bench.letters().length, 0, 'lines set aside')
  await bench.receiver.refuse(undefined)
  await bench.delivered()
  await bench.stored([...first, ...second])
}

async function waitsForAnswer(bench: Bench): Promise<void> {
  if (bench.receiver.stall === undefined) return
  await bench.receiver.stall(true)
  bench.write(5000)
  await bench.pipeline.flush(20_000)
  same(bench.spool.left.length, 5000, 'lines that wait')
  const most = bench.mostSends()
  if (most > bench.concurrency) throw new Error(`${most} requests at the same time, its limit is ${bench.concurrency}`)
  await bench.receiver.stall(false)
  // What was not answered may have been stored: the same lines again are no mistake, their order is.
  await bench.delivered()
}

async function setsAside(bench: Bench, poison: string): Promise<void> {
  const before = bench.write(10)
  const id = bench.spool.write(poison)
  const after = bench.write(10)
  await bench.delivered()
  await bench.stored([...before, ...after])
  const letters = bench.letters()
  same(letters.length, 1, 'lines set aside')
  same(letters[0]?.id, id, 'the id of the line set aside')
  same(letters[0]?.line, poison, 'its text')
  same((letters[0]?.reason ?? '').length > 0, true, 'a reason')
}

async function keepsSecrets(bench: Bench, secrets: readonly string[]): Promise<void> {
  bench.write(5)
  for (const kind of ['hold', 'temporary'] as const) {
    await bench.receiver.refuse(kind)
    await bench.pipeline.flush(20_000)
  }
  const seen = JSON.stringify([bench.said, bench.pipeline.stats(), bench.letters()])
  for (const secret of secrets) {
    if (seen.includes(secret)) throw new Error(`a secret of ${secret.length} characters is shown`)
  }
}
