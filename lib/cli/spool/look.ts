import { isatty } from 'node:tty'
import { Output } from '../output'
import { jsonEscaped } from '../view/harmless'
import { type Directory, namesOf } from './directory'
import { beginningOf, type Found, Reader, type SpooledLine } from './reader'

/** Writes all lines that are there, delivered or not. Status 1 if some are damaged, which stderr says. */
export async function exportLines(directories: readonly Directory[], to: string | undefined): Promise<number> {
  const out = new LinesOut()
  let status = 0
  for (const directory of directories) {
    const reader = new Reader(directory, await beginningOf(directory))
    for await (const found of reader.read()) {
      status = Math.max(status, tellDamage(directory, found))
      await out.write(chosen(directory, found.lines, to))
    }
    reader.close()
  }
  await out.flush()
  return status
}

/** Reads every frame, and says what is not whole. Status 1 if something is not. */
export async function check(directories: readonly Directory[]): Promise<number> {
  let status = 0
  for (const directory of directories) {
    let [lines, places, missing] = [0, 0, 0]
    if (directory.owner === undefined) {
      places++
      process.stderr.write(`${directory.folder}: its owner.json cannot be read: nobody ships its lines\n`)
    }
    const reader = new Reader(directory, await beginningOf(directory))
    for await (const found of reader.read()) {
      tellDamage(directory, found)
      lines += found.lines.length
      places += found.damage.length
      missing += found.missing?.lines ?? 0
    }
    reader.close()
    const verdict = [counted(lines, 'line')]
    if (places > 0) verdict.push(counted(places, 'damaged place'))
    if (missing > 0) verdict.push(`${counted(missing, 'line')} missing`)
    if (verdict.length === 1) verdict.push('whole')
    else status = 1
    process.stdout.write(`${directory.id}  ${verdict.join(', ')}\n`)
  }
  return status
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** Standard output for lines as they were written; a terminal gets no control character. */
export class LinesOut {
  private readonly out = new Output(process.stdout)
  private readonly isTerminal = isatty(1)
  private pending = 0

  async write(lines: readonly { readonly text: string }[]): Promise<void> {
    for (const { text } of lines) {
      this.out.write(`${this.isTerminal ? jsonEscaped(text) : text}\n`)
      this.pending += text.length
    }
    if (this.pending > PIECE) await this.flush()
  }

  flush(): Promise<void> {
    this.pending = 0
    return this.out.flush()
  }
}

/** The lines for one transport, or all. A sidecar's transports read all lines, whatever they were written for. */
export function chosen(
  directory: Directory,
  lines: readonly SpooledLine[],
  to: string | undefined,
): readonly SpooledLine[] {
  if (to === undefined) return lines
  const all = directory.owner?.role === 'sidecar' && namesOf(directory).includes(to)
  return all ? lines : lines.filter(({ routes }) => routes.includes(to))
}

/** 1 if there was something to tell. */
export function tellDamage({ folder }: Directory, { damage, missing }: Found): number {
  for (const { segment, offset, end } of damage) {
    process.stderr.write(`${segment}: bytes ${offset} to ${end} are damaged\n`)
  }
  if (missing !== undefined) process.stderr.write(`${folder}: lines ${missing.first} to ${missing.last} are missing\n`)
  return damage.length > 0 || missing !== undefined ? 1 : 0
}

const PIECE = 65_536
