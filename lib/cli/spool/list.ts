import { formatDuration } from '../../levels/duration'
import { contentOf, type Directory, isDamage, placeOf } from './directory'

/** What waits in each directory, and for whom: one line each. Reads all of it. */
export async function list(directories: readonly Directory[], now: number): Promise<string> {
  const rows = [['ID', 'WRITER', 'SERVICE', 'WAITING', 'BYTES', 'OLDEST', 'FOR']]
  for (const directory of directories) {
    const { id, owner, lives } = directory
    if (owner.role === 'shipper') continue
    const places = new Map(owner.transports.map(name => [name, placeOf(directory, name)]))
    const waiting = new Map(owner.transports.map(name => [name, 0]))
    let [lines, bytes, oldest] = [0, 0, undefined as number | undefined]
    for await (const found of contentOf(directory, Math.min(...places.values()))) {
      if (isDamage(found)) continue
      const mine = found.routes.filter(name => found.number >= (places.get(name) ?? 1))
      if (mine.length === 0) continue
      lines++
      bytes += Buffer.byteLength(found.text) + 1
      oldest ??= found.from
      for (const name of mine) waiting.set(name, (waiting.get(name) ?? 0) + 1)
    }
    const writer = `${lives ? 'living' : 'dead'}, ${owner.pid}${owner.thread === 0 ? '' : `/${owner.thread}`}`
    const age = oldest === undefined ? '-' : formatDuration(Math.max(0, now - oldest))
    const whom = Array.from(waiting, ([name, count]) => `${name} ${count}`).join(', ')
    rows.push([id, writer, owner.service, String(lines), String(bytes), age, whom])
  }
  return table(rows)
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => row[column]!.length)))
  return rows
    .map(
      row =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}
