import fc from 'fast-check'
import t from 'tap'
import { DeliveryError, type ItemOutcome, type RefusalKind } from '../../lib/delivery/outcome'
import type { BatchLine } from '../../lib/delivery/transport'
import { type Behaviour, rig } from '../support/pipelines'
import { holdsAsync } from '../support/property'

/** What a receiver does with the requests it gets, one after another; after the last it takes all that is not poison. */
type Move =
  | { readonly kind: 'take' | 'take, then reset' | 'some' | 'no answer' }
  | { readonly kind: 'refuse'; readonly why: RefusalKind; readonly retryAfter: number | undefined }
  | { readonly kind: 'throw' }

const move: fc.Arbitrary<Move> = fc.oneof(
  fc.constant<Move>({ kind: 'take' }),
  fc.constant<Move>({ kind: 'take, then reset' }),
  fc.constant<Move>({ kind: 'some' }),
  fc.constant<Move>({ kind: 'no answer' }),
  fc.constant<Move>({ kind: 'throw' }),
  fc.record({
    kind: fc.constant('refuse' as const),
    why: fc.constantFrom<RefusalKind>('temporary', 'hold', 'poison'),
    retryAfter: fc.option(fc.integer({ min: 0, max: 400_000 }), { nil: undefined }),
  }),
)

interface Scene {
  readonly moves: Move[]
  readonly writers: number
  readonly lines: number
  readonly poison: number[]
  readonly byItem: boolean
  readonly maxLines: number
  readonly concurrency: number
  readonly crashes: number[]
  readonly jitter: number
}

const scene: fc.Arbitrary<Scene> = fc.record({
  moves: fc.array(move, { maxLength: 25 }),
  writers: fc.integer({ min: 1, max: 3 }),
  lines: fc.integer({ min: 1, max: 60 }),
  poison: fc.array(fc.integer({ min: 0, max: 59 }), { maxLength: 4 }),
  byItem: fc.boolean(),
  maxLines: fc.integer({ min: 1, max: 20 }),
  concurrency: fc.integer({ min: 1, max: 3 }),
  crashes: fc.array(fc.integer({ min: 0, max: 100_000 }), { maxLength: 3 }),
  jitter: fc.double({ min: 0, max: 0.999, noNaN: true }),
})

/** A receiver that keeps what it takes, and never takes a poison line. */
function receiver({ moves, byItem }: Scene): { behave: Behaviour; stored: string[] } {
  const stored: string[] = []
  let turn = 0
  const keep = (line: BatchLine): void => void stored.push(line.id)
  const isPoison = ({ text }: BatchLine): boolean => text.includes('poison')
  const behave: Behaviour = async lines => {
    const next = moves[turn++] ?? { kind: 'take' as const }
    if (next.kind === 'throw') throw new TypeError('a mistake in the transport')
    if (next.kind === 'no answer') return new Promise<never>(() => {})
    if (next.kind === 'refuse')
      throw new DeliveryError(next.why, `refused (${next.why})`, { retryAfter: next.retryAfter })
    if (!byItem && lines.some(isPoison)) throw new DeliveryError('poison', 'status 400')
    const items = lines.map((line, index): ItemOutcome => {
      if (isPoison(line)) return { kind: 'poison', reason: 'mapping' }
      if (next.kind === 'some' && index % 2 === turn % 2) return { kind: 'temporary', reason: 'status 429' }
      keep(line)
      return 'ok'
    })
    if (next.kind === 'take, then reset') throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
    return { items }
  }
  return { behave, stored }
}

t.test('whatever the receiver does, each line is acknowledged or set aside, once and in order', async t => {
  const check = async (it: Scene): Promise<void> => {
    const { behave, stored } = receiver(it)
    const made = rig(behave, {
      spools: it.writers,
      limits: { lines: it.maxLines, concurrency: it.concurrency },
      random: () => it.jitter,
    })
    try {
      const written = new Map<string, boolean>()
      for (let n = 0; n < it.lines; n++) {
        const bad = it.poison.includes(n)
        // One good line last for each writer, so that there is always one to prove the receiver by.
        for (const spool of made.spools) written.set(spool.write(bad ? '{"n":"poison"}' : `{"n":${n}}`), bad)
      }
      for (const spool of made.spools) written.set(spool.write('{"n":"last"}'), false)
      for (const after of it.crashes) {
        await made.clock.pass(after)
        made.crash()
      }
      await made.clock.until(made.pipeline.flush(40_000_000))
      const { left } = await made.clock.until(made.pipeline.close(2000))

      if (left !== 0) throw new Error(`${left} lines are left`)
      const taken = new Set(stored)
      const dead = made.letters()
      const refusedByWill = it.moves.some(({ kind }) => kind === 'refuse')
      for (const [id, bad] of written) {
        const aside = dead.some(letter => letter.id === id)
        if (bad && !aside) throw new Error(`${id} is poison and was not set aside`)
        if (!bad && !taken.has(id) && !(aside && refusedByWill)) throw new Error(`${id} is lost`)
      }
      for (const id of taken) if (!written.has(id)) throw new Error(`${id} was never written`)
      for (const spool of made.spools) {
        const { length } = spool.committed
        if (length !== spool.sent + spool.dead || length !== it.lines + 1) throw new Error('the counts are wrong')
        const firsts = [...taken].filter(id => id.startsWith(`${spool.id}-`))
        const whole = it.concurrency === 1 && !it.moves.some(({ kind }) => kind === 'some')
        if (whole && firsts.join() !== [...firsts].sort().join()) throw new Error(`out of order: ${firsts.join()}`)
      }
    } finally {
      made.remove()
    }
  }
  await holdsAsync(t, fc.asyncProperty(scene, check), 200)
})
