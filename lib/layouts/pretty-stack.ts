import { fileURLToPath } from 'node:url'
import type { Page } from './pretty-page'
import { visible } from './pretty-text'

/** A line of a stack. */
export interface Frame {
  /** `at charge (src/pay.ts:12:9)`, or any other text that stood there. */
  readonly text: string
  /** Whose code it is: a package's name, `node`, or undefined for the application's. */
  readonly owner: string | undefined
}

/** The lines of a stack below its title. */
export function framesOf(stack: unknown, type: string, message: string): Frame[] {
  if (typeof stack !== 'string') return []
  const frames: Frame[] = []
  for (const line of withoutTitle(stack, type, message).split('\n')) {
    const text = line.trim()
    if (text !== '') frames.push({ text, owner: ownerOf(text) })
  }
  return frames
}

/** A stack starts with the error's name and message, which may be of several lines and hold a line that starts with `at`. */
function withoutTitle(stack: string, type: string, message: string): string {
  const rest = stack.slice(titleLength(stack, message))
  const first = rest.search(/^[ \t]*at /m)
  if (first !== -1) return rest.slice(first)
  return rest === type ? '' : rest
}

/** Up to the end of `Name [code]: message`; 0 where there is no such title. */
function titleLength(stack: string, message: string): number {
  if (message === '') return 0
  if (stack.startsWith(message)) return message.length
  const title = `: ${message}`
  const at = stack.slice(0, MAX_NAME + title.length).indexOf(title)
  return at === -1 ? 0 : at + title.length
}

/** What stands before the message in a title is no longer than this. */
const MAX_NAME = 256

function ownerOf(text: string): string | undefined {
  if (!text.startsWith('at ')) return undefined
  if (/[( ]node:|\((?:<anonymous>|native|index \d+)\)$/.test(text)) return 'node'
  const at = Math.max(text.lastIndexOf('/node_modules/'), text.lastIndexOf('\\node_modules\\'))
  if (at === -1) return undefined
  const [first = '', second = ''] = text.slice(at + '/node_modules/'.length).split(/[\\/]/, 2)
  return first.startsWith('@') ? `${first}/${second}` : first
}

/** The application's frames in full; those of packages and of Node folded; those that the outer error ends in as well, counted. */
export function frameLines(frames: readonly Frame[], outer: readonly Frame[], page: Page, indent: number): string[] {
  const start = ' '.repeat(indent)
  const lines: string[] = []
  const own = frames.slice(0, frames.length - shared(frames, outer))
  // Without a frame of the application, the place that threw is all there is to go by.
  const shown = own.some(frame => frame.owner === undefined) ? undefined : own[0]
  let folded: Frame[] = []
  const fold = (): void => {
    if (folded.length > 0) lines.push(start + page.paint('dim', summary(folded)))
    folded = []
  }
  for (const frame of own) {
    if (frame.owner !== undefined && frame !== shown) folded.push(frame)
    else {
      fold()
      lines.push(start + frameText(frame.text, page))
    }
  }
  fold()
  const rest = frames.length - own.length
  if (rest > 0) lines.push(start + page.paint('dim', `… ${count(rest)} as above`))
  return lines
}

/** How many frames both end in. */
function shared(frames: readonly Frame[], outer: readonly Frame[]): number {
  let same = 0
  while (same < frames.length && frames.at(-1 - same)?.text === outer.at(-1 - same)?.text) same++
  return same
}

/** `… 6 frames in express, node`. */
function summary(folded: readonly Frame[]): string {
  const owners = [...new Set(folded.map(frame => frame.owner))]
  const more = owners.length > MAX_OWNERS ? ', …' : ''
  return visible(`… ${count(folded.length)} in ${owners.slice(0, MAX_OWNERS).join(', ')}${more}`)
}

const MAX_OWNERS = 4

function count(frames: number): string {
  return frames === 1 ? '1 frame' : `${frames} frames`
}

/** `at name (place)` or `at place`, with the place made short and marked; any other text as it is. */
function frameText(text: string, page: Page): string {
  const { paint } = page
  if (!text.startsWith('at ')) return visible(text)
  const open = text.endsWith(')') ? text.indexOf(' (') : -1
  if (open !== -1) {
    const place = paint('place', visible(shorten(text.slice(open + 2, -1), page.root)))
    return `${paint('dim', 'at')} ${visible(text.slice(3, open))} ${paint('dim', '(')}${place}${paint('dim', ')')}`
  }
  const from = text.startsWith('at async ') ? 9 : 3
  const place = paint('place', visible(shorten(text.slice(from), page.root)))
  return `${paint('dim', text.slice(0, from - 1))} ${place}`
}

/** A file's URL as its path; below the root, as the path from there. */
function shorten(place: string, root: string): string {
  const at = place.search(POSITION)
  const path = at !== -1 && place.startsWith('file://') ? pathOf(place.slice(0, at)) + place.slice(at) : place
  return root !== '' && path.startsWith(root) ? path.slice(root.length) : path
}

const POSITION = /(?::\d+){1,2}$/

function pathOf(url: string): string {
  try {
    return fileURLToPath(url)
  } catch {
    return url
  }
}
