import { execFileSync } from 'node:child_process'
import { closeSync, constants, existsSync, openSync, readSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createLogger } from '../../lib/index'
import { openStdout, type SinkHost } from '../../lib/output/open'
import { file } from '../../transports/file'

const host: SinkHost = { name: 'pipe', durability: 'line', exitTimeout: 0, signals: false, lossLine: () => '' }

t.test("two sinks on one pipe whose reader lags do not write into each other's long lines", async t => {
  const path = join(t.testdir(), 'fifo')
  execFileSync('mkfifo', [path])
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const writer = openSync(path, constants.O_WRONLY)
  const [a, b] = [openStdout({ fd: writer }, host), openStdout({ fd: writer }, host)]
  for (let i = 0; i < 20; i++) {
    a.write(`${'a'.repeat(9000)}\n`, 30, Date.now())
    b.write(`${'b'.repeat(9000)}\n`, 30, Date.now())
  }
  let text = ''
  // After each read the other one finds the room, while a line of the first may be half written.
  for (let turn = 0; text.length < 40 * 9001 && turn < 1000; turn++) {
    text += readSome(reader, 8192)
    const sink = turn % 2 === 0 ? b : a
    sink.flushSync(0)
  }
  const lines = text.trimEnd().split('\n')
  t.equal(lines.length, 40)
  t.equal(lines.filter(line => /^(a{9000}|b{9000})$/.test(line)).length, 40)
  await Promise.all([a.close(0), b.close(0)])
  closeSync(reader)
  closeSync(writer)
})

t.test('a relative path stays the same file when the process changes its folder', async t => {
  const folder = t.testdir({ sub: {} })
  const before = process.cwd()
  t.teardown(() => process.chdir(before))
  process.chdir(folder)
  const log = createLogger({ transports: [file({ path: 'app.log' })], durability: 'line' })
  log.info('one')
  process.chdir(join(folder, 'sub'))
  rmSync(join(folder, 'app.log'))
  // It is looked for at most once a second, when a line is written.
  const { promise, resolve } = deferred()
  const timer = setInterval(() => {
    log.info('again')
    if (existsSync(join(folder, 'app.log')) || existsSync(join(folder, 'sub', 'app.log'))) resolve()
  }, 20)
  await promise
  clearInterval(timer)
  t.ok(existsSync(join(folder, 'app.log')))
  t.notOk(existsSync(join(folder, 'sub', 'app.log')))
})

function deferred(): { promise: Promise<void>; resolve(): void } {
  let resolve = (): void => {}
  const promise = new Promise<void>(settle => {
    resolve = settle
  })
  return { promise, resolve }
}

function readSome(fd: number, most: number): string {
  const bytes = Buffer.alloc(most)
  try {
    return bytes.toString('latin1', 0, readSync(fd, bytes))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return ''
    throw error
  }
}
