/** Keeps the file system busy, as a neighbour that writes and syncs would, until its parent lets go of it. */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'

const CHUNK = Buffer.alloc(4 * 1024 * 1024, 'x')
const CHUNKS = 16

const fd = openSync(process.argv[2] ?? '', 'w')
let written = 0

process.on('disconnect', () => {
  closeSync(fd)
  process.exit()
})
process.send?.({})

function disturb(): void {
  writeSync(fd, CHUNK, 0, CHUNK.length, (written++ % CHUNKS) * CHUNK.length)
  fsyncSync(fd)
  setImmediate(disturb)
}
disturb()
