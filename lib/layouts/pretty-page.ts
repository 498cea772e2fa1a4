import type { Clock } from './pretty-clock'
import { readable } from './pretty-quantity'
import { keyWord, type Paint, type Style, visible, word } from './pretty-text'

/** What is the same for every line of a terminal. */
export interface Page {
  readonly paint: Paint
  /** The terminal's width in characters. */
  readonly columns: number
  /** Places below this folder are shown relative to it. Ends in a separator; empty for none. */
  readonly root: string
  readonly clock: Clock
  /** Also show what is the same on every line of a process. */
  readonly base: boolean
  /** Where a place of a stack (`/srv/dist/a.js:1:2`) stands in the source; undefined if that is not known. */
  readonly sourceOf: ((place: string) => string | undefined) | undefined
}

/** Objects deeper than this are written as JSON: what is indented so far can't be read. */
const MAX_LEVELS = 16

/**
 * `key=value` one after the other, on a new line where the next one doesn't fit; what takes more than a line is laid
 * out below them. Never breaks a value. Widths are counted in UTF-16 units.
 */
export class Fields {
  private readonly lines: string[] = []
  private readonly below: string[] = []
  private count = 0

  /** Starts behind `line`, which is `width` wide; the lines after it are indented. */
  constructor(
    private readonly page: Page,
    private line: string,
    private width: number,
    private readonly indent: number,
  ) {}

  /** `style`: how the value looks where it fits on a line. */
  add(key: string, value: unknown, style?: Style | number): void {
    const name = keyWord(key)
    const short = compact(key, value, this.page.columns - this.indent - name.length - 1)
    if (short !== undefined) this.put(name, short, style)
    else if (typeof value === 'string' && !isBlock(value)) this.put(name, word(value))
    else this.addBelow(labelled(key, value, this.page, this.indent))
  }

  /** Lines to stand below the fields' own, in the order they are given. */
  addBelow(lines: readonly string[]): void {
    append(this.below, lines)
  }

  /** The first field is set off from what stands before it by two spaces. */
  private put(name: string, value: string, style?: Style | number): void {
    const { page, indent } = this
    const width = name.length + 1 + value.length
    let gap = this.count++ === 0 ? 2 : 1
    if (this.width + gap + width > page.columns && this.width > indent) {
      if (this.line !== '') this.lines.push(this.line)
      this.line = ' '.repeat(indent)
      this.width = indent
      gap = 0
    }
    if (this.width === 0) gap = 0
    const shown = style === undefined ? value : page.paint(style, value)
    this.line += `${' '.repeat(gap)}${page.paint('key', name)}${page.paint('dim', '=')}${shown}`
    this.width += gap + width
  }

  /** All lines: the fields, then what is laid out below them. */
  end(): string[] {
    this.lines.push(this.line)
    append(this.lines, this.below)
    return this.lines
  }
}

/** A value on one line, or undefined where that takes more than `room` characters. Cost: about `room`, and a look at the keys. */
function compact(key: string, value: unknown, room: number): string | undefined {
  if (typeof value === 'string') return fitting(value.length > room || isBlock(value) ? undefined : word(value), room)
  if (typeof value === 'number') return fitting(readable(key, value), room)
  if (typeof value !== 'object' || value === null) return fitting(String(value), room)
  const isArray = Array.isArray(value)
  let text = ''
  for (const [inside, item] of Object.entries(value)) {
    const name = (text === '' ? '' : ', ') + (isArray ? '' : `${keyWord(inside)}: `)
    const left = room - text.length - name.length - 2
    const inner = left < 1 ? undefined : compact(isArray ? key : inside, item, left)
    if (inner === undefined) return undefined
    text += name + inner
  }
  return fitting(isArray ? `[${text}]` : `{${text}}`, room)
}

function fitting(text: string | undefined, room: number): string | undefined {
  return text !== undefined && text.length <= room ? text : undefined
}

/** A key, a colon and, behind or below it, the value. */
function labelled(key: string, value: unknown, page: Page, indent: number): string[] {
  return indented(labelOf(key, page), value, page, indent, 0)
}

/** The same behind words of our own. */
export function captioned(words: string, value: unknown, page: Page, indent: number): string[] {
  const text = `${page.paint('key', words)}${page.paint('dim', ':')} `
  return indented({ key: '', text, width: words.length + 2 }, value, page, indent, 0)
}

/** What stands before a value. */
interface Label {
  readonly key: string
  readonly text: string
  readonly width: number
}

function labelOf(key: string, { paint }: Page): Label {
  const name = keyWord(key)
  return { key, text: `${paint('key', name)}${paint('dim', ':')} `, width: name.length + 2 }
}

function indented(label: Label, value: unknown, page: Page, indent: number, level: number): string[] {
  const start = ' '.repeat(indent) + label.text
  if (typeof value === 'string' && isBlock(value)) return [start.trimEnd(), ...block(value, page, indent + 2)]
  const short = compact(label.key, value, page.columns - indent - label.width)
  if (short !== undefined) return [start + short]
  if (typeof value === 'string') return [start + word(value)]
  if (typeof value !== 'object' || value === null) return [start + String(value)]
  if (level >= MAX_LEVELS) return [start + visible(JSON.stringify(value))]
  return Array.isArray(value)
    ? [start.trimEnd(), ...items(value, page, indent + 2, level + 1)]
    : [start.trimEnd(), ...properties(value, page, indent + 2, level + 1)]
}

function properties(value: object, page: Page, indent: number, level: number): string[] {
  const lines: string[] = []
  for (const [key, item] of Object.entries(value)) {
    append(lines, indented(labelOf(key, page), item, page, indent, level))
  }
  return lines
}

/** The first property of an item stands behind its dash. */
function items(values: readonly unknown[], page: Page, indent: number, level: number): string[] {
  if (values.every(isBare)) return filled(values.map(String), page.columns, indent)
  const lines: string[] = []
  const dash = `${' '.repeat(indent)}${page.paint('dim', '-')} `
  for (const value of values) {
    const [first = '', second = '', ...rest] = indented(UNLABELLED, value, page, indent, level)
    const isFolded = first === '' && second !== ''
    lines.push(dash + (isFolded ? second : first).trimStart())
    if (!isFolded && second !== '') lines.push(second)
    append(lines, rest)
  }
  return lines
}

/** An item of a list: the dash before it takes two characters. */
const UNLABELLED: Label = { key: '', text: '', width: 2 }

function isBare(value: unknown): boolean {
  return value === null || typeof value === 'number' || typeof value === 'boolean'
}

/** Words one after the other, as many on a line as fit: of numbers there may be thousands. */
function filled(words: readonly string[], columns: number, indent: number): string[] {
  const lines: string[] = []
  const start = ' '.repeat(indent)
  let line = ''
  for (const word of words) {
    if (line !== '' && indent + line.length + 1 + word.length > columns) {
      lines.push(start + line)
      line = ''
    }
    line += line === '' ? word : ` ${word}`
  }
  lines.push(start + line)
  return lines
}

/** Text of several lines. A newline at its end alone makes none. */
export function isBlock(text: string): boolean {
  const at = text.indexOf('\n')
  return at !== -1 && at < text.length - 1
}

/** Each line behind a bar, so that none of them can pass for a line of the log. */
export function block(text: string, page: Page, indent: number): string[] {
  const bar = ' '.repeat(indent) + page.paint('dim', '│ ')
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map(line => bar + visible(line.replace(/\r$/, '').replaceAll('\t', '  ')))
}

/** Not push(...more): that many arguments overflow the stack. */
export function append(lines: string[], more: readonly string[]): void {
  for (const line of more) lines.push(line)
}
