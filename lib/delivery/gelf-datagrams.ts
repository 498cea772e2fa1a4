import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { DeliveryError } from './outcome'

/**
 * A GELF message as datagrams: one if it fits, else compressed, else compressed in chunks. A receiver that misses one of
 * them for five seconds drops the message. Throws a DeliveryError for what does not fit into 128 of the largest.
 */
export async function gelfDatagrams(message: string, compressed: boolean): Promise<Buffer[]> {
  const plain = Buffer.from(message)
  if (plain.length <= SAFE) return [plain]
  const body = compressed ? await compress(plain) : plain
  if (body.length <= SAFE) return [body]
  const size = Math.max(SAFE, Math.ceil(body.length / MOST_CHUNKS) + HEADER) - HEADER
  if (size + HEADER > LARGEST) {
    throw new DeliveryError('poison', `${body.length} bytes, more than GELF can send over UDP`, { tooLarge: true })
  }
  const count = Math.ceil(body.length / size)
  const id = randomBytes(8)
  return Array.from({ length: count }, (_, index) =>
    Buffer.concat([MAGIC, id, Buffer.of(index, count), body.subarray(index * size, (index + 1) * size)]),
  )
}

const compress = promisify(gzip)

const MAGIC = Buffer.of(0x1e, 0x0f)
const HEADER = 12
/** A receiver takes no more chunks for one message. */
const MOST_CHUNKS = 128
/** Passes through the Internet in one piece. A message that needs more than 128 of these gets larger ones, which are split on the way. */
const SAFE = 1420
/** Some of Graylog's parts read no more at once. */
const LARGEST = 8192
