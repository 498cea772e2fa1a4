import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BEST, type Case, ENCODE, FILES, FLOOR, HEWN, INSTALLED } from './cases'
import { drawChart } from './chart'
import { peerVersions } from './peers'
import { ROOT } from './place'
import type { Report } from './report'
import { sections, table } from './tables'

const FOLDER = join(ROOT, 'docs', 'bench')
const PAGE = join(ROOT, 'docs', 'BENCHMARKS.md')
const README = join(ROOT, 'README.md')
const START = '<!-- bench-table:start -->'
const END = '<!-- bench-table:end -->'

/** Keeps a whole run's figures, and makes the page, the charts and the README's block anew from all that are kept. */
export function publish(report: Report): void {
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(join(FOLDER, `node-${majorOf(report)}.json`), `${JSON.stringify(report, undefined, 2)}\n`)
  const reports = kept()
  const [main] = reports
  if (main === undefined) return
  writeFileSync(join(FOLDER, 'encode.svg'), chartOf('Making a line', 'ns a call, less is better', ENCODE, main))
  writeFileSync(
    join(FOLDER, 'file.svg'),
    chartOf('Into a file', 'ns a line until it is there, less is better', FILES, main),
  )
  writeFileSync(PAGE, page(reports))
  replaceBlock(main)
}

const majorOf = ({ node }: Report): number => Number.parseInt(node.slice(1), 10)

/** Oldest Node first: it is the one that package.json asks for at least. */
function kept(): Report[] {
  return readdirSync(FOLDER)
    .filter(name => /^node-\d+\.json$/.test(name))
    .map(name => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Report)
    .sort((a, b) => majorOf(a) - majorOf(b))
}

const SERIES = [HEWN, FLOOR, INSTALLED, BEST]

function chartOf(title: string, unit: string, cases: readonly Case[], report: Report): string {
  const drawn = cases.filter(({ id, entrants }) => report.cases[id] && SERIES.every(label => has(entrants, label)))
  // Two loggers a hundred times apart do not fit one scale: what takes several µs has the tables.
  const groups = drawn
    .map(({ id, title: label }) => ({ label, values: SERIES.map(name => report.cases[id]?.[name]?.ns) }))
    .filter(({ values }) => Math.max(...values.map(value => value ?? 0)) < 5000)
  return drawChart({ title: `${title}, Node ${majorOf(report)}`, unit, series: SERIES, groups })
}

const has = (entrants: Case['entrants'], wanted: string) => entrants.some(({ label }) => label === wanted)

function page(reports: readonly Report[]): string {
  const versions = Object.entries(peerVersions())
    // The second pino is the first with another sonic-boom.
    .filter(([, version]) => !version.startsWith('npm:'))
    .map(([name, version]) => `${name} ${version}`)
  return `<!-- Written by npm run bench; edits are overwritten. -->
# Benchmarks

${RULES}

Peers: ${versions.join(', ')}.
**pino as installed** is its root logger with the sonic-boom 4.2.1 that it installs;
**pino at its best** is a child logger alone in its process with sonic-boom 4.2.0. The **floor** is the same line written
by hand: a template literal that caches its time and escapes each string that varies.

![Making a line](bench/encode.svg)

![Into a file](bench/file.svg)

## By Node

How many times as fast as pino hewn is, as installed · at its best; and hewn ÷ floor.

${byNode(reports)}

${reports.map(report => [`## Node ${report.node}`, `${report.machine}. ${report.effort}.`, ...sections(report)].join('\n\n')).join('\n\n')}

${RUN}`
}

const RULES = `Figures are medians of all rounds, ± half the distance between their quartiles. Ratios hold within one run only. Each
contestant of each case has a process of its own; their rounds are interleaved, and garbage is collected before each.
Inputs vary from call to call: no string, object or error comes again within 10,000 calls. Before anything is timed,
every line of 10,000 is parsed at the far end and compared with what its call was given: level, time, message and all
fields; after that, every round's bytes must come to exactly what those lines take. Peers write level, time, message and
fields; process id and host name where they do so by themselves. Stacks of errors are read once before the clock starts,
since V8 makes their text at the first read, whoever asks.`

const RUN = `## Run it

\`\`\`sh
npm run bench                              # everything, and this page
npm run bench -- field10                   # the cases of that word, printed
npm run bench -- msg --against main        # this tree beside a git revision
npm run bench -- --node /path/to/node      # under another Node; this page has a part for each
npm run bench:budget                       # hewn ÷ floor against benchmarks/budget.json
\`\`\`
`

function byNode(reports: readonly Report[]): string {
  const shown = [...ENCODE, ...FILES].filter(({ id }) => reports.some(report => report.cases[id]?.[INSTALLED]))
  const rows = shown.map(({ id, title, target }) => [
    `${target === 'file' ? 'file, ' : ''}${title}`,
    ...reports.map(report => ratios(report.cases[id])),
  ])
  return table(['', ...reports.map(({ node }) => `Node ${node}`)], rows)
}

function ratios(cells: Report['cases'][string] | undefined): string {
  const hewn = cells?.[HEWN]?.ns ?? Number.NaN
  const over = (label: string) => ((cells?.[label]?.ns ?? Number.NaN) / hewn).toFixed(1)
  return `${over(INSTALLED)} · ${over(BEST)}; ${(hewn / (cells?.[FLOOR]?.ns ?? Number.NaN)).toFixed(2)}`
}

/** The figures at a glance, where README.md has a place for them. */
function replaceBlock(report: Report): void {
  if (!existsSync(README)) return
  const text = readFileSync(README, 'utf8')
  const from = text.indexOf(START)
  const to = text.indexOf(END)
  if (from < 0 || to < from) return
  const glance = ['encode/msg', 'encode/field1', 'encode/field10', 'file/field1', 'file/field10']
  const cases = [...ENCODE, ...FILES].filter(({ id }) => glance.includes(id) && report.cases[id])
  const rows = cases.map(({ id, title, target }) => [
    `${target === 'file' ? 'into a file, 10 lines a turn: ' : ''}${title}`,
    ...[HEWN, INSTALLED, BEST].map(label => {
      const cell = report.cases[id]?.[label]
      return cell === undefined ? '–' : `${Math.round(cell.ns)} ns`
    }),
  ])
  const block = `${START}\n\n${table([`Node ${majorOf(report)}, a line`, HEWN, INSTALLED, BEST], rows)}\n\n${END}`
  writeFileSync(README, text.slice(0, from) + block + text.slice(to + END.length))
}
