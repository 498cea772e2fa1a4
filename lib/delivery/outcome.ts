/**
 * Why a line, or a batch, was not taken.
 *
 * - `temporary`: it may be taken later. Tried again for ever, with growing pauses; nothing is given up.
 * - `poison`: what was sent is at fault. A batch is halved until the line is found, which is set aside with the reason.
 * - `hold`: the set-up is at fault (credentials, a missing index, a certificate). Said once, nothing is given up, tried
 *   again slowly.
 */
export type RefusalKind = 'temporary' | 'poison' | 'hold'

export interface Refusal {
  readonly kind: RefusalKind
  /** For people: on stderr, in stats and beside a line set aside. Secrets of the transport's options are cut out of it. */
  readonly reason: string
  /** The answer's status, where the protocol has one. */
  readonly status?: number | undefined
  /** When the receiver wants to be asked again, in ms. At most five minutes are honoured. */
  readonly retryAfter?: number | undefined
  /** A poison that is one by its size: smaller batches are sent for a while. */
  readonly tooLarge?: boolean | undefined
}

export type ItemOutcome = 'ok' | Refusal

/** What became of a batch: nothing said is all taken, else one outcome for each line, in the batch's order. */
export type SendResult = undefined | { readonly items: readonly ItemOutcome[] }

/** Thrown by `send` and `open` when nothing of a batch was taken. Any other error counts as `temporary`, unless its code is known. */
export class DeliveryError extends Error implements Refusal {
  readonly kind: RefusalKind
  readonly status: number | undefined
  readonly retryAfter: number | undefined
  readonly tooLarge: boolean

  constructor(kind: RefusalKind, reason: string, more: Partial<Omit<Refusal, 'kind' | 'reason'>> & ErrorOptions = {}) {
    super(reason, more.cause === undefined ? undefined : { cause: more.cause })
    this.name = 'DeliveryError'
    this.kind = kind
    this.status = more.status
    this.retryAfter = more.retryAfter
    this.tooLarge = more.tooLarge === true
  }

  get reason(): string {
    return this.message
  }
}
