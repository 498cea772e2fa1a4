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

/** The lines of a stack below its title, at their places in the source where those are known. */
export function framesOf(stack: unknown, type: string, message: string, sourceOf?: Page['sourceOf']): Frame[] {
  if (typeof stack !== 'string') return []
  const frames: Frame[] = []
  for (const line of withoutTitle(stack, type, message).split('\n')) {
    const written = line.trim()
    if (written === '') continue
    const text = sourceOf === undefined ? written : inSource(written, sourceOf)
    frames.push({ text, owner: ownerOf(text) })
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
  const at = afterModules(text)
  if (at === 0) return undefined
  const [first = '', second = ''] = text.slice(at).split(/[\\/]/, 2)
  return first.startsWith('@') ? `${first}/${second}` : first
}

/** Where a package's name stands in its path; 0 if it is none. */
function afterModules(path: string): number {
  const at = Math.max(path.lastIndexOf('/node_modules/'), path.lastIndexOf('\\node_modules\\'))
  return at === -1 ? 0 : at + '/node_modules/'.length
}

/**
 * The application's frames first and in full; then in one line those of packages and of Node; then those that the
 * outer error ends in as well, counted.
 */
export function frameLines(frames: readonly Frame[], outer: readonly Frame[], page: Page, indent: number): string[] {
  const start = ' '.repeat(indent)
  const own = frames.slice(0, frames.length - shared(frames, outer))
  // Without a frame of the application, the place that threw is all there is to go by.
  const ours = own.filter(({ owner }) => owner === undefined)
  const folded = ours.length > 0 ? own.filter(({ owner }) => owner !== undefined) : own.slice(1)
  const lines = (ours.length > 0 ? ours : own.slice(0, 1)).map(({ text }) => start + frameText(text, page))
  const thrower = folded[0] === own[0] ? folded[0] : undefined
  if (folded.length > 0) lines.push(start + page.paint('dim', visible(summary(folded) + origin(thrower))))
  const rest = frames.length - own.length
  if (rest > 0) lines.push(start + page.paint('dim', `… ${count(rest)} as above`))
  return lines
}

/** `; thrown at pg/lib/client.js:10:2`, for a frame that is folded. */
function origin(thrower: Frame | undefined): string {
  const span = thrower === undefined ? undefined : placeIn(thrower.text)
  if (thrower === undefined || span === undefined) return ''
  const place = withoutUrl(thrower.text.slice(...span))
  return `; thrown at ${place.slice(afterModules(place))}`
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
  return `… ${count(folded.length)} in ${owners.slice(0, MAX_OWNERS).join(', ')}${more}`
}

const MAX_OWNERS = 4

function count(frames: number): string {
  return frames === 1 ? '1 frame' : `${frames} frames`
}

/** `at name (place)` or `at place`, with the place made short and marked; any other text as it is. */
function frameText(text: string, page: Page): string {
  const { paint } = page
  const span = placeIn(text)
  if (span === undefined) return visible(text)
  const place = paint('place', visible(shorten(text.slice(...span), page.root)))
  const [from, to] = span
  if (to === text.length) return `${paint('dim', text.slice(0, from - 1))} ${place}`
  return `${paint('dim', 'at')} ${visible(text.slice(3, from - 2))} ${paint('dim', '(')}${place}${paint('dim', ')')}`
}

/** From where to where the place stands in `at name (place)` or `at place`; undefined for any other text. */
function placeIn(text: string): [from: number, to: number] | undefined {
  if (!text.startsWith('at ')) return undefined
  const open = text.endsWith(')') ? text.indexOf(' (') : -1
  if (open !== -1) return [open + 2, text.length - 1]
  return [text.startsWith('at async ') ? 9 : 3, text.length]
}

/** The frame at its place in the source, if that is known. */
function inSource(text: string, sourceOf: (place: string) => string | undefined): string {
  const span = placeIn(text)
  if (span === undefined) return text
  const source = sourceOf(withoutUrl(text.slice(...span)))
  return source === undefined ? text : text.slice(0, span[0]) + source + text.slice(span[1])
}

/** A file's URL as its path; below the root, as the path from there. */
function shorten(place: string, root: string): string {
  const path = withoutUrl(place)
  return root !== '' && path.startsWith(root) ? path.slice(root.length) : path
}

function withoutUrl(place: string): string {
  const at = place.search(POSITION)
  return at !== -1 && place.startsWith('file://') ? pathOf(place.slice(0, at)) + place.slice(at) : place
}

const POSITION = /(?::\d+){1,2}$/

function pathOf(url: string): string {
  try {
    return fileURLToPath(url)
  } catch {
    return url
  }
}
