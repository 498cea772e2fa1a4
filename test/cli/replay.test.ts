import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { HttpReceiver } from '../support/receivers/http-receiver'

const program = resolve(__dirname, '../../lib/cli/main.js')

interface Ran {
  readonly stdout: string
  readonly stderr: string
  readonly status: number
}

function replay(args: readonly string[], spool: string): Promise<Ran> {
  const env = { PATH: process.env['PATH'], HEWN_SPOOL: spool }
  return new Promise(done => {
    execFile(process.execPath, [program, 'replay', ...args], { env, cwd: dirname(spool) }, (error, stdout, stderr) =>
      done({ stdout, stderr, status: typeof error?.code === 'number' ? error.code : 0 }),
    )
  })
}

function letters(count: number): string {
  const letter = (n: number): object => ({
    at: '2026-11-22T10:00:00.000Z',
    transport: 'http',
    reason: 'status 400',
    id: `0123456789abcdef.${n.toString(32).padStart(8, '0')}`,
    line: JSON.stringify({ level: 'info', time: '2026-11-22T09:00:00.000Z', n }),
  })
  return Array.from({ length: count }, (_, n) => `${JSON.stringify(letter(n))}\n`).join('')
}

t.test('dead letters are sent once more, under their ids; those refused again are set aside again', async t => {
  let refusing = true
  const receiver = new HttpReceiver({ poison: line => refusing && line['n'] === 2 })
  const url = await receiver.start()
  t.teardown(() => receiver.stop())
  const dir = join(t.testdir({}), 'spool')
  const file = join(dir, 'http.dlq.ndjson')
  mkdirSync(dir)
  writeFileSync(file, letters(5))
  const args = ['--to', 'http', '--url', url]
  const first = await replay(args, dir)
  t.match(first, { status: 1, stdout: 'http: 4 sent, 1 refused again and set aside again\n' })
  t.same(
    receiver.ids.sort(),
    [0, 1, 3, 4].map(n => `0123456789abcdef.0000000${n}`),
  )
  t.match(readFileSync(file, 'utf8'), /"id":"0123456789abcdef\.00000002"/)
  refusing = false
  t.match(await replay([...args, 'http'], dir), { status: 0, stdout: 'http: 1 sent\n', stderr: '' })
  t.equal(receiver.stored.length, 5)
  t.notOk(existsSync(file))
  writeFileSync(join(dir, 'logs.dlq.ndjson'), letters(1))
  t.match(await replay(args, dir), { status: 0, stdout: `http: nothing is set aside in ${dir}, but for 'logs'\n` })
})

t.test('one whose receiver refuses all of them sets all aside again, and ends', async t => {
  const receiver = new HttpReceiver({ poison: () => true })
  const url = await receiver.start()
  t.teardown(() => receiver.stop())
  const dir = join(t.testdir({}), 'spool')
  mkdirSync(dir)
  writeFileSync(join(dir, 'http.dlq.ndjson'), letters(2))
  const ran = await replay(['--to', 'http', '--url', url], dir)
  t.match(ran, { status: 1, stdout: 'http: 0 sent, 2 refused again and set aside again\n', stderr: '' })
})

t.test('one that is killed at any moment loses none: the next one sends the rest', async t => {
  const receiver = new HttpReceiver({ poison: line => line['n'] === 7 })
  const url = await receiver.start()
  t.teardown(() => receiver.stop())
  const folder = t.testdir({})
  const dir = join(folder, 'spool')
  mkdirSync(dir)
  const file = join(dir, 'http.dlq.ndjson')
  writeFileSync(file, letters(2000))
  const config = join(folder, 'hewn.config.json')
  writeFileSync(config, JSON.stringify({ transports: [{ type: 'http', url, maxLines: 5 }] }))
  for (const count of [50, 600, 1400]) {
    const child = spawn(process.execPath, [program, 'replay', '--config', config, file], {
      cwd: folder,
      stdio: 'ignore',
    })
    const closed = once(child, 'close')
    await receiver.reached(count)
    child.kill('SIGKILL')
    await closed
  }
  const { stdout, stderr, status } = await replay(['--config', config, file], dir)
  t.match({ stderr, status }, { stderr: '', status: 1 })
  t.match(stdout, /^http: \d+ sent, \d refused again and set aside again\n$/)
  const arrived = new Set(receiver.ids)
  t.equal(arrived.size, 1999)
  t.ok(receiver.ids.length - arrived.size <= 15, `${receiver.ids.length - arrived.size} came twice, by their ids`)
  t.same(readdirSync(dir), ['http.dlq.ndjson'])
  const left = readFileSync(file, 'utf8')
  t.match(left, /^\{.*"id":"0123456789abcdef\.00000007".*\}\n/)
})

t.test('a signal ends it, and what is not sent stays', async t => {
  const receiver = new HttpReceiver()
  receiver.always = { status: 503 }
  const url = await receiver.start()
  t.teardown(() => receiver.stop())
  const dir = join(t.testdir({}), 'spool')
  mkdirSync(dir)
  writeFileSync(join(dir, 'http.dlq.ndjson'), letters(3))
  const args = [program, 'replay', '--to', 'http', '--url', url, '--spool', dir]
  const child = spawn(process.execPath, args, { timeout: 60_000 })
  const closed = once(child, 'close') as Promise<[number]>
  const stdout = text(child.stdout)
  await once(child.stderr, 'data')
  child.kill('SIGTERM')
  const [code] = await closed
  t.equal(code, 1)
  t.equal(await stdout, 'http: 0 sent, 3 left for the next time\n')
  receiver.always = undefined
  t.match(await replay(['--to', 'http', '--url', url], dir), { status: 0, stdout: 'http: 3 sent\n' })
})

t.test('a file from elsewhere is sent by the transport it names, or by the one that is chosen', async t => {
  const receiver = new HttpReceiver()
  const url = await receiver.start()
  t.teardown(() => receiver.stop())
  const folder = t.testdir({})
  const file = join(folder, 'of-a-dead-node.ndjson')
  writeFileSync(file, letters(3).replaceAll('"http"', '"logs"'))
  const config = join(folder, 'hewn.config.json')
  const transports = [
    { type: 'http', name: 'logs', url },
    { type: 'http', name: 'other', url: 'http://127.0.0.1:1' },
  ]
  writeFileSync(config, JSON.stringify({ transports }))
  const wrong = await replay(['--config', config, '--to', 'logs,other', join(folder, 'none.ndjson')], folder)
  t.match(wrong, { status: 1, stderr: /found '.*', expected 'logs', 'other', or a file of dead letters/ })
  t.match(await replay(['--config', config, file], folder), { status: 0, stdout: 'logs: 3 sent\n', stderr: '' })
  t.notOk(existsSync(file))
  writeFileSync(file, letters(2).replaceAll('"http"', '"past"'))
  const unknown = await replay(['--config', config, file], folder)
  t.match(unknown, {
    status: 1,
    stderr: /found letters of 'past', expected those of 'logs', 'other', or --to with one/,
  })
  const chosen = await replay(['--config', config, '--to', 'logs', file], folder)
  t.match(chosen, { status: 0, stdout: 'logs: 2 sent\n' })
  t.equal(receiver.stored.length, 5)
  writeFileSync(file, 'nothing of the kind\n')
  const none = await replay(['--config', config, file], folder)
  t.match(none, { status: 1, stderr: /found no dead letter, expected a line that hewn has set aside/ })
  t.equal(readFileSync(file, 'utf8'), 'nothing of the kind\n')
})

t.test('a transport that there is not is told, with the nearest', async t => {
  const dir = join(t.testdir({}), 'spool')
  const { status, stderr } = await replay(['--to', 'http', '--url', 'http://localhost', 'htp'], dir)
  t.equal(status, 1)
  t.match(stderr, /hewn replay: found 'htp', expected 'http', or a file of dead letters; did you mean 'http'\?/)
})
