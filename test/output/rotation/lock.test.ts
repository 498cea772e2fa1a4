import { once } from 'node:events'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openFile } from '../../../lib/output/open'
import { makeHost } from '../fixtures/host'
import { numbered, numbers } from '../fixtures/lines'
import { run, start } from '../fixtures/run'
import { enough, everything, openRotating } from './fixtures'

const root = t.testdir()
let folders = 0
const newPath = () => {
  const folder = join(root, `f${folders++}`)
  mkdirSync(folder)
  return join(folder, 'app.log')
}
const REFUSED =
  /app.log: found a file that another process, or another thread, is writing to with rotation, expected a file of its own for each process and thread \(such as app.<pid>.log\), or stdout, or no rotation/

t.test(
  'while one process rotates a file, another is refused it, with rotation or without, and told what to do',
  async t => {
    const path = newPath()
    const sink = openRotating({ path, maxSize: 2000 })
    const [rotating, plain] = await Promise.all([
      run({ sink: 'file', options: { path, maxSize: 5000 }, lines: 1, end: 'natural' }),
      run({ sink: 'file', options: { path }, lines: 1, end: 'natural' }),
    ])
    t.equal(rotating.code, 1)
    t.match(rotating.stderr, REFUSED)
    t.equal(plain.code, 1)
    t.match(plain.stderr, REFUSED)
    await sink.close(enough)
    const after = await run({ sink: 'file', options: { path, frequency: 'daily' }, lines: 5, end: 'natural' })
    t.equal(after.code, 0, after.stderr)
    t.same(numbers(readFileSync(path, 'utf8')), [0, 1, 2, 3, 4])
  },
)

t.test('a process that is killed frees the file', async t => {
  const path = newPath()
  const child = start({ sink: 'file', options: { path, maxSize: 2000 }, lines: 1, level: 50, end: 'stay' })
  await once(child.stderr!, 'data')
  t.throws(() => openRotating({ path, maxSize: 2000 }), REFUSED)
  child.kill('SIGKILL')
  await once(child, 'close')
  const sink = openRotating({ path, maxSize: 2000 })
  sink.write(numbered(1), 50, Date.now())
  await sink.close(enough)
  t.same(numbers(everything(join(path, '..'))), [0, 1])
})

t.test('another thread of the process is refused it', async t => {
  const path = newPath()
  const sink = openRotating({ path, maxSize: 2000 })
  const { Worker } = require('node:worker_threads') as typeof import('node:worker_threads')
  const orders = { sink: 'file', options: { path, maxSize: 2000 }, lines: 1, end: 'natural' }
  const worker = new Worker(join(__dirname, '../fixtures/subject.js'), { workerData: orders })
  const [error] = (await once(worker, 'error')) as [Error]
  t.match(error.message, REFUSED)
  await sink.close(enough)
})

t.test('a worker of a cluster gets it if nobody has it, and only then', async t => {
  const path = newPath()
  const orders = { sink: 'file', options: { path, maxSize: 100_000 }, lines: 20, end: 'natural' } as const
  const alone = await run({ ...orders, workers: 1 })
  t.equal(alone.stderr, '')
  t.equal(numbers(readFileSync(path, 'utf8')).length, 20)
  const sink = openRotating({ path, maxSize: 2000 })
  const { stderr } = await run({ ...orders, workers: 2 })
  t.equal(stderr.match(new RegExp(`Error: .*${REFUSED.source}`, 'g'))?.length, 2)
  await sink.close(enough)
})

const elsewhere = process.platform === 'linux' ? false : 'only Linux has such names'
t.test('the name of a lock is as long as can be, and so the same in every Node', { skip: elsewhere }, async t => {
  const names = () => readFileSync('/proc/net/unix', 'latin1').match(/@hewn\.file\.\S+/g) ?? []
  const before = new Set(names())
  const sink = openRotating({ path: newPath(), maxSize: 2000 })
  const added = names().filter(name => !before.has(name))
  t.ok(added.length > 0)
  for (const name of added) t.match(name, /^@hewn\.file\.1\.[0-9a-f]{32}\.{63}$/)
  await sink.close(enough)
})

t.test('without rotation, several processes append to one file, and no line is torn', async t => {
  const path = newPath()
  const sink = openFile({ path }, makeHost())
  await Promise.all([1, 2].map(() => run({ sink: 'file', options: { path }, lines: 200, burst: 10, end: 'natural' })))
  await sink.close(enough)
  t.equal(numbers(readFileSync(path, 'utf8')).length, 400)
})
