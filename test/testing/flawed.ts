import { defineTransport } from '../../lib/delivery/definition'
import { DeliveryError, type RefusalKind } from '../../lib/delivery/outcome'
import type { Batch } from '../../lib/delivery/transport'

/** A receiver in memory, by name, so that options can be plain data. */
export interface Store {
  readonly lines: string[]
  refusal: Exclude<RefusalKind, 'poison'> | undefined
  stalled: boolean
}

export const stores = new Map<string, Store>()

export const FLAWS = ['none', 'swallows', 'reverses', 'tells', 'halves', 'hangs', 'flatters'] as const

/** A transport into memory that is good, or has one flaw. */
export const flawed = defineTransport(__filename, {
  name: 'flawed',
  acknowledges: 'stored',
  options: {
    type: 'object',
    properties: { store: { type: 'string' }, flaw: { enum: FLAWS }, password: { type: 'string' } },
    required: ['store', 'flaw'],
    additionalProperties: false,
  },
  open({ store: name, flaw }) {
    const store = stores.get(name)!
    return {
      async send({ lines }: Batch) {
        if (flaw !== 'swallows' && store.refusal !== undefined)
          throw new DeliveryError(store.refusal, 'refused: hunter2')
        if (store.stalled) return new Promise<never>(() => {})
        if (lines.some(({ text }) => text.includes('poison'))) throw new DeliveryError('poison', 'not wanted')
        if (store.refusal !== undefined) return
        const taken = flaw === 'halves' ? lines.slice(0, Math.ceil(lines.length / 2)) : [...lines]
        store.lines.push(...(flaw === 'reverses' ? taken.reverse() : taken).map(({ text }) => text))
      },
      async check() {
        if (flaw !== 'flatters' && store.refusal !== undefined) throw new DeliveryError(store.refusal, 'refused')
        return ['well']
      },
      close: () => (flaw === 'hangs' ? new Promise<void>(() => {}) : undefined),
    }
  },
})
