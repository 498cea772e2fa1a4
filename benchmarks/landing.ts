import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'

/** Where the lines of a round come to lie. */
export interface Landing {
  /** All lines since `empty`. */
  text(): string
  /** Their bytes. Must cost little: it is asked while the clock runs. */
  bytes(): number
  /** Begins anew. */
  empty(): void
}

/** A file starts each round empty: all contestants append, and a growing file would favour whoever comes first. */
export function fileLanding(path: string): Landing {
  return {
    text: () => readFileSync(path, 'utf8'),
    bytes: () => statSync(path).size,
    empty: () => truncateSync(path, 0),
  }
}

/** The segments below a folder, which only grow; without what the spool says of its frames. */
export function spoolLanding(root: string): Landing {
  const read = new Map<string, number>()
  let texts: string[] = []
  const take = (): void => {
    for (const path of segmentsBelow(root)) {
      const from = read.get(path) ?? 0
      const text = newLines(path, from)
      read.set(path, from + Buffer.byteLength(text))
      if (text !== '') texts.push(text.replace(/^[@#].*\n/gm, ''))
    }
  }
  return {
    text() {
      take()
      return texts.join('')
    },
    bytes() {
      take()
      return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
    },
    empty() {
      take()
      texts = []
    },
  }
}

function segmentsBelow(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.seg'))
    .sort()
    .map(name => join(root, name))
}

/** Whole lines from an offset on. */
function newLines(path: string, offset: number): string {
  const bytes = Buffer.alloc(Math.max(0, statSync(path).size - offset))
  const fd = openSync(path, 'r')
  readSync(fd, bytes, 0, bytes.length, offset)
  closeSync(fd)
  return bytes.toString('utf8', 0, bytes.lastIndexOf(10) + 1)
}
