/**
 * Times `hewn` beside pino-pretty and jq on one large file, and prints a table. Not part of the budget: it takes minutes
 * and two gigabytes of disk. The time is that of the processor, which other work on the machine changes least.
 *
 *     node dist/benchmarks/command-line.js [--megabytes 1000] [--pino-pretty path/to/pino-pretty/bin.js]
 */
import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

interface Case {
  readonly what: string
  readonly program: string
  readonly command: readonly string[]
}

const { values } = parseArgs({
  options: { megabytes: { type: 'string', default: '1000' }, 'pino-pretty': { type: 'string', default: '' } },
})

function main(): void {
  const folder = mkdtempSync(join(tmpdir(), 'hewn-command-line-'))
  try {
    const hewns = join(folder, 'hewn.log')
    const pinos = join(folder, 'pino.log')
    const last = write(hewns, hewnLine)
    write(pinos, pinoLine)
    console.log(`Files of ${values.megabytes} MB, Node ${process.version}; output to /dev/null\n`)
    console.log('| | | s | MB a second |\n|---|---|--:|--:|')
    for (const { what, program, command } of cases(hewns, pinos, last)) {
      const seconds = time(command)
      const shown =
        seconds === undefined
          ? ['not installed', '']
          : [seconds.toFixed(1), (Number(values.megabytes) / seconds).toFixed(0)]
      console.log(`| ${what} | ${program} | ${shown.join(' | ')} |`)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function cases(hewns: string, pinos: string, last: number): Case[] {
  const hewn = [process.execPath, resolve(__dirname, '../lib/cli/main.js')]
  const pinoPretty = values['pino-pretty'] === '' ? ['pino-pretty'] : [process.execPath, values['pino-pretty']]
  const since = new Date(last - 60_000).toISOString()
  const jqLine = '"\\(.time) \\(.level) \\(.name): \\(.msg) reqId=\\(.reqId) status=\\(.status) path=\\(.path)"'
  return [
    { what: "pino's lines for people", program: 'hewn', command: [...hewn, pinos] },
    { what: '', program: 'pino-pretty', command: [...pinoPretty, '<', pinos] },
    { what: '', program: 'jq -r (a template)', command: ['jq', '-r', jqLine, pinos] },
    { what: "hewn's lines for people", program: 'hewn', command: [...hewn, hewns] },
    {
      what: 'errors only, as JSON',
      program: 'hewn --level error --json',
      command: [...hewn, '--level', 'error', '--json', hewns],
    },
    { what: '', program: 'jq -c select', command: ['jq', '-c', 'select(.level=="error" or .level=="fatal")', hewns] },
    { what: 'the last minute', program: 'hewn --since', command: [...hewn, '--since', since, hewns] },
    { what: '', program: 'jq -c select', command: ['jq', '-c', `select(.time>="${since}")`, hewns] },
    { what: 'the last ten lines', program: 'hewn -n 10', command: [...hewn, '-n', '10', hewns] },
  ]
}

/** Seconds of the processor, or undefined if the program is not there. */
function time(command: readonly string[]): number | undefined {
  const at = command.indexOf('<')
  const input = at === -1 ? 'ignore' : openSync(command[at + 1]!, 'r')
  const [program = '', ...args] = at === -1 ? command : command.slice(0, at)
  const before = childSeconds()
  const { error, status, stderr } = spawnSync(program, args, { stdio: [input, 'ignore', 'pipe'], encoding: 'utf8' })
  if (typeof input === 'number') closeSync(input)
  if (error !== undefined) return undefined
  if (status !== 0) throw new Error(`${command.join(' ')}: status ${status}\n${stderr}`)
  return childSeconds() - before
}

/** What the children that have ended took of the processor, by Linux: in its ticks of 10 ms. */
function childSeconds(): number {
  const [user = 0, system = 0] = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
    .slice(13, 15)
    .map(Number)
  return (user + system) / 100
}

type MakeLine = (n: number, time: number) => object

const LEVELS = ['debug', 'debug', 'info', 'info', 'info', 'info', 'info', 'info', 'warn', 'error'] as const
const NUMBERS = { debug: 20, info: 30, warn: 40, error: 50 } as const
const NAMES = ['http', 'http.client', 'app.db', 'app.db.pool', 'jobs'] as const

function level(n: number): (typeof LEVELS)[number] {
  return LEVELS[(n * 7919) % LEVELS.length]!
}

function fieldsOf(n: number): object {
  return { status: 200 + (n % 5), path: `/users/${n % 1000}/orders` }
}

const hewnLine: MakeLine = (n, time) => ({
  time: new Date(time).toISOString(),
  level: level(n),
  logger: NAMES[n % NAMES.length],
  msg: 'request completed in time',
  pid: 4132,
  host: 'web-1',
  requestId: id(n),
  ms: (n % 1000) / 7,
  ...fieldsOf(n),
})

const pinoLine: MakeLine = (n, time) => ({
  level: NUMBERS[level(n)],
  time,
  pid: 4132,
  hostname: 'web-1',
  name: NAMES[n % NAMES.length],
  reqId: id(n),
  responseTime: (n % 1000) / 7,
  ...fieldsOf(n),
  msg: 'request completed in time',
})

function id(n: number): string {
  return ((n * 2_654_435_761) % 4_294_967_296).toString(16)
}

/** Writes the file; returns the last line's time. */
function write(path: string, makeLine: MakeLine): number {
  const fd = openSync(path, 'w')
  const limit = Number(values.megabytes) * 1e6
  let time = Date.parse('2026-11-22T00:00:00Z')
  let n = 0
  while (statSync(path).size < limit) {
    let text = ''
    while (text.length < 1_048_576) {
      time += n % 7
      text += `${JSON.stringify(makeLine(n++, time))}\n`
    }
    writeSync(fd, text)
  }
  closeSync(fd)
  return time
}

main()
