import { type Clock, systemClock } from '../delivery/clock'

/** Time that passes `speed` times as fast, so that a pause of a minute is over before a test has become dull. */
export function fastClock(speed: number): Clock {
  const start = systemClock.now()
  return {
    now: () => start + (systemClock.now() - start) * speed,
    wait: (ms, signal) => systemClock.wait(ms / speed, signal),
  }
}
