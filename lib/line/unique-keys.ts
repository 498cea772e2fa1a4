import { cutAt, escapeText } from './escape'
import { isOdd, MAX_KEY_LENGTH } from './shape'

/**
 * The keys of one JSON object. Two keys can become the same by repair (two lone surrogates are both U+FFFD,
 * long ones are cut): the later one gets `#2`, so that no receiver finds a key twice.
 */
export class UniqueKeys {
  private readonly taken = new Set<string>()

  /** The key as JSON text, unlike every one taken before. */
  take(name: string): string {
    return `"${escapeText(this.name(name))}"`
  }

  /** The key as it will stand in the object. */
  name(name: string): string {
    const repaired = isOdd(name) ? repair(name) : name
    let unique = repaired
    for (let n = 2; this.taken.has(unique); n++) unique = `${repaired}#${n}`
    this.taken.add(unique)
    return unique
  }
}

function repair(name: string): string {
  if (name.length <= MAX_KEY_LENGTH) return name.toWellFormed()
  const kept = cutAt(name, MAX_KEY_LENGTH).toWellFormed()
  // A key of control characters is six times as long when it is written.
  return `${escapeText(kept).length > 2 * MAX_KEY_LENGTH ? cutAt(kept, MAX_KEY_LENGTH >> 2) : kept}…`
}
