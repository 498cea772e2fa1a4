import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { numbers } from './fixtures/lines'
import { run, start } from './fixtures/run'
import type { Orders } from './fixtures/subject'

const folder = t.testdir()
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i)

interface Case {
  readonly name: string
  readonly signal: NodeJS.Signals
  readonly orders?: Partial<Orders>
  readonly ends: { readonly code?: number; readonly signal?: NodeJS.Signals }
  readonly says?: RegExp
}

const cases: Case[] = [
  { name: 'SIGTERM with no other handler ends the process by SIGTERM', signal: 'SIGTERM', ends: { signal: 'SIGTERM' } },
  { name: 'SIGINT with no other handler ends the process by SIGINT', signal: 'SIGINT', ends: { signal: 'SIGINT' } },
  ...(['before', 'after'] as const).flatMap((when): Case[] => [
    {
      name: `a process.once handler added ${when} the sink decides`,
      signal: 'SIGTERM',
      orders: { [when]: 'once' },
      ends: { code: 9 },
      says: /^ready\nhandled\n$/,
    },
    {
      name: `signal-exit loaded ${when} the sink runs, and the process ends by the signal`,
      signal: 'SIGTERM',
      orders: { [when]: 'signal-exit' },
      ends: { signal: 'SIGTERM' },
      says: /^ready\nsignal-exit null SIGTERM\n$/,
    },
  ]),
  {
    name: 'two copies of hewn end by the signal together',
    signal: 'SIGTERM',
    orders: { after: 'copy' },
    ends: { signal: 'SIGTERM' },
  },
]

for (const { name, signal, orders, ends, says } of cases) {
  t.test(`${name}, and every line is there`, async t => {
    const path = join(folder, `${name.replaceAll(/\W/g, '-')}.log`)
    const ended = await run({ sink: 'file', options: { path }, lines: 500, end: 'stay', ...orders }, signal)
    t.match(ended, { code: ends.code ?? null, signal: ends.signal ?? null })
    if (says !== undefined) t.match(ended.stderr, says)
    t.same(numbers(readFileSync(path, 'utf8')), upTo(500))
    if (orders?.after === 'copy') t.same(numbers(readFileSync(`${path}.copy`, 'utf8')), ['copy'])
  })
}

t.test(
  'an application that goes on after SIGTERM has its handler called each time, and hewn listens again',
  async t => {
    const path = join(folder, 'goes-on.log')
    const child = start({ sink: 'file', options: { path }, lines: 10, after: 'on', end: 'stay' })
    let stderr = ''
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
      if (stderr === 'ready\n' || stderr === 'ready\n2 listen\n') child.kill('SIGTERM')
      else if (stderr === 'ready\n2 listen\n2 listen\n') child.kill('SIGINT')
    })
    t.same(await once(child, 'close'), [9, null])
    t.equal(stderr, 'ready\n2 listen\n2 listen\n')
  },
)

t.test('with signals: false there is no handler, and SIGTERM does what it does without hewn', async t => {
  const path = join(folder, 'none.log')
  const orders = { sink: 'file', options: { path }, host: { signals: false }, end: 'stay' } as const
  const ended = await run({ ...orders, lines: 10, burst: 10 }, 'SIGTERM')
  t.equal(ended.signal, 'SIGTERM')
})

const namespaces = canUnshare() ? false : 'a process id namespace could not be made: not root, or no unshare'
t.test('as the first process of a container SIGTERM ends it with 143', { skip: namespaces }, async t => {
  const path = join(folder, 'first.log')
  const child = start({ sink: 'file', options: { path }, lines: 10, end: 'stay' }, 'pipe', [
    'unshare',
    '--pid',
    '--fork',
    '--kill-child',
  ])
  child.stderr!.setEncoding('utf8').on('data', () => {
    const pid = execFileSync('pgrep', ['-P', String(child.pid)], { encoding: 'utf8' }).trim()
    process.kill(Number(pid), 'SIGTERM')
  })
  t.same(await once(child, 'close'), [143, null])
  t.same(numbers(readFileSync(path, 'utf8')), upTo(10))
})

function canUnshare(): boolean {
  try {
    execFileSync('unshare', ['--pid', '--fork', 'true'], { stdio: 'pipe' })
    execFileSync('pgrep', ['-V'], { stdio: 'pipe' })
    return true
  } catch {
    return false
  }
}
