/**
 * A service under load, first without logging and then with it. Half-way one route's level changes for a moment; in
 * the end the service is stopped by SIGTERM while requests are coming in. Then calls and lines are counted.
 *
 *     npm run demo        or        node dist/examples/demo/main.js [--seconds 5]
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { CONNECTIONS, Load } from './load'
import { appendedSince, type LogRecord, readLog } from './records'
import { readTally } from './tally'

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '5' } } })
const seconds = Math.max(0.5, Number(values.seconds) || 0)
const folder = mkdtempSync(join(tmpdir(), 'hewn-demo-'))

interface Run {
  readonly answered: number
  readonly rate: number
  readonly calls: number
  readonly records: readonly LogRecord[]
}

void main()

async function main(): Promise<void> {
  say(`A shop's HTTP service under load: ${CONNECTIONS} connections, as many requests as it answers.`)
  say(`\n1. Without logging (LOG_LEVEL=silent)`)
  const silent = await run('silent', seconds * 0.8, async () => {})
  say(`\n2. With logging: JSON into a file from info on, and here, for people, from warn on\n`)
  const logged = await run('info', seconds, changeLevels)
  summarize(silent, logged)
  if (logged.calls !== logged.records.length) process.exitCode = 1
}

/** The service with this level, under load for so many seconds; `halfWay` happens in the middle. */
async function run(level: string, seconds: number, halfWay: (url: string, log: string) => Promise<void>): Promise<Run> {
  const own = join(folder, level)
  mkdirSync(own)
  const service = fork(join(__dirname, 'service.js'), [own], { env: { ...process.env, LOG_LEVEL: level } })
  const [port] = (await once(service, 'message')) as [number]
  const url = `http://127.0.0.1:${port}`
  // Before the load comes: the first fetch of a process loads its client.
  await overlays(url)
  const load = new Load(url)
  await wait(seconds * 500)
  await halfWay(url, join(own, 'service.log'))
  load.startRate()
  await wait(seconds * 400)
  const { rate } = load
  await stop(service)
  const { answered } = load
  await load.stop()
  return { answered, rate, calls: readTally(join(own, 'calls')), records: readLog(join(own, 'service.log')) }
}

async function stop(service: ChildProcess): Promise<void> {
  const exit = once(service, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  service.kill('SIGTERM')
  const [code, signal] = await exit
  say(`\n   SIGTERM in mid-load: the service ended by ${signal ?? `itself, with code ${code}`}`)
}

/** One route's level, for a moment, in a process that runs: by its admin route. */
async function changeLevels(url: string, log: string): Promise<void> {
  const body = JSON.stringify({ levels: 'http.checkout=debug', for: `${Math.round(seconds * 200)}ms` })
  const { size } = statSync(log)
  say(`\n   PUT /admin/levels ${body}`)
  await fetch(`${url}/admin/levels`, { method: 'PUT', body })
  await wait(seconds * 50)
  const debug = appendedSince(log, size)
    .split('\n')
    .filter(line => line.includes('"level":"debug"'))
  say(`   ${debug.length} debug lines in the file by now. The first two, as they stand there:`)
  for (const line of debug.slice(0, 2)) say(`   ${line}`)
  while (await overlays(url)) await wait(20)
  say('   over: http.checkout is back at info, by itself\n')
}

async function overlays(url: string): Promise<number> {
  const answer = await fetch(`${url}/admin/levels`)
  return ((await answer.json()) as { overlays: unknown[] }).overlays.length
}

function summarize(silent: Run, logged: Run): void {
  const { answered, calls, records } = logged
  const debug = records.filter(({ level }) => level === 'debug').length
  const path = relative(process.cwd(), join(__dirname, 'service.js'))
  say('')
  row('requests answered', answered)
  row('log calls', calls)
  row('lines on disk', records.length)
  row('  of them at debug, while the rule was on', debug)
  row('lines lost', calls - records.length)
  row('requests a second, without logging', silent.rate)
  row('requests a second, with logging', logged.rate)
  say(`\nThe files are in ${folder}. What next:\n`)
  say(`  tail -n 3 ${join(folder, 'info', 'service.log')}`)
  say(
    `  LOG_LEVEL=warn,http.checkout=debug node ${path} ${folder} 8080     # then: curl -X POST localhost:8080/checkout`,
  )
  say('  npm test')
}

function row(title: string, value: number): void {
  say(`  ${title.padEnd(44)}${Math.round(value).toLocaleString('en').padStart(10)}`)
}

function say(text: string): void {
  console.log(text)
}
