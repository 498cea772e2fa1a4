import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { stamp, stamped } from './stamp'

/** The first line of a segment. */
export interface SegmentHead {
  readonly spool: string
  readonly segment: number
  /** The number of its first line. */
  readonly first: number
  /** When it was begun, Date.now() ms. */
  readonly at: number
  /** The transports by bit; empty where one was taken out. A name keeps its bit as long as its directory lasts. */
  readonly routes: readonly string[]
}

/** Bits in a run's mask. */
export const MAX_ROUTES = 31
const HEAD = /^#hewn-spool 1 ([0-9a-v]{16}) (\d{1,15}) (\d{1,15}) (\d{1,15}) =(\S*)$/
const NAME = /^(\d{8,15})\.seg$/

export function segmentHead({ spool, segment, first, at, routes }: SegmentHead): string {
  const time = at > 0 ? Math.floor(at) : 0
  return stamp(`#hewn-spool 1 ${spool} ${segment} ${first} ${time} =${renderRoutes(routes)}`)
}

/** `line` without its line break; undefined if it is damaged. */
export function readSegmentHead(line: string): SegmentHead | undefined {
  const match = HEAD.exec(stamped(line) ?? '')
  if (match === null) return undefined
  return {
    spool: match[1]!,
    segment: Number(match[2]),
    first: Number(match[3]),
    at: Number(match[4]),
    routes: readRoutes(match[5]!),
  }
}

/** Names of any kind, as text without blanks and line breaks. */
export function renderRoutes(routes: readonly string[]): string {
  return routes.map(route => encodeURIComponent(route.toWellFormed())).join(',')
}

export function readRoutes(text: string): string[] {
  return text === '' ? [] : text.split(',').map(route => decodeURIComponent(route))
}

export function segmentPath(folder: string, segment: number): string {
  return join(folder, `${String(segment).padStart(8, '0')}.seg`)
}

/** The numbers of the segments that are there, ascending; none if the folder is gone. */
export function listSegments(folder: string): number[] {
  const segments: number[] = []
  try {
    for (const name of readdirSync(folder)) {
      const match = NAME.exec(name)
      if (match !== null) segments.push(Number(match[1]))
    }
  } catch {
    return []
  }
  return segments.sort((a, b) => a - b)
}
