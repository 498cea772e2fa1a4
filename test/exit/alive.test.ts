import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'

const folder = mkdtempSync(join(tmpdir(), 'hewn-alive-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))

async function run(scenario: string): Promise<{ code: number | null; said: string }> {
  const args = [join(__dirname, 'alive.mjs'), scenario, join(folder, 'log')]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 20_000 })
  child.stdout.resume()
  const closed = new Promise<number | null>(resolve => child.on('close', resolve))
  return { said: await text(child.stderr), code: await closed }
}

t.test('nothing of hewn keeps a process alive, once its lines are written or held', async t => {
  const [unused, used, held] = await Promise.all([run('nothing'), run('at rest'), run('lines held')])
  const nothing = { code: 0, said: 'kept alive by []\n' }
  t.strictSame(unused, nothing, 'only imported')
  t.strictSame(used, nothing, 'with a file, a pipe, an overlay that lasts an hour and a level handler')
  t.strictSame(held, nothing, 'with lines held for a destination')
})

for (const call of ['flush', 'close']) {
  t.test(`a pending ${call}() keeps the process alive until it resolves, with what is left`, async t => {
    const { code, said } = await run(call)
    t.equal(code, 0, 'not 13, as for a module whose await is never settled')
    t.strictSame(JSON.parse(said), { flushed: 0, left: 9 })
  })
}
