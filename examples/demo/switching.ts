import { statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { CONNECTIONS, Load } from './load'
import { appendedSince, type LogRecord, readLog } from './records'
import { row, say } from './say'
import { ServiceProcess, writeConfig } from './service-process'

interface Run {
  readonly answered: number
  readonly rate: number
  readonly calls: number
  readonly records: readonly LogRecord[]
}

/**
 * The service under load without logging, and with it: half-way one route's level changes for a moment, in the end it
 * is stopped by SIGTERM while requests are coming in. Resolves to whether each call has become a line.
 */
export async function switchLevels(folder: string, seconds: number): Promise<boolean> {
  say(`A shop's HTTP service under load: ${CONNECTIONS} connections, as many requests as it answers.`)
  say(`\n1. Without logging (LOG_LEVEL=silent)`)
  const silent = await run(join(folder, 'silent'), 'silent', seconds * 0.8, async () => {})
  say(`\n2. With logging: JSON into a file from info on, and here, for people, from warn on\n`)
  const logged = await run(join(folder, 'info'), 'info', seconds, (url, log) => changeLevels(url, log, seconds))
  summarize(silent, logged)
  return logged.calls === logged.records.length
}

/** The service with this level, under load for so many seconds; `halfWay` happens in the middle. */
async function run(
  folder: string,
  level: string,
  seconds: number,
  halfWay: (url: string, log: string) => Promise<void>,
): Promise<Run> {
  const path = join(folder, 'service.log')
  const transports = [
    { type: 'file', path },
    { type: 'pretty', level: 'warn' },
  ]
  const config = writeConfig(folder, { transports })
  const service = await ServiceProcess.start({ folder, config, env: { LOG_LEVEL: level } })
  // Before the load comes: the first fetch of a process loads its client.
  await overlays(service.url)
  const load = new Load(service.url)
  await wait(seconds * 500)
  await halfWay(service.url, path)
  load.startRate()
  await wait(seconds * 400)
  const { rate } = load
  say(`\n   SIGTERM in mid-load: the service ended ${await service.end('SIGTERM')}`)
  const { answered } = load
  await load.stop()
  return { answered, rate, calls: service.issued.made, records: readLog(path) }
}

/** One route's level, for a moment, in a process that runs: by its admin route. */
async function changeLevels(url: string, log: string, seconds: number): Promise<void> {
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
  say('')
  row('requests answered', answered)
  row('log calls', calls)
  row('lines on disk', records.length)
  row('  of them at debug, while the rule was on', debug)
  row('lines missing', calls - records.length)
  row('requests a second, without logging', silent.rate)
  row('requests a second, with logging', logged.rate)
}
