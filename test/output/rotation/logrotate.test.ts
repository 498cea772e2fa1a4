/** With the real logrotate: its configuration is what an administrator would write. */
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openFile } from '../../../lib/output/open'
import { makeHost } from '../fixtures/host'
import { numbered, numbers } from '../fixtures/lines'
import { content, enough, openRotating } from './fixtures'

const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` }
const missing = spawnSync('logrotate', ['--version'], { env }).error !== undefined
const skip = missing ? 'logrotate is not installed (Debian: apt-get install logrotate)' : false
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i)

const root = t.testdir()
let folders = 0

function setUp(rules: string): { folder: string; path: string; rotate(): void } {
  const folder = join(root, `f${folders++}`)
  mkdirSync(folder)
  // logrotate refuses a folder that others may write to.
  chmodSync(folder, 0o755)
  const path = join(folder, 'app.log')
  const config = join(folder, 'logrotate.conf')
  writeFileSync(config, `${path} {\n${rules}\n}\n`, { mode: 0o644 })
  const rotate = () =>
    void execFileSync('logrotate', ['--force', '--state', join(folder, 'state'), config], { env, stdio: 'pipe' })
  return { folder, path, rotate }
}

/** All that was written, the oldest first. */
function everything(folder: string): string {
  const age = (name: string) => Number(/\.(\d+)/.exec(name)?.[1] ?? 0)
  const names = readdirSync(folder).filter(name => name.startsWith('app.log'))
  return names
    .sort((a, b) => age(b) - age(a))
    .map(name => content(join(folder, name)))
    .join('')
}

for (const rules of ['rotate 20\nnocreate', 'rotate 20\ncreate 0640', 'rotate 20\ncreate\ncompress\ndelaycompress']) {
  t.test(
    `logrotate renames (${rules.replaceAll('\n', ', ')}): no line is lost, doubled or out of order`,
    { skip },
    async t => {
      const { folder, path, rotate } = setUp(rules)
      const sink = openFile({ path }, makeHost())
      let now = Date.now()
      let n = 0
      for (let round = 0; round < 5; round++) {
        for (let i = 0; i < 20; i++) sink.write(numbered(n++), 50, now)
        rotate()
        // Before it is noticed, lines go on into the file that was renamed.
        for (let i = 0; i < 20; i++) sink.write(numbered(n++), 50, now)
        now += 1001
      }
      sink.write(numbered(n++), 50, now)
      await sink.close(enough)
      t.same(numbers(everything(folder)), upTo(n))
      t.same(numbers(readFileSync(path, 'utf8')), [n - 1])
      t.equal(readdirSync(folder).filter(name => name.startsWith('app.log.')).length, 5)
      if (rules.includes('0640')) t.equal(statSync(path).mode & 0o777, 0o640)
    },
  )
}

t.test('logrotate renames and asks for a new file by a signal: the next line is in it', { skip }, async t => {
  const { folder, path, rotate } = setUp(`rotate 5\nnocreate\npostrotate\nkill -USR2 ${process.pid}\nendscript`)
  const sink = openFile({ path }, makeHost())
  const reopened = new Promise<void>(done =>
    process.once('SIGUSR2', () => {
      sink.reopen?.()
      done()
    }),
  )
  const alive = setInterval(() => undefined, 1000)
  sink.write(numbered(0), 30, Date.now())
  rotate()
  await reopened
  clearInterval(alive)
  sink.write(numbered(1), 50, Date.now())
  await sink.close(enough)
  t.same(numbers(readFileSync(`${path}.1`, 'utf8')), [0])
  t.same(numbers(readFileSync(path, 'utf8')), [1])
  t.same(numbers(everything(folder)), [0, 1])
})

t.test('logrotate copies and truncates: lines go on at the new end, without a hole', { skip }, async t => {
  const { folder, path, rotate } = setUp('rotate 20\ncopytruncate')
  const sink = openFile({ path }, makeHost())
  let n = 0
  for (let round = 0; round < 5; round++) {
    for (let i = 0; i < 20; i++) sink.write(numbered(n++), 50, Date.now())
    rotate()
    t.equal(statSync(path).size, 0)
  }
  sink.write(numbered(n++), 50, Date.now())
  await sink.close(enough)
  t.same(numbers(everything(folder)), upTo(n))
  t.equal(readFileSync(path, 'utf8'), numbered(n - 1))
})

t.test('logrotate beside rotation by size: neither takes the other for its own', { skip }, async t => {
  const { folder, path, rotate } = setUp('rotate 20\nnocreate')
  const sink = openRotating({ path, maxSize: 1024, maxFiles: 1000 })
  let now = Date.now()
  let n = 0
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 20; i++) sink.write(numbered(n++, 200), 50, now)
    rotate()
    now += 1001
  }
  await sink.close(enough)
  const names = readdirSync(folder).filter(name => /^app\./.test(name))
  const found = names.flatMap(name => numbers(readFileSync(join(folder, name), 'utf8'), 200))
  t.same(
    found.sort((a, b) => Number(a) - Number(b)),
    upTo(n),
  )
  for (const name of names) t.ok(statSync(join(folder, name)).size <= 1024, name)
})
