/** Three times the longest turn plus the longest line would be more; a turn beyond it gets a buffer of its own. */
const SCRATCH_BYTES = 256 * 1024
/** A UTF-16 unit is at most this many bytes of UTF-8. */
const BYTES_PER_UNIT = 3

let scratch: Buffer | undefined

/** The text as UTF-8, valid until the next call: one scratch buffer for the thread, so that a turn allocates none. */
export function encode(text: string): Buffer {
  if (text.length * BYTES_PER_UNIT > SCRATCH_BYTES) return Buffer.from(text)
  scratch ??= Buffer.allocUnsafeSlow(SCRATCH_BYTES)
  return scratch.subarray(0, scratch.write(text, 0, 'utf8'))
}
