import { type Directory, directoriesAt } from './directory'
import { chosen, LinesOut, tellDamage } from './look'
import { beginningOf, nearEndOf, Reader, type SpooledLine } from './reader'

export interface TailOptions {
  /** A root, or one writer's directory. */
  readonly path: string
  /** Only lines for this transport. */
  readonly to: string | undefined
  /** Lines to begin with. */
  readonly lines: number
  /** Go on with what comes, of new writers as well, until a signal ends the process. */
  readonly follow: boolean
}

/** Shows the last lines, those of several writers by time. Memory: those lines; following, what half a second brings. */
export async function tail(options: TailOptions, directories: readonly Directory[]): Promise<number> {
  const { path, follow } = options
  const readers = new Map<string, Reader>()
  const out = new LinesOut()
  await out.write(await lastLines(options, directories, readers))
  await out.flush()
  if (follow && directories.length === 0) process.stderr.write(`nothing is in ${path} yet\n`)
  while (follow) {
    await new Promise(done => setTimeout(done, LOOK_MS))
    await look(await directoriesIfThere(path), options, readers, out)
    await out.flush()
  }
  return 0
}

async function lastLines(
  { to, lines }: TailOptions,
  directories: readonly Directory[],
  readers: Map<string, Reader>,
): Promise<SpooledLine[]> {
  let last: SpooledLine[] = []
  for (const directory of directories) {
    // Of a transport's lines, nobody knows where the last ones stand.
    const place = to === undefined ? await nearEndOf(directory, lines) : await beginningOf(directory)
    const reader = new Reader(directory, place)
    readers.set(directory.id, reader)
    let own: SpooledLine[] = []
    for await (const found of reader.read()) {
      tellDamage(directory, found)
      for (const line of chosen(directory, found.lines, to)) own.push(line)
      if (own.length > 2 * lines) own = own.slice(own.length - lines)
    }
    last = last.concat(own)
  }
  last.sort((a, b) => a.from - b.from)
  return last.slice(Math.max(0, last.length - lines))
}

/** What has come since. */
async function look(
  directories: readonly Directory[],
  { to }: TailOptions,
  readers: Map<string, Reader>,
  out: LinesOut,
): Promise<void> {
  const fresh: SpooledLine[] = []
  for (const directory of directories) {
    const reader = readers.get(directory.id) ?? new Reader(directory, await beginningOf(directory))
    readers.set(directory.id, reader)
    reader.update(directory)
    for await (const found of reader.read()) {
      tellDamage(directory, found)
      for (const line of chosen(directory, found.lines, to)) fresh.push(line)
    }
  }
  await out.write(fresh.sort((a, b) => a.from - b.from))
  for (const [id, reader] of readers) {
    if (directories.some(directory => directory.id === id)) continue
    reader.close()
    readers.delete(id)
  }
}

async function directoriesIfThere(path: string): Promise<Directory[]> {
  try {
    return await directoriesAt(path)
  } catch {
    return []
  }
}

const LOOK_MS = 500
