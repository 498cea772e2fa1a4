import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'

export interface LogRecord {
  readonly time: string
  readonly level: string
  readonly logger?: string
  readonly msg: string
}

/** Every line of a log, read by JSON.parse alone. Throws if one is not JSON, or the last one is not whole. */
export function readLog(path: string): LogRecord[] {
  const lines = readFileSync(path, 'utf8').split('\n')
  if (lines.pop() !== '') throw new Error(`${path}: the last line is not whole`)
  return lines.map(line => JSON.parse(line) as LogRecord)
}

/** What was appended to a file since it was `from` bytes long. */
export function appendedSince(path: string, from: number): string {
  const fd = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(fstatSync(fd).size - from)
    return bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, from))
  } finally {
    closeSync(fd)
  }
}
