/** Time, as the delivery sees it: a parameter, so that a test can let hours pass in no time. */
export interface Clock {
  /** Milliseconds since 1970. Never goes back. */
  now(): number
  /** Resolves after `ms`, or at once when `signal` is aborted. Never rejects, and does not keep the process alive. */
  wait(ms: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  wait: (ms, signal) =>
    new Promise(resolve => {
      if (signal?.aborted === true) return resolve()
      const done = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, Math.min(Math.max(0, ms), LONGEST)).unref()
      signal?.addEventListener('abort', done, { once: true })
    }),
}

/** What setTimeout can count to; a longer wait is only a shorter one, taken again. */
const LONGEST = 2 ** 31 - 1
