/**
 * Rotation over kills: one process after the other logs to one rotated, compressed file; most of them are killed
 * with SIGKILL at a moment of their own. In the end every line has to be there whose turn had ended, once and in
 * order, in files that are not too large, under names that were given once.
 *
 *     node dist/test/soak/rotation.js [--lines 1000000] [--kills 40] [--seed N]
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { openFile } from '../../lib/output/open'
import type { RotatingSink } from '../../lib/output/rotation/sink'
import { soakLine, type WriterOrders } from './writer'

export interface SoakResult {
  readonly runs: number
  readonly killed: number
  /** Lines whose turn had ended, as far as the processes could say. */
  readonly promised: number
  readonly found: number
  readonly lost: number
  readonly doubledOrMoved: number
  /** Lines that a kill tore, each the last of its process. */
  readonly torn: number
  readonly files: number
  readonly compressed: number
  readonly largest: number
  readonly maxSize: number
  /** Names that sort before one that was given earlier, or were given twice. */
  readonly badNames: number
  readonly unfinished: number
}

export async function soak(lines: number, kills: number, seed: number): Promise<SoakResult> {
  const folder = mkdtempSync(join(tmpdir(), 'hewn-soak-'))
  try {
    return await soakIn(folder, lines, kills, seed)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function soakIn(folder: string, lines: number, kills: number, seed: number): Promise<SoakResult> {
  const random = generator(seed)
  const maxSize = Math.max(64 * 1024, Math.floor((lines * 150) / 300))
  const options = { path: join(folder, 'app.log'), maxSize, compress: 'gzip' } as const
  const perRun = Math.ceil(lines / (kills + 1))
  const promised: number[] = []
  let killed = 0
  let left = lines
  while (left > 0) {
    const run = promised.length
    const doomed = killed < kills
    const wanted = doomed ? Math.min(left, perRun * 2) : left
    const stop = doomed ? Math.floor(random() * perRun * 1.5) : Number.POSITIVE_INFINITY
    const done = await write({ options, run, lines: wanted, burst: 1 + Math.floor(random() * 300) }, stop)
    if (done.killed) killed++
    promised.push(done.lines)
    left -= done.lines
  }
  await finish(options)
  return { runs: promised.length, killed, maxSize, ...audit(folder, promised) }
}

/** Runs one process; kills it once it has said that so many lines are logged. */
async function write(orders: WriterOrders, stop: number): Promise<{ lines: number; killed: boolean }> {
  const child = spawn(process.execPath, [join(__dirname, 'writer.js'), JSON.stringify(orders)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-100)
    if (lastOf(said) >= stop) child.kill('SIGKILL')
  })
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(`the writer ended with ${code ?? signal}`)
  return { lines: lastOf(said), killed: signal === 'SIGKILL' }
}

function lastOf(said: string): number {
  return Number(said.slice(0, said.lastIndexOf('\n')).split('\n').at(-1) ?? 0)
}

/** What is not compressed yet is, by the next process that opens the file. */
async function finish(options: { path: string; maxSize: number; compress: 'gzip' }): Promise<void> {
  const host = { name: 'soak', durability: 'turn', exitTimeout: 1000, lossLine: () => '', signals: false } as const
  const sink = openFile(options, host) as RotatingSink
  const alive = setInterval(() => undefined, 1000)
  await sink.tidy
  await sink.close(5000)
  clearInterval(alive)
}

function audit(folder: string, promised: readonly number[]): Omit<SoakResult, 'runs' | 'killed' | 'maxSize'> {
  const names = readdirSync(folder)
    .filter(name => /^app\..*\.log(\.gz)?$/.test(name))
    .sort()
  const found = promised.map(() => 0)
  let [torn, doubledOrMoved, largest, badNames, run] = [0, 0, 0, 0, 0]
  for (const name of [...names, 'app.log']) {
    const bytes = readFileSync(join(folder, name))
    const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
    largest = Math.max(largest, text.length)
    const first = run
    for (const line of text.split('\n').slice(0, -1)) {
      const read = parse(line)
      if (read === undefined) torn++
      else if (read.run >= run && read.n === found[read.run]) {
        run = read.run
        found[run]!++
      } else doubledOrMoved++
    }
    if (run < first) badNames++
  }
  const bare = names.map(name => name.replace(/\.gz$/, ''))
  badNames += bare.length - new Set(bare).size
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)
  return {
    promised: sum(promised),
    found: sum(found),
    lost: sum(promised.map((lines, i) => Math.max(0, lines - found[i]!))),
    doubledOrMoved,
    torn,
    files: names.length,
    compressed: names.filter(name => name.endsWith('.gz')).length,
    largest,
    badNames,
    unfinished: readdirSync(folder).filter(name => name.endsWith('.tmp')).length,
  }
}

function parse(line: string): { run: number; n: number } | undefined {
  try {
    const { run, n } = JSON.parse(line) as { run: number; n: number }
    return `${line}\n` === soakLine(run, n) ? { run, n } : undefined
  } catch {
    return undefined
  }
}

/** Numbers from 0 to 1 that a seed repeats (mulberry32). */
function generator(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Does everything add up? */
export function conserved(result: SoakResult): boolean {
  const { lost, doubledOrMoved, badNames, largest, maxSize, torn, killed, files, compressed, unfinished } = result
  const whole = lost === 0 && doubledOrMoved === 0 && torn <= killed
  return whole && badNames === 0 && largest <= maxSize && compressed === files && unfinished === 0
}

export function conservation(r: SoakResult): string {
  return (
    `${r.promised} lines promised by ${r.runs} processes (${r.killed} killed): ${r.found} found in order, ${r.lost} lost, ` +
    `${r.doubledOrMoved} doubled or out of order, ${r.torn} torn by a kill; ${r.files} rotated files, ${r.compressed} compressed, ` +
    `the largest ${r.largest} of at most ${r.maxSize} bytes, ${r.badNames} names reused or out of order`
  )
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      lines: { type: 'string', default: '1000000' },
      kills: { type: 'string', default: '40' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    },
  })
  const result = await soak(Number(values.lines), Number(values.kills), Number(values.seed))
  console.log(`seed ${values.seed}: ${conservation(result)}`)
  if (!conserved(result)) process.exitCode = 1
}

if (require.main === module) void main()
