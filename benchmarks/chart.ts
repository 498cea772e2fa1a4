/** Groups of horizontal bars, as SVG that fits light and dark pages. */
export interface Chart {
  readonly title: string
  /** What a value is, such as `ns a line, less is better`. */
  readonly unit: string
  /** The bars of each group, in this order; the first is drawn in the strong colour. */
  readonly series: readonly string[]
  readonly groups: readonly { readonly label: string; readonly values: readonly (number | undefined)[] }[]
}

const WIDTH = 760
const LABELS = 220
const BAR = 13
const GAP = 14
const TOP = 74
const FIGURES = 70

/** Colours that people with any kind of colour vision can tell apart, on white and on black. */
const COLOURS = ['#0a7d55', '#9aa5ad', '#d98a1f', '#4a86c8']

export function drawChart({ title, unit, series, groups }: Chart): string {
  const most = Math.max(...groups.flatMap(({ values }) => values.map(value => value ?? 0)))
  const scale = (WIDTH - LABELS - FIGURES) / most
  const step = series.length * BAR + GAP
  const height = TOP + groups.length * step
  const parts = groups.flatMap(({ label, values }, index) => {
    const top = TOP + index * step
    const middle = top + (series.length * BAR) / 2 + 4
    return [text(LABELS - 10, middle, label, 'end'), ...values.flatMap((value, bar) => drawBar(value, bar, top, scale))]
  })
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${xml(title)}">`,
    '<style>text{font:12px system-ui,sans-serif;fill:#24292f}.t{font-size:15px;font-weight:600}@media(prefers-color-scheme:dark){text{fill:#d0d7de}}</style>',
    `<text class="t" x="12" y="22">${xml(title)}</text>`,
    text(12, 40, unit),
    ...series.map((name, index) => legend(name, index)),
    ...parts,
    '</svg>',
  ].join('\n')}\n`
}

function drawBar(value: number | undefined, bar: number, top: number, scale: number): string[] {
  if (value === undefined) return []
  const y = top + bar * BAR
  const width = Math.max(1, value * scale)
  return [
    `<rect x="${LABELS}" y="${y}" width="${width.toFixed(1)}" height="${BAR - 2}" fill="${COLOURS[bar % COLOURS.length]}"/>`,
    text(LABELS + width + 5, y + BAR - 3, String(Math.round(value))),
  ]
}

function legend(name: string, index: number): string {
  const x = LABELS + index * 135
  return `<rect x="${x}" y="50" width="10" height="10" fill="${COLOURS[index % COLOURS.length]}"/>${text(x + 15, 59, name)}`
}

function text(x: number, y: number, content: string, anchor: 'start' | 'end' = 'start'): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${xml(content)}</text>`
}

function xml(content: string): string {
  return content.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;')
}
