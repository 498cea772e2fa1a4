import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { gelfMessage } from '../../lib/layouts/gelf'
import { graylog } from '../../transports/graylog'
import { capture } from '../support/capture'
import { deliveryTo } from '../support/deliveries'
import { storeInGraylog } from '../support/graylog'
import { userFields } from '../support/graylog-fields'

/**
 * graylog() against programs of Graylog's own. Needed, or skipped:
 *
 * - go, and Debian's golang-github-graylog2-go-gelf-dev (elsewhere: HEWN_GO_GELF names its folder `gelf`)
 * - java 17, and HEWN_GRAYLOG_JARS: a folder filled from test/real/graylog/pom.xml
 */
const sources = resolve(__dirname, '../../../test/real/graylog')
const goGelf = process.env['HEWN_GO_GELF'] ?? '/usr/share/gocode/src/github.com/Graylog2/go-gelf/gelf'
const jars = process.env['HEWN_GRAYLOG_JARS']
const LONG = 600_000
const TIME = '2026-11-22T21:57:31.123Z'

type Way = 'udp' | 'tcp' | 'http' | 'bulk'
type Document = Readonly<Record<string, unknown>>

/** A program that listens in some ways, and prints what it read. */
class RealReceiver {
  readonly documents: Document[] = []
  private ports: Readonly<Record<string, number>> | undefined
  private ended = false
  private stderr = ''
  private waiting: (() => void)[] = []

  constructor(private readonly child: ChildProcessWithoutNullStreams) {
    child.stderr.on('data', text => {
      this.stderr += String(text)
    })
    // By hand: node:readline, from Node 24 on, also ends a line at U+2028, which stands in some of these.
    let rest = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop()!
      for (const line of lines) this.read(JSON.parse(line) as Document)
      this.wake()
    })
    child.on('close', () => {
      this.ended = true
      this.wake()
    })
  }

  async transport(way: Way): Promise<ReturnType<typeof graylog>> {
    while (this.ports === undefined) await this.news()
    const bulk = way === 'bulk'
    return graylog({ url: `${bulk ? 'http' : way}://127.0.0.1:${this.ports[way]}`, ...(bulk ? { bulk } : {}) })
  }

  async has(documents: number): Promise<void> {
    while (this.documents.length < documents) await this.news()
  }

  async stop(): Promise<void> {
    this.child.stdin.end()
    while (!this.ended) await this.news().catch(() => {})
  }

  private read(value: Document): void {
    if (this.ports === undefined) this.ports = value as Record<string, number>
    else this.documents.push(value)
  }

  private async news(): Promise<void> {
    if (this.ended) throw new Error(`the receiver has ended: ${this.stderr.slice(0, 500)}`)
    await new Promise<void>(go => this.waiting.push(go))
  }

  private wake(): void {
    for (const go of this.waiting.splice(0)) go()
  }
}

/** Lines of each kind that a receiver must read in its own way: short, compressed, in chunks, an error, names of all sorts. */
function manyLines(): string[] {
  const { logger, take } = capture()
  logger.info('short')
  logger.warn({ text: 'long '.repeat(2000) }, 'compressed')
  logger.debug({ noise: randomBytes(10_000).toString('hex') }, 'in chunks')
  logger.error(new TypeError('boom', { cause: new Error('inner') }))
  logger.info({ id: 1, ok: true, none: null, http: { status: 200 }, 'a.b': 1, a_b: 2, größe: 3 }, 'names \0 \u2028')
  return take().map(line => line.trimEnd())
}

async function deliver(receiver: RealReceiver, way: Way, lines: readonly string[]): Promise<string[]> {
  const { pipeline, spool, remove } = await deliveryTo(await receiver.transport(way))
  const ids: string[] = []
  // So few at a time that no receiver, however slow at first, has to drop a datagram.
  for (let from = 0; from < lines.length; from += 50) {
    const before = receiver.documents.length
    const some = lines.slice(from, from + 50)
    for (const line of some) ids.push(spool.write(line))
    await pipeline.flush(LONG)
    await receiver.has(before + some.length)
  }
  await pipeline.close(1000)
  remove()
  return ids
}

const expected = (line: string, id: string) => gelfMessage(line, hostname(), { hewn_id: id })

/** The package's files and ours, as one program. */
function buildReader(folder: string): string {
  for (const name of readdirSync(goGelf).filter(name => name.endsWith('.go') && !name.endsWith('_test.go'))) {
    const source = readFileSync(join(goGelf, name), 'utf8')
    writeFileSync(join(folder, name), source.replace(/^package gelf$/m, 'package main'))
  }
  writeFileSync(join(folder, 'hewn.go'), readFileSync(join(sources, 'reader.go')))
  writeFileSync(join(folder, 'go.mod'), 'module reader\n\ngo 1.19\n')
  const env = { ...process.env, GO111MODULE: 'on', GOPROXY: 'off', GOFLAGS: '-mod=mod' }
  const built = spawnSync('go', ['build', '-o', 'reader', '.'], { cwd: folder, env, encoding: 'utf8' })
  if (built.status !== 0) throw new Error(built.stderr)
  return join(folder, 'reader')
}

function lacksGo(): string | false {
  if (!existsSync(join(goGelf, 'reader.go'))) return `Graylog's reader for Go is not in ${goGelf}`
  return spawnSync('go', ['version']).status !== 0 && 'go is not installed'
}

t.test("Graylog's reader for Go reads what was sent", { skip: lacksGo(), timeout: 110_000 }, async t => {
  const folder = mkdtempSync(join(tmpdir(), 'hewn-go-'))
  const receiver = new RealReceiver(spawn(buildReader(folder)))
  t.teardown(async () => {
    await receiver.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  for (const way of ['udp', 'tcp'] as const) {
    const lines = manyLines()
    const ids = await deliver(receiver, way, lines)
    t.comment(
      `Graylog's reader for Go: ${receiver.documents.length} messages of ${lines.length} lines read over ${way}`,
    )
    for (const [index, document] of receiver.documents.splice(0).entries()) {
      const message = JSON.parse(expected(lines[index]!, ids[index]!)) as Record<string, unknown>
      const { version, host, short_message, full_message = '', timestamp, level, ...extra } = message
      t.strictSame(document, { version, host, short_message, full_message, timestamp, level, extra }, way)
    }
  }
})

/** What Graylog makes of texts: it takes the blanks at both ends, and drops what is empty then. */
function kept(message: ReadonlyMap<string, string | number>): Record<string, unknown> {
  const trimmed = [...message].map(([name, value]): [string, unknown] => [
    name,
    typeof value === 'string' ? value.replace(/^[\0- ]+|[\0- ]+$/g, '') : value,
  ])
  return Object.fromEntries(trimmed.filter(([, value]) => value !== ''))
}

function fromDocument({
  timestamp,
  streams,
  gl2_accounted_message_size,
  ...fields
}: Document): Record<string, unknown> {
  return { ...fields, timestamp: Date.parse(`${String(timestamp).replace(' ', 'T')}Z`) / 1000 }
}

function lacksJava(): string | false {
  if (jars === undefined) return "HEWN_GRAYLOG_JARS names no folder with a Graylog server's classes"
  return spawnSync('java', ['-version']).status !== 0 && 'java is not installed'
}

t.test("Graylog's server keeps every field of what was sent", { skip: lacksJava(), timeout: 60_000 }, async t => {
  const receiver = new RealReceiver(spawn('java', ['-cp', join(jars ?? '', '*'), join(sources, 'GraylogDecoder.java')]))
  t.teardown(() => receiver.stop())
  const random = fc
    .sample(userFields, 200)
    .map(fields => JSON.stringify({ time: TIME, level: 'info', msg: 'x', ...fields }))
  for (const way of ['udp', 'tcp', 'http', 'bulk'] as const) {
    const lines = [...manyLines(), ...random]
    const ids = await deliver(receiver, way, lines)
    t.comment(`Graylog's server: ${receiver.documents.length} messages of ${lines.length} lines stored over ${way}`)
    for (const [index, document] of receiver.documents.splice(0).entries()) {
      const wanted = kept(storeInGraylog(expected(lines[index]!, ids[index]!)))
      t.strictSame(fromDocument(document), wanted, `${way}, line ${index}`)
    }
  }
})
