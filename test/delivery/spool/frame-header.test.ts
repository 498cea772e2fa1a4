import assert from 'node:assert/strict'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import t from 'tap'
import { type Run, readHeader } from '../../../lib/delivery/spool/frame'
import { headerRoom, putHeader } from '../../../lib/delivery/spool/frame-header'
import { stamp } from '../../../lib/delivery/spool/stamp'
import { holds } from '../../support/property'

const number = fc.oneof(fc.nat(1000), fc.nat(2 ** 31 - 1), fc.nat({ max: 999_999_999_999_999 }))
const level = fc.oneof(fc.nat(60), fc.constantFrom(-1, 32.5, 1e6, 2 ** 31), fc.integer())
const run = fc.record({ level, mask: fc.nat(2 ** 31 - 1), lines: fc.nat(999_999_999) })
const time = fc.oneof(fc.date({ noInvalidDate: true }).map(Number), number, fc.double({ min: 0, max: 9e14 }))
const bytes = fc.uint8Array({ maxLength: 200 })

/** The same as text, as docs/SPOOL.md has it. */
function text(payload: Uint8Array, first: number, from: number, runs: readonly Run[]): string {
  const parts = runs.map(each => `${each.level}:${each.mask.toString(16)}:${each.lines}`)
  const crc = crc32(payload).toString(16).padStart(8, '0')
  return stamp(`@1 ${payload.length} ${first} ${from > 0 ? Math.floor(from) : 0} ${parts.join(',')} ${crc}`)
}

function put(payload: Uint8Array, first: number, from: number, runs: readonly Run[], end: number) {
  const space = Buffer.alloc(end + 10, 0xff)
  const start = putHeader(space, end, payload, first, from, runs)
  return { start, space, bytes: space.subarray(start, end) }
}

t.test('a header says in the format of SPOOL.md what its frame holds, and nothing beside it is touched', async t => {
  const runs = fc.array(run, { minLength: 1, maxLength: 20 })
  holds(
    t,
    fc.property(bytes, number, time, runs, (payload, first, from, runs) => {
      const end = headerRoom(runs)
      const { start, space, bytes } = put(payload, first, from, runs, end)
      assert.equal(bytes.toString('latin1'), text(payload, first, from, runs))
      assert.ok(start >= 0 && space.subarray(0, start).every(byte => byte === 0xff))
      assert.ok(space.subarray(end).every(byte => byte === 0xff))
    }),
    1000,
  )
})

t.test('a reader finds in it what it was given', async t => {
  const runs = [
    { level: 30, mask: 3, lines: 10 },
    { level: 50, mask: 0x7fff_ffff, lines: 1 },
  ]
  const { bytes } = put(Buffer.from('x\n'), 4_294_967_297, 1_763_884_800_123, runs, 500)
  t.match(readHeader(Buffer.from(bytes), 0), {
    frame: { bytes: 2, first: 4_294_967_297, lines: 11, from: 1_763_884_800_123, runs },
    length: bytes.length,
  })
})
