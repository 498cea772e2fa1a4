import { crc32 } from 'node:zlib'
import { STAMP_BYTES, stamped } from './stamp'

/** Lines that follow each other, of one level and for the same transports. */
export interface Run {
  readonly level: number
  /** A bit for each transport it is for; the segment's header says which. */
  readonly mask: number
  readonly lines: number
}

/** One write: whole lines of one writer, and what is known of them. */
export interface Frame {
  /** Bytes of the lines. */
  readonly bytes: number
  /** The first line's number, from 1 on; the others follow. */
  readonly first: number
  readonly lines: number
  /** When the first line was logged, Date.now() ms. */
  readonly from: number
  readonly runs: readonly Run[]
  readonly crc: number
}

/** What stands at a place where a frame should begin. */
export type HeaderFound = { readonly frame: Frame; readonly length: number } | 'short' | 'bad'

const NEWLINE = 10
/** A reader gives up looking for the end of a header here. A turn's runs need a fraction of it. */
export const MAX_HEADER = 512 * 1024
/** How every frame begins, and no line of JSON. */
export const FRAME_START = '@1 '
const HEADER = /^@1 (\d{1,15}) (\d{1,15}) (\d{1,15}) (\S+) ([0-9a-f]{8})$/
const RUN = /^(-?\d+(?:\.\d+)?):([0-9a-f]{1,8}):(\d{1,9})$/

/** Reads the header that begins at `start`, in the bytes there are. */
export function readHeader(bytes: Buffer, start: number): HeaderFound {
  const end = bytes.indexOf(NEWLINE, start)
  if (end === -1) return bytes.length - start < MAX_HEADER && mayBegin(bytes, start) ? 'short' : 'bad'
  if (end - start < STAMP_BYTES || end - start > MAX_HEADER) return 'bad'
  const match = HEADER.exec(stamped(bytes.toString('latin1', start, end)) ?? '')
  if (match === null) return 'bad'
  const runs = readRuns(match[4]!)
  if (runs === undefined) return 'bad'
  const lines = runs.reduce((sum, run) => sum + run.lines, 0)
  const frame = {
    bytes: Number(match[1]),
    first: Number(match[2]),
    lines,
    from: Number(match[3]),
    runs,
    crc: Number.parseInt(match[5]!, 16),
  }
  return { frame, length: end + 1 - start }
}

/** Are these the lines that the frame was written with? */
export function intact(frame: Frame, payload: Uint8Array): boolean {
  return payload.length === frame.bytes && payload.at(-1) === NEWLINE && crc32(payload) === frame.crc
}

/** `30:3:10,50:1:1`; undefined if it is not that. */
export function readRuns(text: string): Run[] | undefined {
  const runs: Run[] = []
  for (const part of text.split(',')) {
    const match = RUN.exec(part)
    if (match === null) return undefined
    runs.push({ level: Number(match[1]), mask: Number.parseInt(match[2]!, 16), lines: Number(match[3]) })
  }
  return runs
}

function mayBegin(bytes: Buffer, start: number): boolean {
  for (let i = 0; i < FRAME_START.length && start + i < bytes.length; i++) {
    if (bytes[start + i] !== FRAME_START.charCodeAt(i)) return false
  }
  return true
}
