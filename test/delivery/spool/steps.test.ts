import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { makeFolder } from './fixtures/spool'

t.test('killed at each step that changes something on disk, a process loses nothing, and the next goes on', async t => {
  const log = join(makeFolder(), 'log')
  const script = join(__dirname, 'fixtures/steps.js')
  let killed = 0
  for (let at = 1; at < 200; at++) {
    const root = join(makeFolder(), 'root')
    const run = (at: number, base: number) =>
      spawnSync(process.execPath, [script, root, log, String(at), String(base)], { timeout: 20_000 })
    const { signal } = run(at, at * 20)
    if (signal === null) break
    killed++
    run(-1, at * 20 + 10)
    const left = readdirSync(root).filter(name => !name.startsWith('.') && name !== 'damaged')
    if (left.length > 1) t.fail(`killed at step ${at}: left ${left}`)
  }
  const counts = { issued: new Set<string>(), delivered: new Map<string, number>(), committed: new Set<string>() }
  for (const line of readFileSync(log, 'utf8').split('\n')) {
    const [what, ...numbers] = line.split(' ')
    for (const n of numbers) {
      if (what === 'issued') counts.issued.add(n)
      else if (what === 'delivered') {
        if (counts.committed.has(n)) t.fail(`${n} was delivered again after its commit`)
        counts.delivered.set(n, (counts.delivered.get(n) ?? 0) + 1)
      } else if (what === 'committed') counts.committed.add(n)
    }
  }
  t.ok(killed > 15, `${killed} steps`)
  t.same(
    [...counts.issued].filter(n => !counts.delivered.has(n)),
    [],
    `${counts.issued.size} issued`,
  )
})
