import { crc32 } from 'node:zlib'

/** A line of text ends in a blank and the CRC-32 (IEEE, as zlib has it) of all before, blank included. */
export const STAMP_BYTES = 9

/** The text with its checksum and a line break. ASCII only. */
export function stamp(text: string): string {
  const body = `${text} `
  return `${body}${crc32(body).toString(16).padStart(8, '0')}\n`
}

/** What `stamp` was given, if `line`, without its line break, is as it was written. */
export function stamped(line: string): string | undefined {
  const body = line.slice(0, 1 - STAMP_BYTES)
  if (!body.endsWith(' ') || line.slice(body.length) !== crc32(body).toString(16).padStart(8, '0')) return undefined
  return body.slice(0, -1)
}
