import { basename } from 'node:path'
import { isatty } from 'node:tty'
import { Output } from '../output'
import type { Part } from '../read/chunks'
import { groupLogs, type Log } from '../read/family'
import { logsIn } from '../read/find'
import { Followed, type FollowHost } from '../read/followed'
import { LocalDays } from './days'
import { Filter } from './filter'
import { Follower } from './follow'
import { type Item, ItemReader } from './items'
import { Labels } from './labels'
import { Logs, tell } from './logs'
import { type Batches, merged } from './merge'
import type { ViewOptions } from './options'
import { Printer } from './printer'
import { Renderer } from './render'
import { Tail } from './tail'
import { terminalPage } from './terminal'

/** Shows logs. Resolves to the exit status: 1 if something could not be read. Never, while it follows. */
export async function view(options: ViewOptions): Promise<number> {
  const logs = new Logs(options)
  const found = groupLogs(options.paths.flatMap(path => logs.find(path)))
  await new View(options, logs, found).run()
  return logs.hasFailed ? 1 : 0
}

class View {
  private readonly filter: Filter
  private readonly output = new Output(process.stdout)
  private readonly printer: Printer
  private readonly labels: Labels
  /** Holds the last lines, if only those are wanted. */
  private tail: Tail | undefined

  constructor(
    private readonly options: ViewOptions,
    private readonly logs: Logs,
    private readonly found: readonly Log[],
  ) {
    const { format, fields, lines } = options
    this.filter = new Filter(options)
    this.tail = lines === undefined ? undefined : new Tail(lines)
    this.labels = new Labels(format === 'pretty' ? found.map(({ name }) => name) : [])
    const page = terminalPage({ base: fields !== undefined, margin: this.labels.width })
    const renderer = new Renderer({ format, fields, isTerminal: isatty(1), page })
    const days = format === 'pretty' ? new LocalDays(Date.now()) : undefined
    this.printer = new Printer(renderer, this.output, days)
  }

  async run(): Promise<void> {
    const { paths, follow } = this.options
    if (paths.length === 0) await this.readOne(process.stdin)
    else if (follow) await this.follow()
    else await this.read(this.found.map(({ files }) => this.logs.parts(files.map(whole))))
    await this.printTail()
  }

  /** Each log's parts, in the order of time. */
  private async read(all: readonly (readonly Part[])[]): Promise<void> {
    const [only] = all
    if (only !== undefined && all.length === 1) {
      for (const part of only) await this.readOne(this.logs.chunks(part))
      return
    }
    let count = 0
    for await (const item of merged(all.map((parts, index) => this.batches(parts, this.found[index]!.name)))) {
      this.take(item)
      if (++count % 256 === 0) await this.pause()
    }
    await this.output.flush()
  }

  private async readOne(chunks: AsyncIterable<Buffer>): Promise<void> {
    const reader = new ItemReader(this.filter, '', item => this.take(item))
    for await (const chunk of chunks) {
      reader.push(chunk)
      await this.pause()
    }
    reader.end()
    await this.output.flush()
  }

  private async *batches(parts: readonly Part[], name: string): Batches & AsyncGenerator<Item[], void> {
    let items: Item[] = []
    const reader = new ItemReader(this.filter, this.labels.of(name), item => items.push(item))
    for (const part of parts) {
      for await (const chunk of this.logs.chunks(part)) {
        reader.push(chunk)
        yield items
        items = []
      }
      reader.end()
    }
    yield items
  }

  private take(item: Item): void {
    if (this.tail === undefined) this.printer.print(item)
    else this.tail.add(item)
  }

  /** Waits for a reader that is behind. */
  private async pause(): Promise<void> {
    if (this.tail === undefined) await this.output.flush()
  }

  private async printTail(): Promise<void> {
    const last = this.tail?.last() ?? []
    this.tail = undefined
    for (const item of last) this.printer.print(item)
    await this.output.flush()
  }

  private async follow(): Promise<void> {
    const followed = new Map<string, Followed>()
    const host = (name: string): FollowHost => {
      const label = this.labels.of(name)
      return { newReader: () => new ItemReader(this.filter, label, item => this.take(item)), tell }
    }
    const before = this.found.map(({ live, name, files }) => {
      const log = new Followed(live, host(name))
      followed.set(live, log)
      const part = log.openAtEnd()
      const older = files.filter(path => path !== live).map(whole)
      return this.logs.parts(part === undefined ? older : [...older, part])
    })
    await this.read(before)
    await this.printTail()
    const folders = this.options.paths.filter(path => !this.found.some(({ files }) => files.includes(path)))
    const paths = (): string[] => folders.flatMap(logsOf)
    const done = (): Promise<void> => this.output.flush()
    await new Follower({ host: path => host(basename(path)), paths, folders, done }, followed).run()
  }
}

function whole(path: string): Part {
  return { path, start: 0, end: Number.POSITIVE_INFINITY }
}

/** Not there for a while, perhaps: nothing to complain about. */
function logsOf(folder: string): string[] {
  try {
    return logsIn(folder)
  } catch {
    return []
  }
}
