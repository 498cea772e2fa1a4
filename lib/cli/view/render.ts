import { type Page, prettyRecord, visible, visibleLine } from '../../layouts/pretty'
import type { Entry, Fields } from '../record/entry'
import { SGR } from '../record/level'
import { chosen } from './fields'
import { jsonEscaped } from './harmless'
import { logfmtLine } from './logfmt'
import type { Format } from './options'

export interface RenderOptions {
  readonly format: Format
  readonly fields: readonly string[] | undefined
  /** Whether it is a terminal that gets the text. */
  readonly isTerminal: boolean
  /** Asked for each record: a window is resized. */
  readonly page: () => Page
}

/** Records and other lines as text of one format, each ending in a newline. Never throws. */
export class Renderer {
  constructor(private readonly options: RenderOptions) {}

  /** `line` is the text that the entry was read from. `label` says which log it is from. */
  record(entry: Entry, line: string, label: string): string {
    const { format, fields, isTerminal, page } = this.options
    const shown = fields === undefined ? entry.fields : chosen(entry.fields, fields)
    try {
      if (format === 'logfmt') return `${logfmtLine(shown)}\n`
      if (format === 'pretty') return `${label}${prettyRecord(shown, page())}\n`
      if (!entry.isHewn || fields !== undefined) return `${jsonEscaped(json(shown))}\n`
      return `${isTerminal ? jsonEscaped(line.trim()) : line.trim()}\n`
    } catch {
      // Nested so deep that it can't be walked: as text it can still be shown.
      return `${visible(line)}\n`
    }
  }

  /** A line that is no record: untouched, but for a terminal, which gets no control character of it. */
  other(line: string, end: boolean): string {
    const newline = end ? '\n' : ''
    if (!this.options.isTerminal) return line + newline
    return visibleLine(line.replace(SGR, '').replace(/\r$/, '')) + newline
  }

  /** Whether a line's own bytes are to be written instead of text. */
  get keepsBytes(): boolean {
    return !this.options.isTerminal
  }
}

/** Strict JSON, well-formed: a lone surrogate becomes U+FFFD. */
function json(fields: Fields): string {
  const text = JSON.stringify(fields)
  if (!text.includes('\\ud')) return text
  return text.replace(/\\(?:ud[89a-f][\da-f]{2}|.)/g, found => (found.length === 6 ? '\ufffd' : found))
}
