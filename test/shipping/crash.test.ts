import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { HttpReceiver } from '../support/receivers/http-receiver'

const APP = join(__dirname, 'fixtures/crash-app.js')

const CASES = [
  {
    how: 'exit',
    title: 'that calls process.exit',
    told: /^hewn: delivery thread: ended; started again in 100 ms, no line is lost\n$/,
  },
  {
    how: 'throw',
    title: 'that throws where nobody catches',
    told: /delivery thread: Error: a mistake of the transport\n/,
  },
  { how: 'memory', title: 'that takes all memory', told: /delivery thread: .*ERR_WORKER_OUT_OF_MEMORY/ },
  { how: 'loop', title: 'that never returns', told: /delivery thread: gives no sign of life; ending it\n/ },
]

for (const { how, title, told } of CASES) {
  t.test(`a transport ${title} costs the delivery thread, and no line: the flush under way is answered`, async t => {
    const receiver = new HttpReceiver()
    const url = await receiver.start()
    t.teardown(() => receiver.stop())
    const dir = t.testdir({})
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [APP, url, dir, how], { timeout: 60_000 })
    t.match(JSON.parse(stdout), { left: 0 })
    t.match(stderr, told)
    const all = Array.from({ length: 100 }, (_, n) => n)
    const byId = new Map(receiver.stored.map(line => [line['hewn_id'], Number(line['n'])]))
    t.same(
      [...byId.values()].sort((a, b) => a - b),
      all,
      'the other transport: each line under one id',
    )
    const mark = readFileSync(join(dir, 'mark'), 'utf8').trimEnd().split('\n')
    t.same(
      mark.map(line => (JSON.parse(line) as { n: number }).n),
      all,
      'the transport itself: each line, once and in order',
    )
  })
}
