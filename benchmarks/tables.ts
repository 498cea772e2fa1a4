import {
  BEST,
  BURSTS,
  type Case,
  ENCODE,
  FEATURES,
  FILES,
  FLOOR,
  HEWN,
  INSTALLED,
  LAYOUTS,
  PIPES,
  SPOOL,
} from './cases'
import type { Cell, Report } from './report'

/** A Markdown table; the first column is text, the others are figures. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'))
  return [line(head), line(rule), ...rows.map(line)].join('\n')
}

/** The sections of a report that have anything in them: a heading, a sentence and a table each. */
export function sections(report: Report): string[] {
  return [
    ...comparison(report, 'Making a line', ENCODE, ENCODE_NOTE),
    ...peersSection(report),
    ...comparison(report, 'What a feature adds', [FEATURES], 'hewn beside hewn, a call with 3 fields.'),
    ...comparison(report, 'What a layout costs', LAYOUTS, "hewn beside hewn: its own line, and the others'."),
    ...disabledSection(report),
    ...comparison(report, 'Into a file', FILES, FILE_NOTE),
    ...comparison(report, 'Into a spool', SPOOL, SPOOL_NOTE),
    ...comparison(report, 'Into a file, by the burst', BURSTS, '1 field, default durability.'),
    ...comparison(report, 'Into a pipe', PIPES, PIPE_NOTE),
    ...allocationSection(report),
    ...numbersSection('At 50,000 lines a second into a file', report.steady, STEADY_COLUMNS),
    ...numbersSection('While the file system is busy', report.latency, LATENCY_COLUMNS),
    ...importSection(report),
  ]
}

const ENCODE_NOTE =
  'CPU time a call, in ns, into a sink that joins lines to 16 KiB and encodes them. Below it: how many times as fast hewn is, and the aim.'
const FILE_NOTE =
  'Wall time a line, in ns, from the first call until the last byte is in the file; 10 lines a turn. In brackets the CPU time of all threads.'
const SPOOL_NOTE =
  '1 field; what a line costs that is on its way to an aggregator: as into a file, with a header for each turn.'
const PIPE_NOTE = 'Wall time a line, in ns, until the reader at the other end has the last byte; 10 lines a turn.'

function comparison(report: Report, title: string, cases: readonly Case[], note: string): string[] {
  const measured = cases.filter(({ id }) => report.cases[id] !== undefined)
  if (measured.length === 0) return []
  const peers = new Set(ENCODE.flatMap(one => one.entrants.map(({ label }) => label)).filter(label => !isMain(label)))
  const parts = groupsByLabels(measured, peers).map(([labels, group]) => {
    const rows = group.map(one => [one.title, ...labels.map(label => cellText(one, report.cases[one.id]!, label))])
    return table(['', ...labels], rows)
  })
  return [`### ${title}\n\n${note}\n\n${parts.join('\n\n')}`]
}

const isMain = (label: string) => [HEWN, FLOOR, INSTALLED, BEST].includes(label)

/** Cases with the same contestants share a table. */
function groupsByLabels(cases: readonly Case[], without: ReadonlySet<string>): [string[], Case[]][] {
  const groups = new Map<string, [string[], Case[]]>()
  for (const one of cases) {
    const labels = one.entrants.map(({ label }) => label).filter(label => !without.has(label))
    const group = groups.get(labels.join()) ?? [labels, []]
    group[1].push(one)
    groups.set(labels.join(), group)
  }
  return [...groups.values()]
}

function cellText(one: Case, cells: Record<string, Cell>, label: string): string {
  const cell = cells[label]
  if (cell === undefined) return '–'
  const cpu = one.target === 'file' ? ` (${figure(cell.cpuNs)})` : ''
  const text = `${figure(cell.ns)} ±${Math.round(cell.spread * 100)} %${cpu}`
  const hewn = cells[HEWN]
  if (label === HEWN || hewn === undefined) return text
  return `${text}<br>${ratioText(one, label, cell, hewn)}`
}

/** Against another logger: how many times as fast hewn is. Against the floor or hewn itself: how many times the cost. */
function ratioText(one: Case, label: string, cell: Cell, hewn: Cell): string {
  const goal = one.goals[label]
  if (label === FLOOR) return `hewn ÷ floor ${(hewn.ns / cell.ns).toFixed(2)}`
  if (one === FEATURES || LAYOUTS.includes(one))
    return `×${(cell.ns / hewn.ns).toFixed(2)}${goal === undefined ? '' : ` (≤ ${goal})`}`
  return `×${(cell.ns / hewn.ns).toFixed(1)}${goal === undefined ? '' : ` (≥ ${goal})`}`
}

function peersSection(report: Report): string[] {
  const cases = ENCODE.filter(one => one.entrants.some(({ label }) => !isMain(label)) && report.cases[one.id])
  if (cases.length === 0) return []
  const labels = [...new Set(cases.flatMap(one => one.entrants.map(({ label }) => label)))]
  const rows = labels.map(label => [label, ...cases.map(one => cellText(one, report.cases[one.id]!, label))])
  return [`### All loggers\n\nAs above.\n\n${table(['', ...cases.map(({ title }) => title)], rows)}`]
}

function disabledSection({ disabled }: Report): string[] {
  if (disabled === undefined) return []
  const rows = Object.entries(disabled).map(([label, { oneShape, fiveShapes }]) => [
    label,
    oneShape.toFixed(1),
    fiveShapes.toFixed(1),
  ])
  const note =
    'ns beyond a call of an empty method. hewn: a named logger three deep, under rules (the aim: ≤ 1, and ≤ 4 where five kinds of logger meet at one call site).'
  return [`### A disabled call\n\n${note}\n\n${table(['', 'one kind of logger', 'five kinds'], rows)}`]
}

function allocationSection({ allocation }: Report): string[] {
  if (allocation === undefined) return []
  const cases = ENCODE.filter(({ id }) => allocation[id] !== undefined)
  const labels = [FLOOR, HEWN, INSTALLED, BEST]
  const rows = cases.map(({ id, title }) => [
    title,
    ...labels.map(label => figure(allocation[id]![label] ?? Number.NaN)),
  ])
  return [`### Garbage\n\nHeap bytes a call, the joined text included.\n\n${table(['', ...labels], rows)}`]
}

const STEADY_COLUMNS = {
  collections: ['collections a second', 1],
  gcMs: ['ms a second in them', 1],
  cpuMs: ['CPU ms a second, all threads', 0],
} as const

const MICROSECONDS = -1

const LATENCY_COLUMNS = Object.fromEntries(
  ['call', 'turn'].flatMap(of =>
    ['p50', 'p99', 'p99.9', 'max'].map(share => [`${of} ${share}`, [`${of} ${share}, µs`, MICROSECONDS] as const]),
  ),
)

type Columns = Readonly<Record<string, readonly [heading: string, digits: number]>>

function numbersSection(title: string, numbers: Report['steady'], columns: Columns): string[] {
  if (numbers === undefined) return []
  const rows = Object.entries(numbers).map(([label, values]) => [
    label,
    ...Object.entries(columns).map(([key, [, digits]]) => {
      const value = values[key] ?? Number.NaN
      return digits === MICROSECONDS ? figure(value / 1000) : value.toFixed(digits)
    }),
  ])
  return [`### ${title}\n\n${table(['', ...Object.values(columns).map(([heading]) => heading)], rows)}`]
}

function importSection({ imports }: Report): string[] {
  if (imports === undefined) return []
  const rows = Object.entries(imports).map(([label, { fastest, median }]) => [
    label,
    fastest.toFixed(1),
    median.toFixed(1),
  ])
  return [
    `### Import\n\nms that a process takes longer than one that loads nothing.\n\n${table(['', 'fastest', 'median'], rows)}`,
  ]
}

/** 1234.5 as `1 235`, 12.34 as `12.3`. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (value < 100) return value.toFixed(1)
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ' ')
}
