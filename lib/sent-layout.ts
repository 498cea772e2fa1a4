import { HewnError, quote } from './problem'

/** Throws a HewnError where lines are laid out in a way that what is sent cannot be made of. */
export function checkSentLayout(layout: string | undefined, transport: string): void {
  if (layout === undefined || layout === 'hewn') return
  const expected = "the layout 'hewn': what is sent is made of hewn's own lines"
  throw new HewnError([
    { where: 'layout', found: `${quote(layout)} beside the transport ${quote(transport)}`, expected },
  ])
}
