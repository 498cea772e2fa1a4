import { deliveryThread } from './delivery/delivery-thread'
import { flushElsewhere, serveThreads, tellOfDirectory } from './delivery/other-threads'
import { Shipper, type ShipperSettings, type ShipperStats } from './delivery/shipper'
import type { LentTurn } from './delivery/spool/lent'
import type { FlushResult } from './output/sink'

/** What ships a spool's lines, wherever it runs. */
export interface Shipping {
  /** Sends what no disk takes. Without it, that is not sent. */
  feed?(turns: readonly LentTurn[]): void
  flush(timeout: number): Promise<FlushResult>
  close(timeout: number): Promise<FlushResult>
  stats(): ShipperStats
}

/** By the process's delivery thread. `fed` is what it has been fed and has not acknowledged, for a thread that begins anew. */
export function shipByThread(
  settings: ShipperSettings,
  { acknowledged, fed }: { acknowledged(position: number): void; fed(): readonly LentTurn[] },
): Shipping {
  const thread = deliveryThread()
  const { id } = settings
  thread.open(settings, { acknowledged, restarted: () => thread.feed(id, fed()) })
  return {
    feed: turns => thread.feed(id, turns),
    flush: timeout => thread.flush(id, timeout),
    close: timeout => thread.close(id, timeout),
    stats: () => thread.stats(id),
  }
}

/** On the application's own thread, for its worker threads as well. */
export function shipHere(settings: ShipperSettings, acknowledged: (position: number) => void): Shipping {
  const shipper = new Shipper(settings, acknowledged)
  const stopServing = serveThreads(id => (shipper.succeeds(id) ? shipper : undefined))
  return {
    feed: turns => shipper.feed(turns),
    flush: timeout => shipper.flush(timeout),
    close: timeout => {
      stopServing()
      return shipper.close(timeout)
    },
    stats: () => shipper.stats(),
  }
}

/** In a worker thread whose lines the main thread ships, by the id of the main thread's directory. `hasLines`: whether there are any. */
export function shippedElsewhere(shipper: string, hasLines: () => boolean): Shipping {
  tellOfDirectory(shipper)
  const flush = async (timeout: number): Promise<FlushResult> =>
    hasLines() ? flushElsewhere(shipper, timeout) : { flushed: 0, left: 0 }
  return { flush, close: flush, stats: () => ({}) }
}
