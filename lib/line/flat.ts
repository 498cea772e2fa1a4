/**
 * The same text in one piece. V8 joins strings as trees; a constant that stays a tree is walked again in every line
 * that holds it, which costs as much as the rest of the line. About 300 ns: for what is made once.
 */
export function flat(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le')
}

/** Puts a text into one piece where it lies: asking for one of its characters makes V8 do it. 60 ns, or 3 when it is. */
export function flatten(text: string): void {
  answer.unit = text.charCodeAt(0)
}

/** Kept, so that no compiler may leave the question out. */
const answer = { unit: 0 }
