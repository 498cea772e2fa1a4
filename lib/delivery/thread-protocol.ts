import type { ChannelName } from './channels'
import type { Flushed } from './pipeline'
import type { ShipperSettings, ShipperStats } from './shipper'
import type { LentTurn } from './spool/lent'

/** From the application's thread. A shipper goes by the id of its home. */
export type Request =
  | { readonly kind: 'open'; readonly settings: ShipperSettings }
  | { readonly kind: 'feed'; readonly id: string; readonly turns: readonly LentTurn[] }
  | { readonly kind: 'flush' | 'close'; readonly id: string; readonly call: number; readonly timeout: number }
  /** The channels that the application listens to; all others are none of its business. */
  | { readonly kind: 'listen'; readonly channels: readonly ChannelName[] }

/** From the delivery thread. The statistics are its sign of life. */
export type Answer =
  | { readonly kind: 'event'; readonly channel: ChannelName; readonly message: object }
  | { readonly kind: 'done'; readonly call: number; readonly result: Flushed; readonly stats: AllStats }
  | { readonly kind: 'stats'; readonly stats: AllStats }
  | { readonly kind: 'acknowledged'; readonly id: string; readonly position: number }

/** What the thread is started with. */
export interface ThreadData {
  /** How often it gives a sign of life, in ms. */
  readonly beat: number
}

/** By shipper's id. */
export type AllStats = Readonly<Record<string, ShipperStats>>

/** In the delivery thread, under this symbol, true: a transport that logs there must not come back to itself. */
export const DELIVERY_THREAD = Symbol.for('hewn.delivery-thread')

export function inDeliveryThread(): boolean {
  return Reflect.get(globalThis, DELIVERY_THREAD) === true
}
