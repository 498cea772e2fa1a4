/** 0, 1, 2 and so on: what so many numbered lines come to. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n)
}
