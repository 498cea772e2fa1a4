import type { Item } from './items'

/** Gives a log's items a chunk at a time; undefined when there are no more. */
export type Batches = AsyncIterator<readonly Item[], void>

interface Source {
  readonly batches: Batches
  items: readonly Item[]
  next: number
}

/**
 * Several logs as one, in the order of time. Within a log the order stays, also where its times go back. Holds a chunk of
 * each log at a time.
 */
export async function* merged(all: readonly Batches[]): AsyncGenerator<Item> {
  let sources: Source[] = all.map(batches => ({ batches, items: [], next: 0 }))
  for (const source of sources) await refill(source)
  for (;;) {
    sources = sources.filter(({ items, next }) => next < items.length)
    const [first, second] = earliestTwo(sources)
    if (first === undefined) return
    const bound = second === undefined ? Infinity : orderOf(second)
    do {
      yield first.items[first.next++]!
      if (first.next === first.items.length) await refill(first)
    } while (first.next < first.items.length && orderOf(first) <= bound)
  }
}

async function refill(source: Source): Promise<void> {
  source.items = []
  source.next = 0
  while (source.items.length === 0) {
    const { value, done } = await source.batches.next()
    if (done === true) return
    source.items = value
  }
}

function orderOf({ items, next }: Source): number {
  return items[next]!.order
}

function earliestTwo(sources: readonly Source[]): [Source?, Source?] {
  let first: Source | undefined
  let second: Source | undefined
  for (const source of sources) {
    if (first === undefined || orderOf(source) < orderOf(first)) {
      second = first
      first = source
    } else if (second === undefined || orderOf(source) < orderOf(second)) second = source
  }
  return first === undefined ? [] : second === undefined ? [first] : [first, second]
}
