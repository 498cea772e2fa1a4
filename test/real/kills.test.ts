import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { indexTemplate } from '../../lib/delivery/elastic/template'
import { lineId, SPOOL_ID } from '../../lib/delivery/spool/ids'
import { missing, type OpenSearch, startOpenSearch } from './opensearch-server'
import { type Payload, payloadOf, random, TURN } from './proof/payload'

/**
 * The promise as a whole: whatever dies, what was accepted is there once. The application is killed in each run at a moment
 * nobody chose, and OpenSearch in three of them. HEWN_SEED repeats the moments of a run, as far as a machine repeats itself.
 */
const RUNS = 20
const SERVER_KILLS = [5, 11, 17]
const seed = Number(process.env['HEWN_SEED'] ?? Date.now() % 1_000_000)

interface Run {
  readonly run: number
  readonly ms: number
  /** By the ledger: lines whose turn was over. */
  readonly accepted: readonly Payload[]
  readonly serverKilled: boolean
}

interface Stored {
  readonly id: string
  readonly proof: Payload
  readonly message: string
  readonly sequence: number
}

const version = ['3.4.0', '2.19.1'].find(version => missing(version) === undefined) ?? '3.4.0'

t.test(
  `what was accepted is there once, after ${RUNS} SIGKILLs of the application and ${SERVER_KILLS.length} of OpenSearch`,
  { skip: missing(version) ?? false, timeout: 600_000 },
  async t => {
    const folder = mkdtempSync(join(tmpdir(), 'hewn-kills-'))
    const server = await startOpenSearch(version)
    t.teardown(async () => {
      await server.remove()
      rmSync(folder, { recursive: true, force: true })
    })
    const template = indexTemplate({ flavour: 'opensearch', version, pattern: 'logs-proof-*', isStream: true })
    await server.ask('PUT', '/_index_template/proof', template)
    const runs = await killAll(server, folder)
    const { count, documents } = await readBack(server)
    compare(t, runs, documents)
    const accepted = runs.reduce((sum, { accepted }) => sum + accepted.length, 0)
    t.comment(`seed ${seed}; ${server.title} counts ${count} documents, the ledgers ${accepted} accepted lines`)
    t.strictSame(
      readdirSync(join(folder, 'spool')).filter(name => name.includes('.dlq.')),
      [],
      'nothing was set aside',
    )
  },
)

async function killAll(server: OpenSearch, folder: string): Promise<Run[]> {
  const draw = random(seed)
  const runs: Run[] = []
  let serverIsBack = Promise.resolve()
  for (let run = 1; run <= RUNS; run++) {
    const serverKilled = SERVER_KILLS.includes(run)
    const application = start(server, folder, run, join(folder, `${run}.ledger`))
    const started = performance.now()
    await once(application.stdout!, 'data')
    if (serverKilled) {
      await serverIsBack
      await wait(200 + draw() * 800)
      await server.kill()
      serverIsBack = server.start()
    }
    await wait(100 + draw() * 1900)
    await kill(application)
    const ms = performance.now() - started
    runs.push({ run, ms, accepted: readLedger(join(folder, `${run}.ledger`)), serverKilled })
  }
  await serverIsBack
  await drain(server, folder)
  return runs
}

function start(server: OpenSearch, folder: string, run: number, ledger?: string): ChildProcess {
  const program = join(__dirname, 'proof/application.js')
  const args = [program, join(folder, 'spool'), server.url, String(seed), String(run)]
  return spawn(process.execPath, ledger === undefined ? args : [...args, ledger], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

async function kill(application: ChildProcess): Promise<void> {
  application.kill('SIGKILL')
  await once(application, 'close')
}

/** Until one more process has sent what the killed ones have left, and taken away their folders: all but its own. */
async function drain(server: OpenSearch, folder: string): Promise<void> {
  const last = start(server, folder, 0)
  while (readdirSync(join(folder, 'spool')).filter(name => SPOOL_ID.test(name)).length !== 1) {
    if (last.exitCode !== null) throw new Error(`the last process has ended by itself: ${last.exitCode}`)
    await wait(100)
  }
  await kill(last)
}

/** The last line may be torn: then its turn was not noted down. */
function readLedger(path: string): Payload[] {
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines.slice(0, -1).map(line => JSON.parse(line) as Payload)
}

async function readBack(server: OpenSearch): Promise<{ count: number; documents: Stored[] }> {
  await server.ask('POST', '/logs-proof-test/_refresh')
  const { count } = (await server.ask('GET', '/logs-proof-test/_count')) as { count: number }
  const documents: Stored[] = []
  let page = (await server.ask('POST', '/logs-proof-test/_search?scroll=2m', { size: 5000, sort: ['_doc'] })) as Page
  while (page.hits.hits.length > 0) {
    for (const { _id, _source } of page.hits.hits) {
      const { proof, message, event } = _source
      documents.push({ id: _id, proof, message, sequence: event.sequence })
    }
    const scroll_id = page._scroll_id
    page = (await server.ask('POST', '/_search/scroll', { scroll: '2m', scroll_id })) as unknown as Page
  }
  return { count, documents }
}

interface Page extends Record<string, unknown> {
  readonly _scroll_id: string
  readonly hits: {
    readonly hits: readonly {
      readonly _id: string
      readonly _source: { readonly proof: Payload; readonly message: string; readonly event: { sequence: number } }
    }[]
  }
}

function compare(t: Test, runs: readonly Run[], documents: readonly Stored[]): void {
  const byRun = new Map<number, Stored[]>(runs.map(({ run }) => [run, []]))
  for (const document of documents) byRun.get(document.proof.run)?.push(document)
  const total = { accepted: 0, stored: 0, missing: 0, twice: 0, altered: 0, misnumbered: 0, unknown: 0 }
  t.comment('run     ms  accepted    stored  killed turn  missing  twice  altered')
  for (const { run, ms, accepted, serverKilled } of runs) {
    const result = judge(accepted, byRun.get(run) ?? [], run)
    const { stored, killedTurn, missing, twice, altered } = result
    const row = [
      [run, 3],
      [Math.round(ms), 7],
      [accepted.length, 10],
      [stored, 10],
      [killedTurn, 13],
      [missing, 9],
      [twice, 7],
      [altered, 9],
    ] as const
    const text = row.map(([value, width]) => String(value).padStart(width)).join('')
    t.comment(`${text}${serverKilled ? '  OpenSearch killed' : ''}`)
    total.accepted += accepted.length
    for (const key of ['stored', 'missing', 'twice', 'altered', 'misnumbered', 'unknown'] as const) {
      total[key] += result[key]
    }
  }
  t.equal(total.missing, 0, 'accepted lines that are missing')
  t.equal(total.twice, 0, 'lines that are there twice')
  t.equal(total.altered, 0, 'lines with another payload')
  t.equal(total.misnumbered, 0, 'lines whose id is not that of their place in their process')
  t.equal(total.unknown, 0, 'lines that are neither accepted nor of the turn that was killed')
  t.equal(total.stored, documents.length, 'every document is of one of the runs')
  t.ok(total.accepted > RUNS * 100, 'it was under load')
}

type Judgement = Readonly<
  Record<'stored' | 'killedTurn' | 'missing' | 'twice' | 'altered' | 'misnumbered' | 'unknown', number>
>

/** Of one process: its lines are numbered in the order of its calls, from 1 on, and their ids with them. */
function judge(accepted: readonly Payload[], stored: readonly Stored[], run: number): Judgement {
  const spool = stored[0]?.id.split('.')[0] ?? ''
  const seen = new Set<number>()
  let [twice, altered, misnumbered, killedTurn, unknown] = [0, 0, 0, 0, 0]
  for (const { id, proof, message, sequence } of stored) {
    const { n } = proof
    if (seen.has(n)) twice++
    seen.add(n)
    const expected = accepted[n] ?? payloadOf(seed, run, n)
    if (JSON.stringify(proof) !== JSON.stringify(expected) || message !== expected.text) altered++
    if (id !== lineId(spool, n + 1) || sequence !== n + 1) misnumbered++
    if (n < accepted.length) continue
    if (n < accepted.length + TURN) killedTurn++
    else unknown++
  }
  const missing = accepted.filter(({ n }) => !seen.has(n)).length
  return { stored: stored.length, killedTurn, missing, twice, altered, misnumbered, unknown }
}

function wait(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}
