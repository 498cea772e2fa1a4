/** What a line of the proof carries: the same for the same numbers, in whatever process. */
export interface Payload {
  readonly run: number
  readonly n: number
  readonly amount: number
  readonly text: string
  readonly list: readonly (number | string)[]
}

export function payloadOf(seed: number, run: number, n: number): Payload {
  const draw = random(seed ^ (run * 0x9e3779b1) ^ (n * 0x85ebca6b))
  const length = 4 + Math.floor(draw() * 40)
  const letters = Array.from({ length }, () => LETTERS[Math.floor(draw() * LETTERS.length)])
  const list = [n % 7, letters.slice(0, 3).join('')]
  return { run, n, amount: Math.round(draw() * 1e9) / 1e3, text: letters.join(''), list }
}

/** Mulberry32: numbers of [0, 1), the same for the same seed. */
export function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
}

/** Among them what needs escaping, and what has two, three and four bytes. */
const LETTERS = [...'abcdefghijklmnopqrstuvwxyz0123456789 "\\/\n\tüß€漢𝒸\u2028']
/** Lines of a turn, at most. */
export const TURN = 60
