import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import fc from 'fast-check'
import t from 'tap'
import { START } from '../../../lib/delivery/spool/cursor'
import { UNKNOWN } from '../../../lib/delivery/spool/loss'
import { listSegments, segmentPath } from '../../../lib/delivery/spool/segment'
import { SegmentWalk } from '../../../lib/delivery/spool/segment-walk'
import { SpoolSource } from '../../../lib/delivery/spool/spool-source'
import { drain, line, makeFolder, makeSink, numbersOf } from './fixtures/spool'

const LINES = 24

/** A segment of three frames, and the lines in it. */
async function written(): Promise<{ bytes: Buffer; spool: string }> {
  const root = makeFolder()
  const sink = makeSink(root, { durability: 'turn' })
  const spool = sink.id!
  for (let n = 0; n < LINES; n++) {
    sink.write(line(n, n % 3 === 0 ? 40 : 30), n % 3 === 0 ? 40 : 30, Date.now())
    if (n % 8 === 7) await sink.flush(1000)
  }
  const folder = join(root, spool)
  const bytes = readFileSync(segmentPath(folder, listSegments(folder)[0]!))
  await sink.close(100)
  sink.release()
  rmSync(root, { recursive: true })
  return { bytes, spool }
}

/** What comes of a segment of those bytes: the lines that are read, and how many are said to be missing. */
async function read(folder: string, spool: string, bytes: Buffer): Promise<{ numbers: number[]; missing: number }> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  writeFileSync(segmentPath(folder, 1), bytes)
  let missing = 0
  const source = new SpoolSource({
    folder,
    spool,
    name: 'all',
    route: undefined,
    min: 0,
    settled: () => true,
    damaged: () => undefined,
    lossLine: ({ counts }) => {
      for (const count of counts.values()) missing += count
      return '{}\n'
    },
  })
  const lines = await drain(source)
  if (!source.place.ended) throw new Error('does not come to an end')
  source.close()
  for (const { text } of lines) {
    const { n } = JSON.parse(text) as { n?: number }
    if (n !== undefined && `${text}\n` !== line(n, n % 3 === 0 ? 40 : 30)) throw new Error(`not as written: ${text}`)
  }
  return { numbers: numbersOf(lines), missing }
}

t.test('a segment cut at any byte gives the frames before the cut, whole', async t => {
  const { bytes, spool } = await written()
  const folder = join(makeFolder(), 'cut')
  for (let length = 0; length <= bytes.length; length++) {
    const { numbers, missing } = await read(folder, spool, bytes.subarray(0, length))
    if (numbers.some((n, i) => n !== i) || numbers.length % 8 !== 0) return t.fail(`cut at ${length}: ${numbers}`)
    if (numbers.length + missing > LINES) return t.fail(`cut at ${length}: ${missing} missing`)
    if (length === bytes.length) t.equal(numbers.length, LINES)
  }
  return t.pass(`${bytes.length} cuts`)
})

t.test(
  'a flipped bit at any byte costs at most one frame, and every lost line before the last frame is counted',
  async t => {
    const { bytes, spool } = await written()
    const folder = join(makeFolder(), 'flip')
    for (let at = 0; at < bytes.length; at++) {
      const damaged = Buffer.from(bytes)
      damaged[at]! ^= 1 << (at & 7)
      const { numbers, missing } = await read(folder, spool, damaged)
      if (numbers.length < LINES - 8) return t.fail(`flip at ${at}: ${numbers}`)
      if (numbers.includes(LINES - 1) && numbers.length + missing !== LINES) {
        return t.fail(`flip at ${at}: ${numbers.length} and ${missing}`)
      }
    }
    return t.pass(`${bytes.length} flips`)
  },
)

const python = spawnSync('python3', ['-c', '']).status === 0

t.test(
  'an independent reader agrees on good and on damaged files',
  { skip: python ? false : 'python3 is not installed' },
  async t => {
    const script = resolve(__dirname, '../../../../test/delivery/spool/read_spool.py')
    const child: ChildProcessWithoutNullStreams = spawn('python3', [script])
    const answers = createInterface(child.stdout)[Symbol.asyncIterator]()
    const { bytes, spool } = await written()
    const folder = join(makeFolder(), 'both')
    const seed = Number(process.env['HEWN_FC_SEED'] ?? Math.floor(Math.random() * 0x7fff_ffff))
    t.comment(`seed ${seed}`)
    const offset = fc.integer({ min: 0, max: bytes.length - 1 })
    const damage = fc.oneof(
      fc.record({ kind: fc.constant('flip' as const), at: offset, length: fc.integer({ min: 0, max: 7 }) }),
      fc.record({ kind: fc.constant('cut out' as const), at: offset, length: fc.integer({ min: 1, max: 400 }) }),
      fc.record({ kind: fc.constant('zero' as const), at: offset, length: fc.integer({ min: 1, max: 400 }) }),
      fc.record({ kind: fc.constant('twice' as const), at: offset, length: fc.integer({ min: 1, max: 1500 }) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { maxLength: 4 }), async damages => {
        let now = Buffer.from(bytes)
        for (const { kind, at, length } of damages) {
          if (at >= now.length) continue
          if (kind === 'flip') now[at]! ^= 1 << length
          else if (kind === 'zero') now.fill(0, at, Math.min(now.length, at + length))
          else {
            const again = kind === 'twice' ? now.subarray(at, at + length) : Buffer.alloc(0)
            now = Buffer.concat([
              now.subarray(0, kind === 'twice' ? at + length : at),
              again,
              now.subarray(at + length),
            ])
          }
        }
        const { numbers } = await read(folder, spool, now)
        child.stdin.write(`${folder}\n`)
        const { value } = (await answers.next()) as { value: string }
        const theirs = (JSON.parse(value) as [number, number, string][]).map(
          ([, , text]) => (JSON.parse(text) as { n: number }).n,
        )
        if (theirs.join() !== numbers.join()) throw new Error(`they: ${theirs}; we: ${numbers}`)
      }),
      { seed, numRuns: 150 },
    )
    child.stdin.end()
    t.pass('agrees')
  },
)

t.test('a transport that wants warnings only is told of lost lines whose level nobody knows', async t => {
  const options = {
    folder: t.testdir({}),
    name: 'a',
    route: undefined,
    min: 40,
    settled: () => true,
    damaged: () => {},
  }
  const walk = new SegmentWalk(options, START)
  const mine = [UNKNOWN, 30, 40].filter(level => walk.mine({ level, mask: 1, lines: 1 }))
  t.same(mine, [UNKNOWN, 40])
})
