import type { Item } from './items'

/** The last items of many. */
export class Tail {
  private items: Item[] = []

  constructor(private readonly count: number) {}

  add(item: Item): void {
    this.items.push(item)
    // Half of them at a time, so that an item costs no copying of all the others.
    if (this.items.length > 2 * this.count + 100) this.items = this.last()
  }

  last(): Item[] {
    return this.count === 0 ? [] : this.items.slice(-this.count)
  }
}
