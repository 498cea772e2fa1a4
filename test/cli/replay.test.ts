import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
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
    id: `0123456789abcdef.0000000${n}`,
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
  t.match(await replay(args, dir), { status: 0, stdout: /^http: nothing is set aside in / })
})

t.test('a transport that there is not is told, with the nearest', async t => {
  const dir = join(t.testdir({}), 'spool')
  const { status, stderr } = await replay(['--to', 'http', '--url', 'http://localhost', 'htp'], dir)
  t.equal(status, 1)
  t.match(stderr, /hewn replay: found 'htp', expected 'http'; did you mean 'http'\?/)
})
