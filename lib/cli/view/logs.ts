import { formatProblem, type Problem } from '../../problem'
import { fileChunks, lastLines, type Part } from '../read/chunks'
import { findFiles, reason } from '../read/find'
import { statOf } from '../read/stat'
import type { ViewOptions } from './options'

/** Reads the files that were asked for, and tells what cannot be read. */
export class Logs {
  /** Whether something could not be read. */
  hasFailed = false

  constructor(private readonly options: ViewOptions) {}

  /** The files that an argument stands for. One that is not there is followed all the same. */
  find(path: string): readonly string[] {
    const { files, problem } = findFiles(path)
    if (problem === undefined) return files
    if (this.options.follow && problem.found === 'no such file') {
      tell(`${path}: waiting for it`)
      return [path]
    }
    this.complain(problem)
    return []
  }

  /** What of a log's files, the oldest first, can hold lines that are wanted. */
  parts(files: readonly Part[]): readonly Part[] {
    const { lines, levels, since, until } = this.options
    const wanted = since === undefined ? files : files.filter(({ path }) => !isOlder(path, since))
    const youngest = wanted.at(-1)
    const isFiltered = levels !== undefined || since !== undefined || until !== undefined
    if (lines === undefined || isFiltered || youngest === undefined) return wanted
    const start = this.startOf(youngest, lines)
    return start > 0 ? [{ ...youngest, start }] : wanted
  }

  /** A part's bytes. What cannot be read is told; what could be read of it comes all the same. */
  async *chunks(part: Part): AsyncGenerator<Buffer> {
    try {
      yield* fileChunks(part)
    } catch (error) {
      this.complain({ where: part.path, found: reason(error), expected: 'a log file' })
    }
  }

  /** 0 also where it cannot be read: that is told when it is. */
  private startOf(part: Part, lines: number): number {
    try {
      return lastLines(part, lines)
    } catch {
      return 0
    }
  }

  private complain(problem: Problem): void {
    this.hasFailed = true
    tell(formatProblem(problem))
  }
}

export function tell(text: string): void {
  process.stderr.write(`hewn: ${text}\n`)
}

/** Whether a file was last written to before a time, so that no line of it can be of a later one. */
function isOlder(path: string, time: number): boolean {
  const stat = statOf(path)
  return stat?.isFile() === true && stat.mtimeMs < time
}
