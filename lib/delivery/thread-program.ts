import { existsSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The file of the delivery thread; undefined where hewn has become part of a bundle, which has no such file beside it.
 * Its name is one that nobody else's file has: beside a bundle there may well be a `worker.js`.
 */
export function threadFile(): string | undefined {
  // In a bundle that is an ES module there is no such variable.
  if (typeof __dirname === 'undefined') return undefined
  const file = join(__dirname, 'hewn-delivery-thread.js')
  return existsSync(file) ? file : undefined
}

/** The same program as one text. Cost: its 100 KB are loaded by nobody but a bundled application. */
export function threadText(): string {
  return (require('./thread-text.mjs') as { readonly text: string }).text
}
