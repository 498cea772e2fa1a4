/**
 * Ends programs in every way and prints how many of the 1000 lines they logged in one turn were kept, by hewn and by
 * pino: the table of the README.
 *
 *     node dist/scripts/loss-table.js [--write] [--rounds N]
 *
 * Each figure is the worst of N rounds (default 3), since what a killed process leaves depends on the moment.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { countArrived } from '../test/exit/arrivals'
import { Runner } from '../test/exit/runner'
import type { Target, Task } from '../test/exit/task'

const root = resolve(__dirname, '../..')
const MARKERS = ['<!-- loss-table:start -->', '<!-- loss-table:end -->'] as const

interface Column {
  readonly title: string
  /** The fixture that logs, beside the runner. */
  readonly program: string
  readonly to: Target
}

const COLUMNS: readonly Column[] = [
  { title: 'hewn, file', program: 'cjs.js', to: 'file turn' },
  { title: 'hewn, file, `line`', program: 'cjs.js', to: 'file line' },
  { title: 'hewn, pipe', program: 'cjs.js', to: 'pipe' },
  { title: 'pino, file', program: 'pino.js', to: 'file turn' },
  { title: 'pino, file, `sync`', program: 'pino.js', to: 'file line' },
  { title: 'pino, pipe', program: 'pino.js', to: 'pipe' },
]

type Row = Pick<Task, 'end' | 'at' | 'start'> & { readonly title: string }

const ROWS: readonly Row[] = [
  { title: 'natural end', end: 'natural', at: 'turn', start: 'later' },
  { title: '`process.exit()`', end: 'exit', at: 'turn', start: 'later' },
  { title: '… in the first tick', end: 'exit', at: 'turn', start: 'first tick' },
  { title: 'uncaught throw', end: 'throw', at: 'turn', start: 'later' },
  { title: '… in the first tick', end: 'throw', at: 'turn', start: 'first tick' },
  { title: 'unhandled rejection', end: 'rejection', at: 'turn', start: 'later' },
  { title: 'SIGTERM', end: 'SIGTERM', at: 'turn', start: 'later' },
  { title: 'SIGINT', end: 'SIGINT', at: 'turn', start: 'later' },
  { title: 'SIGKILL, once the turn is over', end: 'SIGKILL', at: 'next turn', start: 'later' },
  { title: '`process.abort()`, once the turn is over', end: 'abort', at: 'next turn', start: 'later' },
  { title: 'SIGKILL within the turn', end: 'SIGKILL', at: 'turn', start: 'later' },
]

const LINES = 1000
const ABOUT_PIPES = 'What the reader of a pipe has not taken when the process is killed goes with it.'

void main()

async function main(): Promise<void> {
  const options = { write: { type: 'boolean', default: false }, rounds: { type: 'string', default: '3' } } as const
  const { values } = parseArgs({ options })
  const runner = new Runner()
  try {
    const table = render(await measure(runner, Math.max(1, Number(values.rounds))))
    if (values.write) intoReadme(table)
    else console.log(table)
  } finally {
    runner.remove()
  }
}

function measure(runner: Runner, rounds: number): Promise<number[][]> {
  return Promise.all(ROWS.map(row => Promise.all(COLUMNS.map(column => worst(runner, row, column, rounds)))))
}

async function worst(
  runner: Runner,
  { end, at, start }: Row,
  { to, program }: Column,
  rounds: number,
): Promise<number> {
  const task: Task = { to, lines: LINES, start, end, at }
  const outcomes = await Promise.all(
    Array.from({ length: rounds }, () => runner.run({ task, from: 'CommonJS' }, program)),
  )
  return Math.min(...outcomes.map(({ text }) => countArrived(text)))
}

function render(kept: readonly number[][]): string {
  const rows = ROWS.map(({ title }, i) => [title, ...kept[i]!.map(lines => (lines === LINES ? 'all' : String(lines)))])
  const head = [`of ${LINES} lines in one turn`, ...COLUMNS.map(({ title }) => title)]
  const rule = ['---', ...COLUMNS.map(() => '--:')]
  const table = [head, rule, ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
  const pino = `pino ${version(require.resolve('pino/package.json'))}`
  const versions = `hewn ${version(join(root, 'package.json'))}, ${pino}, Node ${process.versions.node}, ${process.platform}`
  return `${table}\n\n${versions}. ${ABOUT_PIPES}`
}

function version(path: string): string {
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
}

function intoReadme(table: string): void {
  const path = join(root, 'README.md')
  const text = readFileSync(path, 'utf8')
  const from = text.indexOf(MARKERS[0])
  const to = text.indexOf(MARKERS[1])
  if (from === -1 || to < from) throw new Error(`README.md: expected ${MARKERS.join(' and, after it, ')}`)
  writeFileSync(path, `${text.slice(0, from + MARKERS[0].length)}\n${table}\n${text.slice(to)}`)
}
