import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import {
  currentFile,
  type DeadLetter,
  DeadLetters,
  deadLetterFiles,
  fileName,
  progressOf,
  transportsWithLetters,
} from '../../lib/delivery/dead-letters'
import { completeLimits } from '../../lib/delivery/limits'
import type { LoadedTransport } from '../../lib/delivery/load'
import { DeliveryError } from '../../lib/delivery/outcome'
import { type Replayed, replay } from '../../lib/delivery/replay'
import { Secrets } from '../../lib/delivery/secrets'
import { shipperHome } from '../../lib/delivery/spool/custody'
import { readLetters } from '../support/pipelines'
import { holds } from '../support/property'
import { VirtualClock } from '../support/virtual-clock'

function scene(t: { teardown(work: () => void): void }): { folder: string; clock: VirtualClock } {
  const folder = mkdtempSync(join(tmpdir(), 'hewn-letters-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return { folder, clock: new VirtualClock() }
}

const line = (n: number, text = `{"n":${n}}`) => ({ id: `id-${n}`, text, position: n, bytes: Buffer.byteLength(text) })
const refusal = { kind: 'poison', reason: 'mapping', status: 400 } as const

t.test('a line set aside is in the file at once, whole, with its reason, for nobody else to read', async t => {
  const { folder, clock } = scene(t)
  const text = '{"msg":"10.50 ü \\"quoted\\"","big":12345678901234567890}'
  new DeadLetters(join(folder, 'deep'), 'http', clock).add(line(1, text), refusal)
  const path = join(folder, 'deep', 'http.dlq.ndjson')
  t.equal(readFileSync(path, 'utf8').split('\n').length, 2)
  t.strictSame(JSON.parse(readFileSync(path, 'utf8')) as DeadLetter, {
    at: new Date(clock.now()).toISOString(),
    transport: 'http',
    reason: 'mapping',
    status: 400,
    id: 'id-1',
    line: text,
  })
  if (process.platform !== 'win32') t.equal(statSync(path).mode & 0o777, 0o600)
})

t.test('behind half of a letter the next one is whole, and is what a replay sends', async t => {
  const { folder, clock } = scene(t)
  const path = join(folder, 'http.dlq.ndjson')
  new DeadLetters(folder, 'http', clock, { fsync: true }).add(line(1), refusal)
  appendFileSync(path, readFileSync(path, 'utf8').slice(0, 40))
  new DeadLetters(folder, 'http', clock, { fsync: true }).add(line(2), refusal)
  const sent: string[] = []
  const transport = receiver(() => false, sent)
  t.match(await clock.until(replay({ folder, transport, timeout: 60_000, clock })), { sent: 2, unreadable: 1 })
  t.same(sent, ['id-1', 'id-2'])
})

t.test('the files are bounded: past that the oldest goes, counted', async t => {
  const { folder, clock } = scene(t)
  const letters = new DeadLetters(folder, 'http', clock, { maxBytes: 8000 })
  for (let n = 0; n < 200; n++) {
    letters.add(line(n), refusal)
    await clock.pass(10)
  }
  const bytes = deadLetterFiles(folder, 'http').reduce((sum, path) => sum + statSync(path).size, 0)
  t.ok(bytes <= 8000, `${bytes} bytes`)
  const kept = readLetters(folder, 'http')
  t.ok(letters.dropped > 0)
  t.equal(kept.length + letters.dropped, 200)
  t.strictSame(
    kept.map(({ id }) => id),
    Array.from({ length: kept.length }, (_, n) => `id-${letters.dropped + n}`),
    'the newest, in order',
  )
})

t.test('two transports never share a file, whatever they are called', async t => {
  const property = fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
    return /^[\w%-]*$/.test(fileName(a)) && (a === b || fileName(a) !== fileName(b))
  })
  holds(t, property, 500)
})

function receiver(refuse: (text: string) => boolean, sent: string[]): LoadedTransport {
  return {
    name: 'http',
    limits: completeLimits({ lines: 10 }),
    acknowledges: 'stored',
    secrets: new Secrets({}),
    open: async () => ({
      async send({ lines }) {
        if (lines.some(({ text }) => refuse(text))) throw new DeliveryError('poison', 'still not')
        sent.push(...lines.map(({ id }) => id))
      },
      close: () => {},
    }),
  }
}

t.test(
  'a replay sends what was set aside, sets aside what is refused again, and leaves no file of the rest',
  async t => {
    const { folder, clock } = scene(t)
    const letters = new DeadLetters(folder, 'http', clock, { maxBytes: 50_000 })
    for (let n = 0; n < 100; n++) {
      letters.add(line(n), refusal)
      await clock.pass(1)
    }
    t.ok(deadLetterFiles(folder, 'http').length > 1)
    const sent: string[] = []
    const transport = receiver(text => text === '{"n":42}', sent)
    const result = await clock.until(replay({ folder, transport, timeout: 60_000, clock, report: () => {} }))
    t.strictSame(result, { sent: 99, dead: 1, left: 0, unreadable: 0 } satisfies Replayed)
    t.equal(new Set(sent).size, 99)
    t.match(readLetters(folder, 'http'), [{ id: 'id-42', reason: 'still not' }])
    t.strictSame(readdirSync(folder), ['http.dlq.ndjson'])
  },
)

t.test('what is refused again while a file is replayed does not go with that file', async t => {
  const { folder, clock } = scene(t)
  const letters = new DeadLetters(folder, 'http', clock)
  for (let n = 0; n < 5; n++) letters.add(line(n), refusal)
  const transport = receiver(text => text === '{"n":0}', [])
  t.match(await clock.until(replay({ folder, transport, timeout: 60_000, clock })), { sent: 4, dead: 1 })
  t.match(readLetters(folder, 'http'), [{ id: 'id-0' }])
})

t.test('what a replay did not come to is there for the next one, and nothing is sent twice', async t => {
  const { folder, clock } = scene(t)
  const letters = new DeadLetters(folder, 'http', clock)
  for (let n = 0; n < 30; n++) letters.add(line(n), refusal)
  const sent: string[] = []
  const good = receiver(() => false, sent)
  let requests = 0
  const dying: LoadedTransport = {
    ...good,
    open: async context => {
      const open = await good.open(context)
      return { ...open, send: (...args) => (++requests > 2 ? new Promise<void>(() => {}) : open.send(...args)) }
    },
  }
  const first = await clock.until(replay({ folder, transport: dying, timeout: 10_000, clock, report: () => {} }))
  t.strictSame(first, { sent: 20, dead: 0, left: 10, unreadable: 0 })
  const [path] = deadLetterFiles(folder, 'http')
  t.equal(readFileSync(progressOf(path!), 'utf8').trim(), '20')
  const second = await clock.until(replay({ folder, transport: good, timeout: 10_000, clock }))
  t.match(second, { sent: 10, left: 0 })
  t.strictSame(
    sent,
    Array.from({ length: 30 }, (_, n) => `id-${n}`),
  )
  t.strictSame(readdirSync(folder), [])
})

t.test('lines that are no letters are kept beside, and stop nothing', async t => {
  const { folder, clock } = scene(t)
  writeFileSync(join(folder, 'http.dlq.ndjson'), 'nonsense\n{"id":5,"line":"x"}\n')
  new DeadLetters(folder, 'http', clock).add(line(1), refusal)
  const result = await clock.until(replay({ folder, transport: receiver(() => false, []), timeout: 10_000, clock }))
  t.match(result, { sent: 1, unreadable: 2, left: 0 })
  const [kept] = readdirSync(folder)
  t.equal(readFileSync(join(folder, kept!), 'utf8'), 'nonsense\n{"id":5,"line":"x"}\n')
})

t.test("two replays at the same time are one too many; one that was killed is in nobody's way", async t => {
  const { folder, clock } = scene(t)
  const options = { folder, transport: receiver(() => false, []), timeout: 1000, clock }
  const other = shipperHome(folder, 'replay of http')
  await t.rejects(replay(options), new RegExp(`process ${process.pid} of .* replays them at this moment`))
  t.strictSame(readdirSync(folder), [other.owner.id])
  // As a kill leaves it: the directory is there, and nobody holds its lock.
  other.release()
  t.match(await clock.until(replay(options)), { sent: 0, left: 0 })
  t.strictSame(readdirSync(folder), [])
})

t.test('beginning a new file removes none, however full the files are', async t => {
  const { folder, clock } = scene(t)
  const letters = new DeadLetters(folder, 'http', clock, { maxBytes: 8000 })
  for (let n = 0; letters.dropped === 0; n++) {
    letters.add(line(n), refusal)
    await clock.pass(10)
  }
  const file = currentFile(folder, 'http')
  while (!existsSync(file) || statSync(file).size < 850) letters.add(line(0), refusal)
  const before = readLetters(folder, 'http').length
  letters.putBy()
  t.equal(readLetters(folder, 'http').length, before)
})

t.test('what is refused again is set aside again at once, also where nothing is taken', async t => {
  const { folder, clock } = scene(t)
  const letters = new DeadLetters(folder, 'http', clock)
  for (let n = 0; n < 40; n++) letters.add(line(n), refusal)
  const transport = receiver(() => true, [])
  const began = clock.now()
  const result = await clock.until(replay({ folder, transport, timeout: 60_000, clock, report: () => {} }))
  t.strictSame(result, { sent: 0, dead: 40, left: 0, unreadable: 0 })
  t.ok(clock.now() - began < 10_000, 'it is not held')
  t.equal(readLetters(folder, 'http').length, 40)
})

t.test('a replay ends when its transport is held, and when it is told to', async t => {
  const { folder, clock } = scene(t)
  const letters = new DeadLetters(folder, 'http', clock)
  for (let n = 0; n < 3; n++) letters.add(line(n), refusal)
  const refusing = (kind: 'hold' | 'temporary', then = () => {}): LoadedTransport => ({
    ...receiver(() => false, []),
    open: async () => ({
      async send() {
        then()
        throw new DeliveryError(kind, 'not now')
      },
      close: () => {},
    }),
  })
  const options = { folder, timeout: 600_000, clock, report: () => {} }
  const began = clock.now()
  t.match(await clock.until(replay({ ...options, transport: refusing('hold') })), { sent: 0, dead: 0, left: 3 })
  const stop = new AbortController()
  const transport = refusing('temporary', () => stop.abort())
  t.match(await clock.until(replay({ ...options, transport, signal: stop.signal })), { sent: 0, dead: 0, left: 3 })
  t.ok(clock.now() - began < 10_000)
  t.equal(readLetters(folder, 'http').length, 3)
})

t.test('a letter that is added to a file while it is replayed is there the next time, and alone', async t => {
  const { folder, clock } = scene(t)
  const file = join(folder, 'some.ndjson')
  const letter = (n: number): string =>
    `${JSON.stringify({ at: '', transport: 'http', reason: '', id: `id-${n}`, line: '{}' })}\n`
  writeFileSync(file, letter(0) + letter(1) + letter(2).slice(0, 20))
  const sent: string[] = []
  const good = receiver(() => false, sent)
  const adding: LoadedTransport = {
    ...good,
    open: async context => {
      appendFileSync(file, letter(2).slice(20) + letter(3))
      return good.open(context)
    },
  }
  const first = await clock.until(replay({ folder, file, transport: adding, timeout: 10_000, clock }))
  t.match(first, { sent: 2, left: 0, unreadable: 1 })
  t.match(await clock.until(replay({ folder, file, transport: good, timeout: 10_000, clock })), { sent: 2, left: 0 })
  t.strictSame(sent, ['id-0', 'id-1', 'id-2', 'id-3'])
  t.strictSame(readdirSync(folder), ['some.ndjson.unreadable'])
})

t.test('the transports that have letters are known by their files', async t => {
  const property = fc.property(
    fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), { maxLength: 4 }),
    names => {
      const { folder, clock } = scene({ teardown: () => {} })
      for (const name of names) {
        const letters = new DeadLetters(folder, name, clock)
        letters.add(line(1), refusal)
        letters.putBy()
        letters.add(line(2), refusal)
      }
      const found = transportsWithLetters(folder)
      rmSync(folder, { recursive: true })
      return JSON.stringify(found.sort()) === JSON.stringify([...names].sort())
    },
  )
  holds(t, property, 50)
})
