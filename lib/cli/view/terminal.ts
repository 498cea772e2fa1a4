import { isatty } from 'node:tty'
import { colorDepth, type Page, pageFor, wantsColor } from '../../layouts/pretty'
import { SourceMaps } from './source-maps'

/** Standard output as a page to lay records out on; asked for at each record, because a window is resized. */
export function terminalPage(options: { readonly base: boolean; readonly margin: number }): () => Page {
  const terminal = isatty(1)
  const maps = new SourceMaps()
  const fixed = Number(process.env['COLUMNS'] || 100)
  const columns = (): number => (terminal ? process.stdout.columns : fixed)
  const make = (width: number): Page =>
    pageFor({
      columns: width - options.margin,
      colors: wantsColor(process.env, terminal),
      colorDepth: colorDepth(process.env),
      cwd: process.cwd(),
      base: options.base,
      sourceOf: place => maps.sourceOf(place),
    })
  let width = columns()
  let page = make(width)
  return () => {
    const now = columns()
    if (now !== width) page = make(now)
    width = now
    return page
  }
}
