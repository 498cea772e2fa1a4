/** How long to wait before a thread is started again that ran for `ran` ms, after the pause before, in ms. */
export function nextPause(before: number, ran: number): number {
  if (ran > LONG_RUN || before === 0) return FIRST
  return Math.min(before * 2, LAST)
}

const FIRST = 100
const LAST = 30_000
const LONG_RUN = 60_000
