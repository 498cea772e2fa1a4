import { readPlace } from './cursor'
import type { Segment } from './writer'

/**
 * Lines of a segment, by level, that not every transport has been given, by what their places say now. A line that
 * several have not been given counts once. Cost: a small file for each transport.
 */
export function undelivered(folder: string, { number, routes, runs }: Segment): ReadonlyMap<number, number> {
  const most = new Map<number, number>()
  for (const [bit, name] of routes.entries()) {
    if (name === '') continue
    const place = readPlace(folder, name)
    if (place.segment > number || place.ended) continue
    const mine = new Map<number, number>()
    for (const { level, mask, lines } of runs.values()) {
      if ((mask & (1 << bit)) !== 0) mine.set(level, (mine.get(level) ?? 0) + lines)
    }
    for (const [level, lines] of mine) {
      const left = lines - (place.segment === number ? (place.done.get(level) ?? 0) : 0)
      if (left > (most.get(level) ?? 0)) most.set(level, left)
    }
  }
  return most
}
