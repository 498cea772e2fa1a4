/** A destination that keeps what it is given, and the records it was given. */
export function captureLines(): {
  destination: { write(line: string): void }
  lines: string[]
  records(): Record<string, unknown>[]
} {
  const lines: string[] = []
  return {
    destination: { write: line => void lines.push(line) },
    lines,
    records: () => lines.map(line => JSON.parse(line) as Record<string, unknown>),
  }
}
