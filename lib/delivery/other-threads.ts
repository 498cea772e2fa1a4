import { randomUUID } from 'node:crypto'
import { BroadcastChannel } from 'node:worker_threads'
import type { Flushed } from './pipeline'
import type { Shipper } from './shipper'

/**
 * How the application's worker threads reach whoever ships for them: the delivery thread of the main thread, or the main
 * thread itself. Over a channel that all threads of the process hear: nobody has to hand ports around, and a delivery
 * thread that was started again is reached as well.
 */
const CHANNEL = 'hewn.shipping.1'

type Message =
  /** A directory is there. */
  | { readonly kind: 'made'; readonly shipper: string }
  /** Asked again until it is answered. */
  | { readonly kind: 'flush'; readonly shipper: string; readonly call: string; readonly timeout: number }
  | { readonly kind: 'done'; readonly call: string; readonly result: Flushed }

/** Serves other threads with the shippers of this one, and does not keep it alive. Returns what ends that. */
export function serveThreads(find: (id: string) => Shipper | undefined): () => void {
  const channel = new BroadcastChannel(CHANNEL)
  const underWay = new Set<string>()
  channel.onmessage = event => {
    const message = (event as { data: Message }).data
    if (message.kind === 'done') return
    const shipper = find(message.shipper)
    if (shipper === undefined) return
    if (message.kind === 'made') void shipper.look()
    else if (!underWay.has(message.call)) {
      const { call, timeout } = message
      underWay.add(call)
      void shipper.flush(timeout).then(result => {
        underWay.delete(call)
        channel.postMessage({ kind: 'done', call, result } satisfies Message)
      })
    }
  }
  channel.unref()
  return () => channel.close()
}

/** Tells the shipper in another thread of a directory that it would find by itself within seconds. */
export function tellOfDirectory(shipper: string): void {
  const channel = new BroadcastChannel(CHANNEL)
  channel.postMessage({ kind: 'made', shipper } satisfies Message)
  channel.close()
}

/**
 * Resolves when the shipper in another thread has delivered all that is written for it, this thread's lines among it, or
 * after `timeout` ms: then at least one line is left, as far as anybody knows. Holds the event loop.
 */
export function flushElsewhere(shipper: string, timeout: number): Promise<Flushed> {
  const channel = new BroadcastChannel(CHANNEL)
  const call = randomUUID()
  const deadline = performance.now() + timeout
  const ask = (): void => {
    const left = Math.max(0, deadline - performance.now())
    channel.postMessage({ kind: 'flush', shipper, call, timeout: left } satisfies Message)
  }
  return new Promise(resolve => {
    const done = (result: Flushed): void => {
      clearInterval(again)
      clearTimeout(timer)
      channel.close()
      resolve(result)
    }
    const again = setInterval(ask, AGAIN_MS)
    const timer = setTimeout(() => done({ flushed: 0, left: 1 }), Math.min(timeout + GRACE_MS, LONGEST))
    channel.onmessage = event => {
      const message = (event as { data: Message }).data
      if (message.kind === 'done' && message.call === call) done(message.result)
    }
    ask()
  })
}

/** A delivery thread that ended meanwhile has forgotten what it was asked. */
const AGAIN_MS = 500
const GRACE_MS = 500
const LONGEST = 0x7fff_ffff
