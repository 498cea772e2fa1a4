import { formatDuration } from '../../levels/duration'
import { jsonEscaped } from '../view/harmless'
import { type Directory, readersOf } from './directory'
import { beginningOf, Reader } from './reader'

/** What waits in each directory, and for whom: one line each. Reads what waits, from the first line on. */
export async function list(directories: readonly Directory[], now: number): Promise<string> {
  const rows = [['ID', 'WRITER', 'SERVICE', 'WAITING', 'BYTES', 'OLDEST', 'FOR']]
  for (const directory of directories) rows.push(await row(directory, now))
  return table(rows)
}

async function row(directory: Directory, now: number): Promise<string[]> {
  const { id, owner, lives } = directory
  const readers = readersOf(directory)
  // Those of a sidecar, of whom none has begun, and those that nobody ships: all of it waits.
  const everything = owner === undefined || owner.role === 'sidecar'
  const waiting = new Map([...readers.keys()].map(name => [name, 0]))
  let [lines, bytes, oldest] = [0, 0, undefined as number | undefined]
  const lowest = [...readers.values()].sort((a, b) => a.next - b.next)[0]
  if (lowest !== undefined || everything) {
    const reader = new Reader(directory, lowest ?? (await beginningOf(directory)))
    for await (const found of reader.read()) {
      for (const { number, text, from, routes } of found.lines) {
        let isWaiting = readers.size === 0
        for (const [name, { next }] of readers) {
          if (number < next || !(everything || routes.includes(name))) continue
          waiting.set(name, waiting.get(name)! + 1)
          isWaiting = true
        }
        if (!isWaiting) continue
        lines++
        bytes += Buffer.byteLength(text) + 1
        oldest ??= from
      }
    }
    reader.close()
  }
  const age = oldest === undefined ? '-' : formatDuration(Math.max(0, now - oldest))
  const whom = Array.from(waiting, ([name, count]) => `${name} ${count}`).join(', ')
  const nobody = owner === undefined ? 'nobody: no owner.json' : owner.role === 'sidecar' ? 'no sidecar yet' : '-'
  return [id, writerOf(owner, lives), owner?.service ?? '-', String(lines), String(bytes), age, whom || nobody]
}

function writerOf(owner: Directory['owner'], lives: boolean): string {
  const state = lives ? 'living' : 'dead'
  if (owner === undefined) return state
  return `${state}, ${owner.pid}${owner.thread === 0 ? '' : `/${owner.thread}`}`
}

function table(rows: readonly (readonly string[])[]): string {
  const shown = rows.map(row => row.map(jsonEscaped))
  const widths = shown[0]!.map((_, column) => Math.max(...shown.map(row => row[column]!.length)))
  return shown.map(row => `${padded(row, widths).trimEnd()}\n`).join('')
}

function padded(row: readonly string[], widths: readonly number[]): string {
  return row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')
}
