import { gunzipSync, inflateSync } from 'node:zlib'

/** Puts datagrams of GELF together. Throws for what Graylog would drop. */
export class Chunks {
  private readonly begun = new Map<string, (Buffer | undefined)[]>()

  /** The message's text, once all of it is there. */
  add(datagram: Buffer): string | undefined {
    if (datagram.length > 8192) throw new Error(`a datagram of ${datagram.length} bytes`)
    if (datagram.readUInt16BE(0) !== 0x1e0f) return decompressed(datagram)
    const id = datagram.toString('hex', 2, 10)
    const [index, count] = [datagram.readUInt8(10), datagram.readUInt8(11)]
    if (count > 128 || count < 2 || index >= count) throw new Error(`chunk ${index} of ${count}`)
    const chunks = this.begun.get(id) ?? new Array<Buffer | undefined>(count).fill(undefined)
    this.begun.set(id, chunks)
    if (chunks.length !== count) throw new Error(`chunks of ${count} and of ${chunks.length}`)
    if (chunks[index] !== undefined) throw new Error('a chunk that is there already')
    chunks[index] = datagram.subarray(12)
    if (chunks.includes(undefined)) return undefined
    this.begun.delete(id)
    return decompressed(Buffer.concat(chunks as Buffer[]))
  }
}

function decompressed(data: Buffer): string {
  if (data.readUInt16BE(0) === 0x1f8b) return gunzipSync(data).toString()
  return data[0] === 0x78 && data.readUInt16BE(0) % 31 === 0 ? inflateSync(data).toString() : data.toString()
}
