/**
 * What came of `expected` numbered lines, in words: '1000 lines, in order' if each is there once, whole and in its
 * place, else what is wrong.
 */
export function arrivals(text: string, expected: number): string {
  const found: number[] = []
  let broken = 0
  const lines = text.split('\n')
  if (lines.pop() !== '') broken++
  for (const line of lines) {
    const n = numberOf(line)
    if (n === undefined) broken++
    else found.push(n)
  }
  if (broken === 0 && found.length === expected && found.every((n, i) => n === i)) return `${expected} lines, in order`
  const distinct = new Set(found).size
  const sorted = found.every((n, i) => i === 0 || n > found[i - 1]!)
  return [
    `${distinct} of ${expected} lines`,
    found.length > distinct ? `, ${found.length - distinct} twice` : '',
    broken > 0 ? `, ${broken} broken` : '',
    sorted ? '' : ', out of order',
  ].join('')
}

/** Whole lines of the program's own in `text`. */
export function countArrived(text: string): number {
  return new Set(
    text
      .split('\n')
      .slice(0, -1)
      .map(numberOf)
      .filter(n => n !== undefined),
  ).size
}

function numberOf(line: string): number | undefined {
  try {
    const { n } = JSON.parse(line) as { n?: unknown }
    return typeof n === 'number' ? n : undefined
  } catch {
    return undefined
  }
}
